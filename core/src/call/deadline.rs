//! When a call must have ended, and waiting within that time.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::Context;
use crate::config::{self, CallOptions, Cancel};
use crate::error::{Error, INTERNAL_FAULT, Kind};

/// When a call began and when it must have ended; calls that make several
/// requests share one.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    started: Instant,
    at: Instant,
}

impl Deadline {
    pub(crate) fn start(context: &Context, options: &CallOptions) -> Result<Self, Error> {
        if let Some(timeout) = options.timeout {
            config::duration("timeout", timeout)?;
        }
        let started = Instant::now();
        Ok(Self { started, at: started + options.timeout.unwrap_or(context.config.timeout) })
    }

    /// The same time, from now on.
    pub(crate) fn restart(self) -> Self {
        let started = Instant::now();
        Self { started, at: started + self.at.saturating_duration_since(self.started) }
    }

    pub(crate) fn at(self) -> Instant {
        self.at
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn remaining(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    pub(crate) fn has_passed(self) -> bool {
        Instant::now() >= self.at
    }
}

/// Sleeps, unless the call is cancelled or the client closed meanwhile.
pub(crate) async fn pause(context: &Context, options: &CallOptions, pause: Duration) -> Result<(), Error> {
    tokio::select! {
        biased;
        () = cancelled(options.cancel.as_ref()) => Err(interrupted_error(Kind::Cancelled)),
        () = context.closing.cancelled() => Err(interrupted_error(Kind::Closed)),
        () = sleep(pause) => Ok(()),
    }
}

/// Waits until the caller cancels; for ever where nobody can.
pub(super) async fn cancelled(cancel: Option<&Cancel>) {
    match cancel {
        Some(cancel) => cancel.cancelled().await,
        None => std::future::pending().await,
    }
}

/// The error of a call that was ended from outside before its request left.
pub(crate) fn interrupted_error(kind: Kind) -> Error {
    Error::not_sent(kind, interruption_reason(kind))
}

pub(super) fn interruption_reason(kind: Kind) -> &'static str {
    match kind {
        Kind::Cancelled => "the call was cancelled",
        Kind::Closed => "the client was closed during the call",
        Kind::Internal => INTERNAL_FAULT,
        _ => "the call's deadline passed",
    }
}
