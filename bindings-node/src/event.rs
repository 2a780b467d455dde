//! The core's events on their way to JavaScript.
//!
//! They are told on the runtime's threads. They gather here, and JavaScript takes
//! them on its own thread: when it is woken, and before a call of its own settles,
//! so that none comes after the call it belongs to and none is lost when the
//! process ends. The wake keeps no process alive, and one is enough for many events.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use partner_messaging::{Event, Kind, Outcome, Step};
use serde::Serialize;

use crate::calls::Wake;
use crate::failure::milliseconds;

/// The events of one client that JavaScript has not taken yet.
#[derive(Default)]
pub(crate) struct Events {
    wanted: AtomicBool,
    wake: OnceLock<Wake>,
    /// JSON objects, each with a comma behind it.
    waiting: Mutex<String>,
}

impl Events {
    /// Nothing is kept or written before this, nor after it was told `false`.
    pub(crate) fn want(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::Relaxed);
    }

    /// Whom to wake; the first one counts.
    pub(crate) fn wake_by(&self, wake: Wake) {
        self.wake.get_or_init(|| wake);
    }

    pub(crate) fn are_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// On a thread of the runtime.
    pub(crate) fn tell(&self, event: &Event) {
        let Ok(json) = serde_json::to_string(&Fields::of(event)) else { return };
        let mut waiting = self.waiting();
        waiting.push_str(&json);
        waiting.push(',');
        drop(waiting);
        if let Some(wake) = self.wake.get() {
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// What has gathered, as a JSON array; `None` when there is nothing.
    pub(crate) fn take(&self) -> Option<String> {
        let mut events = mem::take(&mut *self.waiting());
        events.pop()?;
        Some(format!("[{events}]"))
    }

    fn waiting(&self) -> MutexGuard<'_, String> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// The event in words.
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
                Step::Retry { number, kind, pause } => {
                    StepFields::Retry { attempt: *number, kind: kind.as_str(), pause: milliseconds(*pause) }
                }
                Step::Ended { outcome, kind, status, attempts, elapsed } => StepFields::Ended {
                    outcome: outcome.map(Outcome::as_str),
                    kind: kind.map(Kind::as_str),
                    status: *status,
                    attempts: *attempts,
                    elapsed: milliseconds(*elapsed),
                },
                _ => StepFields::Other,
            },
            text: event.to_string(),
        }
    }
}
