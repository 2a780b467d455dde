//! A run of many messages in the background, for those who take from the source
//! themselves: on a thread that blocks, or as their language does it.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use super::background_thread::BackgroundThread;
use crate::call::Context;
use crate::config::SendManyOptions;
use crate::error::Error;
use crate::operations::{self, Run};
use crate::types::{BatchMessage, BatchResult, BatchStep, BatchSummary};

/// A run of many messages, whose source is the caller's: it says when it wants the next
/// one. Dropping it begins nothing more; what is under way goes on to its end.
///
/// ```no_run
/// # fn example(client: &partner_messaging::background::Client) -> Result<(), partner_messaging::Error> {
/// use std::time::Duration;
/// use partner_messaging::background::BatchStep;
/// use partner_messaging::{SendManyOptions, Sms};
///
/// let mut codes = ["1234", "5678"].into_iter();
/// let batch = client.send_many(&SendManyOptions::new())?;
/// loop {
///     match batch.wait(Duration::from_secs(1)) {
///         Some(BatchStep::Room) => match codes.next() {
///             Some(code) => batch.offer(Sms::text("+6591234567", code)),
///             None => batch.finish(),
///         },
///         Some(BatchStep::Result(result)) => println!("{}: {}", result.index, result.outcome()),
///         Some(BatchStep::Ended(error)) => return error.map_or(Ok(()), Err),
///         None => println!("still waiting"),
///     }
/// }
/// # }
/// ```
pub struct Batch(Arc<Run>);

impl Batch {
    pub(super) fn new(
        context: Arc<Context>,
        options: &SendManyOptions,
        thread: impl Fn() -> Result<Arc<BackgroundThread>, Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let spawn = Box::new(move || {
            let thread = thread()?;
            Ok(Box::new(move |task| thread.spawn(task)) as Box<dyn FnOnce(_)>)
        });
        operations::send_many(context, options, spawn).map(Self)
    }

    /// Begins a message. Once the run was stopped, it is not begun, and its result says so.
    pub fn offer(&self, message: impl Into<BatchMessage>) {
        self.0.offer(message.into());
    }

    /// Says that the source has no more messages.
    pub fn finish(&self) {
        self.0.finish();
    }

    /// Begins nothing more; what is under way goes on to its end, and its results are
    /// given. Idempotent; never blocks.
    pub fn close(&self) {
        self.0.close();
    }

    /// Gives up what is under way, too: it ends at once with the outcome that it has by now.
    pub fn abort(&self) {
        self.0.abort();
    }

    /// Blocks this thread until something comes next; `None` after so long.
    #[must_use]
    pub fn wait(&self, longest: Duration) -> Option<BatchStep> {
        self.0.wait(longest)
    }

    /// Blocks this thread until nothing is under way any more and nothing more is begun;
    /// `false` when that is not so after so long.
    #[must_use]
    pub fn wait_for_end(&self, longest: Duration) -> bool {
        self.0.wait_for_end(longest)
    }

    /// Whether another message can be begun; `false`: never more. `None`: not now, but
    /// perhaps [later](Self::room).
    #[must_use]
    pub fn has_room(&self) -> Option<bool> {
        self.0.room()
    }

    /// Waits until another message can be begun; `false`: never more. Dropping the future
    /// loses nothing.
    pub async fn room(&self) -> bool {
        poll_fn(|context| self.0.poll_room(context)).await
    }

    /// Like [`room`](Self::room), but waits for calls alone: `None` when none is under way, and
    /// results that nobody has taken leave no room.
    pub async fn room_of_calls(&self) -> Option<bool> {
        poll_fn(|context| self.0.poll_room_of_calls(context)).await
    }

    /// Waits for results, and gives those that there are, at most so many; none once
    /// everything has ended. Dropping the future loses nothing.
    ///
    /// # Errors
    /// Why the run was stopped, once, after the last result.
    pub async fn results(&self, most: usize) -> Result<Vec<BatchResult>, Error> {
        let first = poll_fn(|context| self.0.poll_result(context)).await.transpose()?;
        let Some(first) = first else { return Ok(Vec::new()) };
        let more = std::iter::from_fn(|| self.0.take_ready()).take(most.saturating_sub(1));
        Ok(std::iter::once(*first).chain(more).collect())
    }

    /// The sums by now.
    #[must_use]
    pub fn summary(&self) -> BatchSummary {
        self.0.summary()
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("summary", &self.summary()).finish()
    }
}
