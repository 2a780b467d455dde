//! What a client tells of its calls while they run: `tracing` events, and the
//! same to an observer, which bindings connect to their language's logging.
//!
//! Nothing here holds the key, a message's text or a whole recipient.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use crate::envelope::Envelope;
use crate::error::{Error, Kind};
use crate::outcome::Outcome;

/// A step of a call.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::{Arc, Mutex};
/// use partner_messaging::{Client, Event, Sms};
/// use partner_messaging_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start()?;
/// let seen = Arc::new(Mutex::new(Vec::new()));
/// let log = seen.clone();
/// let client = Client::builder()
///     .api_key(sandbox.api_key())
///     .base_url(sandbox.url())
///     .on_event(move |event: &Event| log.lock().unwrap().push(event.to_string()))
///     .build_blocking()?;
/// client.send(&Sms::text("+6591234567", "Hello"))?;
/// assert!(seen.lock().unwrap()[0].starts_with("send SMS to *******4567: attempt 1"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The call: `send`, `get_message`, `list_messages`, `get_balance` or `request`.
    pub call: &'static str,
    /// The message's channel, if the call is about one message to send.
    pub channel: Option<String>,
    /// The recipient with only its last four characters left, if there is one.
    pub recipient: Option<String>,
    /// What happened.
    pub step: Step,
}

/// What happened in a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A request is about to be made.
    Attempt {
        /// Its number, from 1.
        number: u32,
    },
    /// The attempt failed, and there will be another after a pause.
    Retry {
        /// The number of the attempt that failed.
        number: u32,
        /// What went wrong.
        kind: Kind,
        /// The pause before the next attempt.
        pause: Duration,
    },
    /// The call ended.
    Ended {
        /// What became of the message; absent when none was at stake (reads).
        outcome: Option<Outcome>,
        /// What went wrong, if something did.
        kind: Option<Kind>,
        /// The HTTP status of the answer that decided, if the call failed.
        status: Option<u16>,
        /// How many requests were begun.
        attempts: u32,
        /// The time from the call's start.
        elapsed: Duration,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.call)?;
        if let Some(channel) = &self.channel {
            write!(f, " {channel}")?;
        }
        if let Some(recipient) = &self.recipient {
            write!(f, " to {recipient}")?;
        }
        match &self.step {
            Step::Attempt { number } => write!(f, ": attempt {number}"),
            Step::Retry { number, kind, pause } => {
                write!(f, ": attempt {number} failed ({kind}), the next in {} ms", pause.as_millis())
            }
            Step::Ended { outcome, kind, attempts, elapsed, .. } => {
                write!(
                    f,
                    ": {}",
                    outcome.map_or(if kind.is_some() { "failed" } else { "answered" }, Outcome::as_str)
                )?;
                if let Some(kind) = kind {
                    write!(f, " ({kind})")?;
                }
                write!(f, " after {attempts} attempts and {} ms", elapsed.as_millis())
            }
        }
    }
}

type Tell = dyn Fn(&Event) + Send + Sync;
type Wanted = dyn Fn() -> bool + Send + Sync;

/// Who is told of events besides `tracing`.
#[derive(Clone, Default)]
pub(crate) struct Observer {
    tell: Option<Arc<Tell>>,
    wanted: Option<Arc<Wanted>>,
    /// Whether each event is a line on standard error, too.
    log: bool,
}

impl Observer {
    /// Tells `tell` of the events for which `wanted`, if there is one, says so.
    pub(crate) fn new(tell: impl Fn(&Event) + Send + Sync + 'static, wanted: Option<Arc<Wanted>>) -> Self {
        Self { tell: Some(Arc::new(tell)), wanted, log: false }
    }

    /// The same, with a line on standard error if the environment asks for it:
    /// `PARTNER_MESSAGING_LOG=debug`.
    pub(crate) fn with_log_of_environment(mut self) -> Self {
        self.log = std::env::var(LOG_VARIABLE).is_ok_and(|level| level.eq_ignore_ascii_case("debug"));
        self
    }

    fn is_listening(&self) -> bool {
        self.log || (self.tell.is_some() && self.wanted.as_ref().is_none_or(|wanted| wanted()))
    }

    fn tell(&self, event: &Event) {
        if self.log {
            write_line(&format!("partner-messaging: {event}\n"));
        }
        if let Some(tell) = &self.tell
            && self.wanted.as_ref().is_none_or(|wanted| wanted())
        {
            tell(event);
        }
    }
}

const LOG_VARIABLE: &str = "PARTNER_MESSAGING_LOG";

/// Writes to standard error without its lock, which the child of a fork might
/// find taken for ever.
fn write_line(line: &str) {
    let stderr = std::io::stderr();
    #[cfg(unix)]
    let Ok(stderr) = std::os::fd::AsFd::as_fd(&stderr).try_clone_to_owned().map(std::fs::File::from) else {
        return;
    };
    // Whether anybody reads it is not the call's business.
    let _ = (&stderr).write_all(line.as_bytes());
}

/// Tells what happens in one call. Costs next to nothing while nobody listens.
#[derive(Clone, Copy)]
pub(crate) struct Teller<'a> {
    pub(crate) observer: &'a Observer,
    pub(crate) call: &'static str,
    /// Whether something was at stake, so that the call has an outcome.
    pub(crate) changes: bool,
    pub(crate) message: Option<&'a Envelope>,
}

impl Teller<'_> {
    pub(crate) fn attempt(self, number: u32) {
        self.tell(|| Step::Attempt { number });
    }

    pub(crate) fn retry(self, number: u32, error: &Error, pause: Duration) {
        self.tell(|| Step::Retry { number, kind: error.kind(), pause });
    }

    /// The call ended, with an error or well.
    pub(crate) fn ended(self, error: Option<&Error>, attempts: u32, elapsed: Duration) {
        self.tell(|| Step::Ended {
            outcome: match error {
                Some(error) => error.outcome().filter(|_| self.changes),
                None => self.changes.then_some(Outcome::Sent),
            },
            kind: error.map(Error::kind),
            status: error.and_then(Error::status),
            attempts,
            elapsed,
        });
    }

    /// The call's future was dropped: nobody else is told of its outcome.
    pub(crate) fn dropped(self, outcome: Outcome, attempts: u32, elapsed: Duration) {
        let (outcome, kind) = (self.changes.then_some(outcome), Some(Kind::Cancelled));
        self.tell(|| Step::Ended { outcome, kind, status: None, attempts, elapsed });
    }

    fn tell(self, step: impl FnOnce() -> Step) {
        let traced = tracing::enabled!(target: TARGET, tracing::Level::DEBUG);
        let listening = self.observer.is_listening();
        if !traced && !listening {
            return;
        }
        let event = Event {
            call: self.call,
            channel: self.message.map(|message| message.channel().to_owned()),
            recipient: self.message.and_then(Envelope::masked_recipient),
            step: step(),
        };
        if traced {
            trace(&event);
        }
        if listening {
            self.observer.tell(&event);
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
