//! The one taxonomy of errors that every language shares.

use std::fmt;
use std::time::Duration;

use crate::fallback::FallbackStep;
use crate::outcome::Outcome;

mod class;
mod kind;

pub use class::ErrorClass;
pub use kind::Kind;

/// Why a call failed, and what that means for the message.
///
/// An error says three things in one sentence each: what happened, what that
/// means for the message, and what to do. The same facts are available as
/// fields. No error ever holds the API key, a message's text or a whole
/// recipient.
///
/// ```
/// use partner_messaging::{Client, ErrorClass, Kind, Outcome};
///
/// let error = Client::builder().api_key("key").base_url("ftp://example.com").build().unwrap_err();
/// assert_eq!(error.class(), ErrorClass::Config);
/// assert_eq!(error.kind(), Kind::Config);
/// assert_eq!(error.outcome(), Some(Outcome::NotSent));
/// assert_eq!(error.field(), Some("base_url"));
/// ```
pub struct Error(Box<Facts>);

struct Facts {
    class: ErrorClass,
    stake: Stake,
    kind: Kind,
    outcome: Option<Outcome>,
    field: Option<String>,
    what: String,
    attempts: u32,
    elapsed: Duration,
    retry_after: Option<Duration>,
    answer: Option<AnswerFacts>,
    trail: Vec<FallbackStep>,
}

/// What was at stake in the call that failed; its text speaks of that.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stake {
    /// A message.
    Message,
    /// A request that changes something else.
    Change,
    /// Nothing: a read.
    Nothing,
}

/// What an error keeps of the service's answer; texts are bounded and redacted
/// before they get here.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerFacts {
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) body: String,
}

impl Error {
    pub(crate) fn new(
        class: ErrorClass,
        kind: Kind,
        outcome: Option<Outcome>,
        what: impl Into<String>,
    ) -> Self {
        Self(Box::new(Facts {
            class,
            stake: Stake::Message,
            kind,
            outcome,
            field: None,
            what: what.into(),
            attempts: 0,
            elapsed: Duration::ZERO,
            retry_after: None,
            answer: None,
            trail: Vec::new(),
        }))
    }

    /// An option that can't be used; for bindings, when it has no usable type.
    /// `problem` must not repeat the option's value.
    #[must_use]
    pub fn config(field: &str, problem: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorClass::Config, Kind::Config, Some(Outcome::NotSent), problem);
        error.0.field = Some(field.to_owned());
        error
    }

    /// A message that is refused before any I/O; for bindings, when a field has
    /// no usable type. `problem` must not repeat the field's value.
    #[must_use]
    pub fn invalid_message(field: &str, problem: impl Into<String>) -> Self {
        let mut error =
            Self::new(ErrorClass::InvalidMessage, Kind::InvalidMessage, Some(Outcome::NotSent), problem);
        error.0.field = Some(field.to_owned());
        error
    }

    /// The network did not allow it, and nothing was sent.
    pub(crate) fn not_sent(kind: Kind, what: impl Into<String>) -> Self {
        Self::new(ErrorClass::Transport, kind, Some(Outcome::NotSent), what)
    }

    /// The message may have been accepted.
    pub(crate) fn unknown(kind: Kind, what: impl Into<String>) -> Self {
        Self::new(ErrorClass::OutcomeUnknown, kind, Some(Outcome::Unknown), what)
    }

    /// A read that brought no answer, or none that can be read.
    pub(crate) fn unread(kind: Kind, what: impl Into<String>) -> Self {
        let class = match kind {
            Kind::Malformed | Kind::TooLarge | Kind::Redirect | Kind::Server => ErrorClass::Protocol,
            _ => ErrorClass::Transport,
        };
        Self::new(class, kind, None, what).of_read()
    }

    /// The error of a call that reads: it has no outcome. For bindings, which
    /// refuse arguments that have no usable type.
    #[must_use]
    pub fn of_read(mut self) -> Self {
        self.0.stake = Stake::Nothing;
        self.0.outcome = None;
        self
    }

    /// The error of a call that changes something else than by a message.
    pub(crate) fn of_change(mut self) -> Self {
        self.0.stake = Stake::Change;
        self
    }

    /// The error of one message of several, which it names (`messages[1].to`);
    /// for bindings, which make the messages one by one.
    #[must_use]
    pub fn of_message(mut self, index: usize) -> Self {
        self.0.field = Some(match self.0.field.take() {
            Some(field) => format!("messages[{index}].{field}"),
            None => format!("messages[{index}]"),
        });
        self
    }

    pub(crate) fn saying(mut self, what: String) -> Self {
        self.0.what = what;
        self
    }

    /// The setting that may put this right.
    pub(crate) fn naming(mut self, field: &str) -> Self {
        self.0.field = Some(field.to_owned());
        self
    }

    pub(crate) fn with_trail(mut self, trail: Vec<FallbackStep>, elapsed: Duration) -> Self {
        self.0.trail = trail;
        self.0.elapsed = elapsed;
        self
    }

    /// A fault of this library or of the machine that nothing else describes.
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::new(ErrorClass::Base, Kind::Internal, Some(Outcome::NotSent), what)
    }

    pub(crate) fn with_answer(mut self, answer: AnswerFacts) -> Self {
        self.0.answer = Some(answer);
        self
    }

    pub(crate) fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.0.retry_after = pause;
        self
    }

    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }

    /// The class of the error; each binding raises its own class of the same name.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// The stable word for what went wrong.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What became of the message; `None` when no message was at stake (reads).
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.outcome
    }

    /// The option or the message's field at fault: an option by its name in
    /// Rust, Python and C (`api_key`), a message's field by its name on the
    /// wire (`templateId`).
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// How many requests were begun for this call, the failed one included;
    /// 0 when the call was refused before any I/O.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The time from the start of the call to its end.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// The HTTP status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The service's own code, for example `INSUFFICIENT_CREDIT`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.answer.as_ref()?.code.as_deref()
    }

    /// The id that the service gave the request (`x-request-id`, or Cloud
    /// Run's trace id; an assumption, the API document names none).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.answer.as_ref()?.request_id.as_deref()
    }

    /// How long the service asked to wait (`Retry-After`, RFC 9110 section 10.2.3).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The beginning of the answer's body: at most 2 KiB, control characters
    /// escaped, the message's own texts and the key taken out.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.0.answer.as_ref().map(|answer| answer.body.as_str())
    }

    /// What became of each message of a
    /// [`send_with_fallback`](crate::Client::send_with_fallback) that was tried,
    /// in order; empty for other calls.
    #[must_use]
    pub fn trail(&self) -> &[FallbackStep] {
        &self.0.trail
    }

    /// The whole text of the error, with the field at fault called `field`.
    ///
    /// For bindings whose options have other names than Rust's (`apiKey` in Node).
    #[must_use]
    pub fn message_naming(&self, field: &str) -> String {
        let facts = &*self.0;
        let mut text = String::with_capacity(160);
        if facts.field.is_some() {
            text.push_str(field);
            text.push_str(": ");
        }
        text.push_str(&facts.what);
        if !text.ends_with(['.', '!', '?']) {
            text.push('.');
        }
        let consequence = match facts.stake {
            Stake::Message => facts.class.consequence(facts.outcome, facts.kind),
            Stake::Change => facts.class.consequence_of_change(facts.outcome),
            Stake::Nothing => facts.class.consequence_of_read(facts.kind),
        };
        if !consequence.is_empty() {
            text.push(' ');
            text.push_str(consequence);
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_naming(self.field().unwrap_or_default()))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.0.class.name())
            .field("outcome", &self.0.outcome.map(Outcome::as_str))
            .field("kind", &self.0.kind.as_str())
            .field("status", &self.status())
            .field("code", &self.code())
            .field("attempts", &self.0.attempts)
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for Error {}
