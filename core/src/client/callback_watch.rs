//! Callbacks of the program that run on a background thread, and hold its calls up meanwhile.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use crate::telemetry::{Observer, SLOW_CALLBACK};
use crate::util::lock;

/// The callback that runs on a thread, if one does.
#[derive(Default)]
pub(super) struct Running(Mutex<Option<Callback>>);

struct Callback {
    call: &'static str,
    since: Instant,
    /// Whether an event was emitted because it is slow.
    reported: bool,
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, Option<Callback>> {
        lock(&self.0)
    }
}

/// Tells by an event which callbacks take long. For bindings.
pub struct CallbackWatch {
    running: Arc<Running>,
    observer: Observer,
}

impl CallbackWatch {
    pub(super) fn new(running: Arc<Running>, observer: Observer) -> Self {
        Self { running, observer }
    }

    /// Tells if the one that runs has been running for long; of each once.
    pub(super) fn look(&self) {
        let slow = match &mut *self.running.lock() {
            Some(callback) if !callback.reported && callback.since.elapsed() >= SLOW_CALLBACK => {
                callback.reported = true;
                Some((callback.call, callback.since.elapsed()))
            }
            _ => None,
        };
        if let Some((call, elapsed)) = slow {
            self.observer.slow_callback(call, elapsed);
        }
    }

    /// Runs a callback of the call of this name, on the background thread.
    pub fn run(&self, call: &'static str, callback: impl FnOnce()) {
        let since = Instant::now();
        *self.running.lock() = Some(Callback { call, since, reported: false });
        callback();
        *self.running.lock() = None;
        self.observer.slow_callback(call, since.elapsed());
    }
}
