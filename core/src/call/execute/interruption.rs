//! What ends a call from outside: its deadline, a cancel, the close of its client, the stop
//! of its run, a panic; and what it has come to by then.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::time::sleep_until;

use super::call::Call;
use crate::call::deadline::{cancelled, interrupted_error, interruption_reason};
use crate::config::{CallOptions, Cancel};
use crate::error::{Effect, Error, Kind};

impl Call<'_, '_> {
    /// Runs the call until it has ended, or is ended from outside.
    pub(super) async fn run_to_the_end(mut self, options: &CallOptions) -> Result<(), Error> {
        let (context, deadline) = (self.context, self.deadline);
        let ended = {
            let mut attempts = pin!(self.run());
            tokio::select! {
                biased;
                () = cancelled(options.cancel.as_ref()) => Err(Kind::Cancelled),
                () = context.closing.cancelled() => Err(Kind::Closed),
                result = catch_panic(attempts.as_mut()) => result.ok_or(Kind::Internal),
                () = sleep_until(deadline.at().into()) => poll_for_late_answer(attempts).await.ok_or(Kind::Timeout),
            }
        };
        let result = ended.unwrap_or_else(|interruption| Err(self.interrupted(interruption)));
        self.end(result)
    }

    /// The call is ended from outside: the barrier tells what became of it.
    pub(super) fn interrupted(&mut self, kind: Kind) -> Error {
        if self.operation.effect().has_outcome() && !self.barrier.seal() {
            return Error::unknown(kind, interruption_reason(kind));
        }
        if let Some(error) = self.keyed.as_ref().and_then(|keyed| keyed.interrupted(kind)) {
            return error;
        }
        if let Some(waiting) = self.waiting.filter(|_| kind == Kind::Timeout) {
            return self.gave_up_waiting(waiting.out_of_time());
        }
        self.most_cautious(interrupted_error(kind))
    }

    /// The call ends while it waits. A read that was turned away before ends with that.
    pub(super) fn gave_up_waiting(&mut self, error: Error) -> Error {
        match self.earlier.take_if(|_| self.operation.effect() == Effect::Read) {
            Some(turned_away) => turned_away,
            None => self.most_cautious(error),
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_some_and(Cancel::is_cancelled)
    }

    /// The call was not to begin any more.
    pub(super) fn stopped(&mut self) -> Error {
        self.barrier.seal();
        let waited = self.keyed.as_ref().filter(|keyed| keyed.is_waiting());
        let waited = waited.and_then(|keyed| keyed.interrupted(Kind::Cancelled));
        waited.unwrap_or_else(stopped_before_begun)
    }
}

/// What a message of a run ends in that was taken and not begun when the run was stopped.
pub(crate) fn stopped_before_begun() -> Error {
    Error::not_sent(Kind::Cancelled, "the run was stopped before this message was begun")
}

/// Runs to the end; `None` for one that panics. The barrier knows what it had come to.
pub(super) async fn catch_panic<T>(mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// How often the tasks of the connections get to run before an answer counts as missing.
const FINAL_POLLS: usize = 8;

/// The answer may lie in the socket already: a process that was stopped past the
/// deadline wakes with the timer and the answer both ready. Takes no time but that of
/// reading what is there; nothing can leave any more, since the barrier knows the deadline.
async fn poll_for_late_answer<T>(mut attempts: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    for _ in 0..FINAL_POLLS {
        tokio::task::yield_now().await;
        if let Poll::Ready(result) = poll_fn(|cx| Poll::Ready(attempts.as_mut().poll(cx))).await {
            return Some(result);
        }
    }
    None
}
