//! The one taxonomy of errors that every language shares.

use std::fmt;
use std::time::Duration;

use super::text::consequence;
use super::{Effect, ErrorClass, FallbackStep, Kind, Outcome};

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
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    class: ErrorClass,
    effect: Effect,
    kind: Kind,
    outcome: Option<Outcome>,
    field: Option<String>,
    what: String,
    attempts: u32,
    elapsed: Duration,
    retry_after: Option<Duration>,
    response: Option<ResponseInfo>,
    trail: Vec<FallbackStep>,
    lack: Option<Lack>,
    transient: bool,
}

/// What there was too little of, where no kind says so.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The machine has no more of something that the library itself needs: no descriptor or
    /// no thread. A connection that can't be made without a descriptor is an error like any
    /// other of making it.
    Resources,
    /// The client has no more room for submitted calls.
    Room,
}

/// What an error keeps of the service's answer; texts are bounded and redacted
/// before they get here.
#[derive(Clone, Default)]
pub(crate) struct ResponseInfo {
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
    /// The code as the service wrote it: for rules, never shown.
    pub(crate) raw_code: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) body: String,
}

/// What happened, where nothing else describes it.
pub(crate) const INTERNAL_FAULT: &str = "a fault inside this library ended the call";

impl Error {
    pub(crate) fn new(
        class: ErrorClass,
        kind: Kind,
        outcome: Option<Outcome>,
        what: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            class,
            effect: Effect::Send,
            kind,
            outcome,
            field: None,
            what: what.into(),
            attempts: 0,
            elapsed: Duration::ZERO,
            retry_after: None,
            response: None,
            trail: Vec::new(),
            lack: None,
            transient: false,
        }))
    }

    /// An error of a class, with the kind and the outcome that it has unless more is known.
    pub(crate) fn of(class: ErrorClass, what: impl Into<String>) -> Self {
        Self::new(class, class.kind(), class.outcome(), what)
    }

    /// An option that can't be used; for bindings, when it has no usable type.
    /// `problem` must not repeat the option's value.
    #[must_use]
    pub fn config(field: &str, problem: impl Into<String>) -> Self {
        Self::of(ErrorClass::Config, problem).with_field(field)
    }

    /// A message that is refused before any I/O; for bindings, when a field has
    /// no usable type. `problem` must not repeat the field's value.
    #[must_use]
    pub fn invalid_message(field: &str, problem: impl Into<String>) -> Self {
        Self::of(ErrorClass::InvalidMessage, problem).with_field(field)
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
    pub(crate) fn read_failed(kind: Kind, what: impl Into<String>) -> Self {
        let class = match kind {
            Kind::Malformed | Kind::TooLarge | Kind::Redirect | Kind::Server => ErrorClass::Protocol,
            _ => ErrorClass::Transport,
        };
        Self::new(class, kind, None, what).attach_effect(Effect::Read)
    }

    /// A fault of this library or of the machine that nothing else describes; nothing
    /// was sent. For bindings.
    #[must_use]
    pub fn internal(what: impl Into<String>) -> Self {
        Self::new(ErrorClass::Base, Kind::Internal, Some(Outcome::NotSent), what)
    }

    /// The machine has no more of something, of descriptors or threads for example, so
    /// that nothing was sent. For bindings.
    #[must_use]
    pub fn out_of_resources(what: impl Into<String>) -> Self {
        let mut error = Self::not_sent(Kind::Internal, what);
        error.0.lack = Some(Lack::Resources);
        error
    }

    /// As many calls as `max_queued` allows are submitted already. For bindings.
    #[must_use]
    pub fn queue_full(max_queued: u32) -> Self {
        let what = format!("{max_queued} calls are submitted already, and their results not taken yet");
        let mut error = Self::not_sent(Kind::Internal, what).with_field("max_queued");
        error.0.lack = Some(Lack::Room);
        error
    }

    /// What there was too little of; for bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn lack(&self) -> Option<Lack> {
        self.0.lack
    }

    /// A call with a closed client. For bindings.
    #[must_use]
    pub fn closed() -> Self {
        Self::not_sent(Kind::Closed, "the client is closed")
    }

    /// An argument that belongs to the parent of this process. For bindings.
    #[must_use]
    pub fn forked(field: &str) -> Self {
        let outcome = Some(Outcome::NotSent);
        let problem = "belongs to the parent of this process";
        Self::new(ErrorClass::Config, Kind::Forked, outcome, problem).with_field(field)
    }

    /// A fault of this library that ended a call with this effect: it proves nothing of
    /// a message. For bindings.
    #[must_use]
    pub fn internal_fault(effect: Effect) -> Self {
        let what = INTERNAL_FAULT;
        if effect.has_outcome() {
            Self::unknown(Kind::Internal, what).attach_effect(effect)
        } else {
            Self::internal(what).attach_effect(effect)
        }
    }

    /// A fault of this library before a call with this effect began. For bindings.
    #[must_use]
    pub fn not_begun(effect: Effect) -> Self {
        Self::internal("a fault inside this library kept the call from beginning").attach_effect(effect)
    }

    /// The error of a call with this effect: its text speaks of that, and a read
    /// has no outcome. For bindings, which refuse arguments that have no usable type.
    #[must_use]
    pub fn attach_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        if !effect.has_outcome() {
            self.0.outcome = None;
        }
        self
    }

    /// The error of one message of several, which it names (`messages[1].to`);
    /// for bindings, which make the messages one by one.
    #[must_use]
    pub fn with_message_index(mut self, index: usize) -> Self {
        self.0.field = Some(match self.0.field.take() {
            Some(field) => format!("messages[{index}].{field}"),
            None => format!("messages[{index}]"),
        });
        self
    }

    /// The setting that may put this right.
    pub(crate) fn with_field(mut self, field: &str) -> Self {
        self.0.field = Some(field.to_owned());
        self
    }

    pub(crate) fn with_trail(mut self, trail: Vec<FallbackStep>, elapsed: Duration) -> Self {
        self.0.trail = trail;
        self.0.elapsed = elapsed;
        self
    }

    /// Adds to what happened why nothing more was tried.
    pub(crate) fn with_note(mut self, note: Option<&str>) -> Self {
        if let Some(note) = note {
            self.0.what.push_str("; ");
            self.0.what.push_str(note);
        }
        self
    }

    /// Notes that nothing was sent, and that the same request may fare better.
    pub(crate) fn with_transient(mut self, transient: bool) -> Self {
        self.0.transient = transient;
        self
    }

    /// Whether nothing was sent, and the same request may fare better.
    pub(crate) fn is_transient(&self) -> bool {
        self.0.transient
    }

    pub(crate) fn with_response(mut self, response: ResponseInfo) -> Self {
        self.0.response = Some(response);
        self
    }

    pub(crate) fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.0.retry_after = pause;
        self
    }

    pub(crate) fn with_metrics(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }

    /// The class of the error, by whose name every language has one.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// The stable word for what went wrong.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What became of the message; absent when none was at stake, as in a read.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.outcome
    }

    /// The option or the message's field at fault: an option by its name (`api_key`),
    /// a message's field by its name on the wire (`templateId`).
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

    /// What happened, what that means for the message, and what to do: the whole text,
    /// for people.
    #[must_use]
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// The HTTP status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// The service's own code, for example `INSUFFICIENT_CREDIT`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.response.as_ref()?.code.as_deref()
    }

    /// The code as the service wrote it, for rules.
    pub(crate) fn raw_code(&self) -> Option<&str> {
        self.0.response.as_ref()?.raw_code.as_deref()
    }

    /// The id that the service gave the request (`x-request-id`, or Cloud
    /// Run's trace id; an assumption, the API document names none).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.as_ref()?.request_id.as_deref()
    }

    /// How long the service asked to wait (`Retry-After`, RFC 9110 section 10.2.3).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The beginning of the answer's body: at most 2 KiB, control characters
    /// escaped, the message's own texts and the key redacted.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.0.response.as_ref().map(|response| response.body.as_str())
    }

    /// What became of each message of a
    /// [`send_with_fallback`](crate::Client::send_with_fallback) that was tried,
    /// in order; empty for other calls.
    #[must_use]
    pub fn trail(&self) -> &[FallbackStep] {
        &self.0.trail
    }

    /// What happened: the first part of the text, for lists of what is wrong.
    #[doc(hidden)]
    #[must_use]
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// The whole text of the error, with the field at fault called `field`.
    ///
    /// For bindings whose options have other names than Rust's (`apiKey` in Node).
    #[must_use]
    pub fn message_with_field(&self, field: &str) -> String {
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
        let consequence = consequence(facts.effect, facts.class, facts.outcome, facts.kind);
        if !consequence.is_empty() {
            text.push(' ');
            text.push_str(consequence);
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_with_field(self.field().unwrap_or_default()))
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
