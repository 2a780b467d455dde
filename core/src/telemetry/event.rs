//! What a client tells of its calls while they run.

use std::fmt;
use std::time::Duration;

use crate::error::{Kind, Outcome};

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
    /// The call has claimed its key in the journal: its request may leave.
    Claimed,
    /// Another call with the same key is in progress; this one waits for its end.
    Waiting,
    /// The message was accepted before, by the journal: nothing is sent.
    Replayed,
    /// What became of the message contradicts what the journal has under its key; both are kept.
    Conflict,
    /// What became of the message could not be written to the journal in time; it is
    /// tried again while the process lives.
    Unrecorded,
    /// A function of the program that the call had to call took long, and held up whatever
    /// else runs on its thread: one that is told of events, or one that is given the call's
    /// result (in C and C++). It may still be running.
    SlowCallback {
        /// How long it has been running.
        elapsed: Duration,
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

impl Step {
    /// The step's stable name, lower case.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Attempt { .. } => "attempt",
            Self::Retry { .. } => "retry",
            Self::Claimed => "claimed",
            Self::Waiting => "waiting",
            Self::Replayed => "replayed",
            Self::Conflict => "conflict",
            Self::Unrecorded => "unrecorded",
            Self::SlowCallback { .. } => "slow_callback",
            Self::Ended { .. } => "ended",
        }
    }
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
            Step::Claimed => f.write_str(": its key is claimed"),
            Step::Waiting => f.write_str(": another call with its key is in progress"),
            Step::Replayed => f.write_str(": it was accepted before, by the journal"),
            Step::Conflict => f.write_str(": what became of it contradicts the journal"),
            Step::Unrecorded => f.write_str(": what became of it is not in the journal yet"),
            Step::SlowCallback { elapsed } => {
                write!(f, ": a callback held its thread up for {} ms", elapsed.as_millis())
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
