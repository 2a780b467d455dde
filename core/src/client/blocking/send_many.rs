//! Sending many messages, as an iterator.

use std::fmt;
use std::time::Duration;

use super::client::Client;
use crate::client::background::{Batch, BatchStep};
use crate::config::SendManyOptions;
use crate::error::Error;
use crate::types::{BatchMessage, BatchResult, BatchSummary};

impl Client {
    /// Sends many messages, and gives what became of each in the order in which they end:
    /// [`Client::send_many`](crate::Client::send_many) with an iterator, which is asked on
    /// this thread, while a result is waited for. The calls run on the background thread.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use partner_messaging::{Sms, blocking};
    ///
    /// # let sandbox = partner_messaging_sandbox::Sandbox::start()?;
    /// # let client = blocking::Client::builder().api_key(sandbox.api_key()).base_url(sandbox.url()).build_blocking()?;
    /// let messages = (0..20).map(|n| Sms::text("+6591234567", format!("You are number {n}.")));
    /// let mut results = client.send_many(messages)?;
    /// for result in &mut results {
    ///     let result = result?;
    ///     println!("{}: {}", result.index, result.outcome());
    /// }
    /// assert_eq!(results.summary().sent, 20);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As `Client::send_many`.
    pub fn send_many<I>(&self, messages: I) -> Result<SendMany<I::IntoIter>, Error>
    where
        I: IntoIterator<Item: Into<BatchMessage>>,
    {
        self.send_many_opts(messages, &SendManyOptions::default())
    }

    /// Like [`send_many`](Self::send_many), with other options.
    ///
    /// # Errors
    /// As [`send_many`](Self::send_many).
    pub fn send_many_opts<I>(
        &self,
        messages: I,
        options: &SendManyOptions,
    ) -> Result<SendMany<I::IntoIter>, Error>
    where
        I: IntoIterator<Item: Into<BatchMessage>>,
    {
        Ok(SendMany::new(self.send_many_batch(options)?, messages.into_iter()))
    }
}

/// What became of many messages, in the order in which they end: see
/// [`Client::send_many`](crate::blocking::Client::send_many). Dropping it begins nothing more;
/// what is under way goes on to its end.
#[must_use = "nothing is sent before the first result is asked for"]
pub struct SendMany<I> {
    batch: Batch,
    source: I,
}

/// How long one wait is; then comes the next one.
const WAIT: Duration = Duration::from_secs(3600);

impl<I> SendMany<I> {
    fn new(batch: Batch, source: I) -> Self {
        Self { batch, source }
    }
}

impl<I: Iterator<Item: Into<BatchMessage>>> Iterator for SendMany<I> {
    type Item = Result<BatchResult, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.batch.wait(WAIT) {
                Some(BatchStep::Room) => match self.source.next() {
                    Some(message) => self.batch.offer(message),
                    None => self.batch.finish(),
                },
                Some(BatchStep::Result(result)) => return Some(Ok(*result)),
                Some(BatchStep::Ended(error)) => return error.map(Err),
                None => {}
            }
        }
    }
}

impl<I> SendMany<I> {
    /// The sums by now; at the end, those of the whole run.
    #[must_use]
    pub fn summary(&self) -> BatchSummary {
        self.batch.summary()
    }

    /// Begins nothing more; what is under way goes on to its end, and its results are
    /// given. Idempotent; never blocks.
    pub fn close(&self) {
        self.batch.close();
    }

    /// Gives up what is under way, too: it ends at once with the outcome that it has by
    /// now, and its results are given.
    pub fn abort(&self) {
        self.batch.abort();
    }
}

impl<I> fmt::Debug for SendMany<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendMany").field("batch", &self.batch).finish_non_exhaustive()
    }
}
