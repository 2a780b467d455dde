//! Emits events: to `tracing`, and to an observer, which bindings connect to their
//! language's logging.
//!
//! Nothing here holds the key, a message's text or a whole recipient.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use url::Url;

use super::log::write_log;
use super::{Event, Step};
use crate::error::{Effect, Error, Kind, Outcome};
use crate::types::PreparedMessage;

type Emit = dyn Fn(&Event) + Send + Sync;
type Wanted = dyn Fn() -> bool + Send + Sync;

/// Who gets the events besides `tracing`.
#[derive(Clone, Default)]
pub(crate) struct Observer {
    emit: Option<Arc<Emit>>,
    wanted: Option<Arc<Wanted>>,
    /// Whether each event is a line on standard error, too.
    log: bool,
}

impl Observer {
    /// Calls `emit` with the events for which `wanted`, if there is one, says so.
    pub(crate) fn new(emit: impl Fn(&Event) + Send + Sync + 'static, wanted: Option<Arc<Wanted>>) -> Self {
        Self { emit: Some(Arc::new(emit)), wanted, log: false }
    }

    /// The same, with a line on standard error if the environment asks for it:
    /// `PARTNER_MESSAGING_LOG=debug`.
    pub(crate) fn with_log_of_environment(mut self) -> Self {
        self.log = std::env::var(LOG_VARIABLE).is_ok_and(|level| level.eq_ignore_ascii_case("debug"));
        self
    }

    fn is_listening(&self) -> bool {
        self.log || (self.emit.is_some() && self.wanted.as_ref().is_none_or(|wanted| wanted()))
    }

    /// `details`: what the line in the log says besides.
    fn emit(&self, event: &Event, details: impl FnOnce() -> String) {
        if self.log {
            write_log(&format!("partner-messaging: {event}{}", details()));
        }
        if let Some(emit) = &self.emit
            && self.wanted.as_ref().is_none_or(|wanted| wanted())
        {
            let began = Instant::now();
            emit(event);
            // What is told of that is not measured again.
            if !matches!(event.step, Step::SlowCallback { .. }) {
                self.slow_callback(event.call, began.elapsed());
            }
        }
    }

    /// A callback of a call was running for this long: tells of it if that is long.
    pub(crate) fn slow_callback(&self, call: &'static str, elapsed: Duration) {
        if elapsed >= SLOW_CALLBACK {
            let emitter = EventEmitter { observer: self, call, effect: Effect::Read, message: None };
            emitter.emit(|| Step::SlowCallback { elapsed }, String::new);
        }
    }
}

/// A callback that runs for longer than this is told of.
pub(crate) const SLOW_CALLBACK: Duration = Duration::from_millis(100);

const LOG_VARIABLE: &str = "PARTNER_MESSAGING_LOG";

/// Emits the events of one call. Costs next to nothing while nobody listens.
#[derive(Clone, Copy)]
pub(crate) struct EventEmitter<'a> {
    pub(crate) observer: &'a Observer,
    pub(crate) call: &'static str,
    pub(crate) effect: Effect,
    pub(crate) message: Option<&'a PreparedMessage>,
}

/// What the service answered, for the log: ` [status 400, INVALID_REQUEST]`.
fn answer(error: &Error) -> String {
    match (error.status(), error.code()) {
        (Some(status), Some(code)) => format!(" [status {status}, {code}]"),
        (Some(status), None) => format!(" [status {status}]"),
        (None, _) => String::new(),
    }
}

impl EventEmitter<'_> {
    /// A request is about to be made; in the log with its method and path, which may
    /// be what is wrong with it. Its query is left out: it may name a recipient.
    pub(crate) fn attempt(self, number: u32, method: impl FnOnce() -> Method, url: &Url) {
        self.emit(|| Step::Attempt { number }, || format!(" [{} {}]", method(), url.path()));
    }

    pub(crate) fn retry(self, number: u32, error: &Error, pause: Duration) {
        self.emit(|| Step::Retry { number, kind: error.kind(), pause }, || answer(error));
    }

    /// The call has its key: its request may leave.
    pub(crate) fn claimed(self) {
        self.emit(|| Step::Claimed, String::new);
    }

    /// The call waits for another one with its key.
    pub(crate) fn waiting(self) {
        self.emit(|| Step::Waiting, String::new);
    }

    /// The message was accepted before.
    pub(crate) fn replayed(self) {
        self.emit(|| Step::Replayed, String::new);
    }

    /// What became of the message contradicts the journal.
    pub(crate) fn conflict(self) {
        self.emit(|| Step::Conflict, String::new);
    }

    /// What became of the message could not be written to the journal.
    pub(crate) fn unrecorded(self) {
        self.emit(|| Step::Unrecorded, String::new);
    }

    /// The call ended, with an error or well.
    pub(crate) fn ended(self, error: Option<&Error>, attempts: u32, elapsed: Duration) {
        let step = || Step::Ended {
            outcome: match error {
                Some(error) => error.outcome().filter(|_| self.effect.has_outcome()),
                None => self.effect.has_outcome().then_some(Outcome::Sent),
            },
            kind: error.map(Error::kind),
            status: error.and_then(Error::status),
            attempts,
            elapsed,
        };
        self.emit(step, || error.map(answer).unwrap_or_default());
    }

    /// The call's future was dropped: nobody else is told of its outcome.
    pub(crate) fn dropped(self, outcome: Outcome, attempts: u32, elapsed: Duration) {
        let (outcome, kind) = (self.effect.has_outcome().then_some(outcome), Some(Kind::Cancelled));
        self.emit(|| Step::Ended { outcome, kind, status: None, attempts, elapsed }, String::new);
    }

    fn emit(self, step: impl FnOnce() -> Step, details: impl FnOnce() -> String) {
        let traced = tracing::enabled!(target: TARGET, tracing::Level::DEBUG);
        let listening = self.observer.is_listening();
        if !traced && !listening {
            return;
        }
        let event = Event {
            call: self.call,
            channel: self.message.map(|message| message.channel().to_owned()),
            recipient: self.message.and_then(PreparedMessage::masked_recipient),
            step: step(),
        };
        if traced {
            trace(&event);
        }
        if listening {
            self.observer.emit(&event, details);
        }
    }
}

/// The target of every `tracing` span and event of this crate.
pub(crate) const TARGET: &str = "partner_messaging";

fn trace(event: &Event) {
    let Event { call, channel, recipient, step } = event;
    let (channel, recipient) = (channel.as_deref(), recipient.as_deref());
    match step {
        Step::Attempt { number } => {
            tracing::debug!(target: TARGET, call, channel, recipient, attempt = number, "attempt");
        }
        Step::Retry { number, kind, pause } => {
            let (kind, pause_ms) = (kind.as_str(), millis(*pause));
            tracing::debug!(target: TARGET, call, channel, recipient, attempt = number, kind, pause_ms, "retry");
        }
        Step::Claimed | Step::Waiting | Step::Replayed | Step::Conflict | Step::Unrecorded => {
            let step = step.as_str();
            tracing::debug!(target: TARGET, call, channel, recipient, step, "journal");
        }
        Step::SlowCallback { elapsed } => {
            let elapsed_ms = millis(*elapsed);
            tracing::warn!(target: TARGET, call, elapsed_ms, "slow callback");
        }
        Step::Ended { outcome, kind, status, attempts, elapsed } => {
            let (outcome, kind) = (outcome.map(Outcome::as_str), kind.map(Kind::as_str));
            let elapsed_ms = millis(*elapsed);
            tracing::debug!(target: TARGET, call, channel, recipient, outcome, kind, status, attempts, elapsed_ms, "outcome");
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
