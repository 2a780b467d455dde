//! The core's events on their way to JavaScript.
//!
//! They are emitted on the runtime's thread, and go to JavaScript with the calls that
//! complete, in turn: so none comes after the call it belongs to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use partner_messaging::{Event, Kind, Outcome, Step};
use serde::Serialize;

use crate::call_queue::CallQueue;
use crate::results::in_milliseconds;

/// Where the events of one client's calls go.
pub(crate) struct Events {
    wanted: AtomicBool,
    queue: Arc<CallQueue>,
    /// The client's number in JavaScript.
    client: u32,
}

impl Events {
    pub(crate) fn new(queue: Arc<CallQueue>, client: u32) -> Self {
        Self { wanted: AtomicBool::new(false), queue, client }
    }

    /// Nothing is written before this was called with `true`, nor after it was with `false`.
    pub(crate) fn set_wanted(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::Relaxed);
    }

    pub(crate) fn are_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// On the runtime's thread.
    pub(crate) fn emit(&self, event: &Event) {
        self.queue.push_event(self.client, &Fields::of(event));
    }
}

/// An event as JavaScript has it. What a step does not have is left out; what it
/// has in principle and not this time is `null`.
#[derive(Serialize)]
struct Fields<'a> {
    call: &'a str,
    channel: Option<&'a str>,
    recipient: Option<&'a str>,
    #[serde(flatten)]
    step: StepFields,
    /// The event as a line for a log.
    text: String,
}

#[derive(Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
enum StepFields {
    Attempt {
        attempt: u32,
    },
    Retry {
        attempt: u32,
        kind: &'static str,
        /// Milliseconds.
        pause: f64,
    },
    Ended {
        outcome: Option<&'static str>,
        kind: Option<&'static str>,
        status: Option<u16>,
        attempts: u32,
        /// Milliseconds.
        elapsed: f64,
    },
    Claimed,
    Waiting,
    Replayed,
    Conflict,
    Unrecorded,
    /// A later core's; its text says what.
    Other,
}

impl<'a> Fields<'a> {
    fn of(event: &'a Event) -> Self {
        Self {
            call: event.call,
            channel: event.channel.as_deref(),
            recipient: event.recipient.as_deref(),
            step: match &event.step {
                Step::Attempt { number } => StepFields::Attempt { attempt: *number },
                Step::Retry { number, kind, pause } => StepFields::Retry {
                    attempt: *number,
                    kind: kind.as_str(),
                    pause: in_milliseconds(*pause),
                },
                Step::Ended { outcome, kind, status, attempts, elapsed } => StepFields::Ended {
                    outcome: outcome.map(Outcome::as_str),
                    kind: kind.map(Kind::as_str),
                    status: *status,
                    attempts: *attempts,
                    elapsed: in_milliseconds(*elapsed),
                },
                Step::Claimed => StepFields::Claimed,
                Step::Waiting => StepFields::Waiting,
                Step::Replayed => StepFields::Replayed,
                Step::Conflict => StepFields::Conflict,
                Step::Unrecorded => StepFields::Unrecorded,
                _ => StepFields::Other,
            },
            text: event.to_string(),
        }
    }
}
