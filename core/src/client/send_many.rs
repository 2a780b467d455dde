//! Sending many messages, as a stream.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::runtime::Handle;

use super::client::Client;
use crate::config::SendManyOptions;
use crate::error::Error;
use crate::operations::{self, Run};
use crate::types::{BatchMessage, BatchResult, BatchSummary};

impl Client {
    /// Sends many messages, as many at a time as the [options](SendManyOptions) say, and
    /// gives what became of each in the order in which they end. The source gives messages,
    /// or pairs of a [key](crate::CallOptions::key) and a message; it is asked only as fast
    /// as they leave.
    ///
    /// What would meet every further message stops the run: see
    /// [`SendManyOptions::stop_on`]. Then what is under way ends and is given, and at last
    /// the error. Everything else that happens to a message is its result. A message that
    /// was turned away (429) is tried again after the hold, without end unless the service
    /// says nothing else for ten minutes; what was provably not sent is tried again within
    /// `max_retries`.
    ///
    /// Dropping the stream begins nothing more; what is under way goes on to its end.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::stream;
    /// use partner_messaging::{Client, Sms};
    ///
    /// # let sandbox = partner_messaging_sandbox::Sandbox::start()?;
    /// # let client = Client::builder().api_key(sandbox.api_key()).base_url(sandbox.url()).build()?;
    /// let messages = (0..20).map(|n| Sms::text("+6591234567", format!("You are number {n}.")));
    /// let mut results = client.send_many(stream::iter(messages))?;
    /// while let Some(result) = results.next().await {
    ///     let result = result?;
    ///     println!("{}: {}", result.index, result.outcome());
    /// }
    /// assert_eq!(results.summary().sent, 20);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `ConfigError` for options that can't be used. The stream's last item may be the
    /// error that stopped the run.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn send_many<S>(&self, messages: S) -> Result<SendMany<S>, Error>
    where
        S: Stream<Item: Into<BatchMessage>>,
    {
        self.send_many_opts(messages, &SendManyOptions::default())
    }

    /// Like [`send_many`](Self::send_many), with other options.
    ///
    /// # Errors
    /// As [`send_many`](Self::send_many).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn send_many_opts<S>(&self, messages: S, options: &SendManyOptions) -> Result<SendMany<S>, Error>
    where
        S: Stream<Item: Into<BatchMessage>>,
    {
        let runtime = Handle::current();
        let spawn = Box::new(move || {
            let runtime = runtime.clone();
            Ok(Box::new(move |task| drop(runtime.spawn(task))) as Box<dyn FnOnce(_)>)
        });
        let run = operations::send_many(self.shared_context(), options, spawn)?;
        Ok(SendMany { run, source: Some(Box::pin(messages)) })
    }
}

/// What became of many messages, in the order in which they end: see
/// [`Client::send_many`]. It is a [`Stream`], too.
#[must_use = "nothing is sent before the first result is asked for"]
pub struct SendMany<S> {
    run: Arc<Run>,
    /// `None` once it has ended.
    source: Option<Pin<Box<S>>>,
}

impl<S: Stream<Item: Into<BatchMessage>>> SendMany<S> {
    /// The next result; `None` after the last one. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<BatchResult, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<BatchResult, Error>>> {
        while self.take(context) {}
        let polled = self.run.poll_result(context);
        polled.map(|result| result.map(|result| result.map(|result| *result)))
    }

    /// Begins the source's next message. `false`: there is no room, or none ready.
    fn take(&mut self, context: &mut Context<'_>) -> bool {
        let Some(source) = &mut self.source else { return false };
        match self.run.poll_room(context) {
            Poll::Ready(true) => {}
            Poll::Ready(false) => {
                self.source = None;
                return false;
            }
            Poll::Pending => return false,
        }
        match source.as_mut().poll_next(context) {
            Poll::Ready(Some(message)) => self.run.offer(message.into()),
            Poll::Ready(None) => {
                self.source = None;
                self.run.finish();
            }
            Poll::Pending => return false,
        }
        true
    }
}

impl<S> SendMany<S> {
    /// The sums by now; at the end, those of the whole run.
    #[must_use]
    pub fn summary(&self) -> BatchSummary {
        self.run.summary()
    }

    /// Begins nothing more; what is under way goes on to its end, and its results are
    /// given. Idempotent; never blocks.
    pub fn close(&self) {
        self.run.close();
    }

    /// Gives up what is under way, too: it ends at once with the outcome that it has by
    /// now, and its results are given.
    pub fn abort(&self) {
        self.run.abort();
    }
}

impl<S: Stream<Item: Into<BatchMessage>>> Stream for SendMany<S> {
    type Item = Result<BatchResult, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl<S> Drop for SendMany<S> {
    fn drop(&mut self) {
        self.run.close();
    }
}

impl<S> fmt::Debug for SendMany<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendMany").field("summary", &self.summary()).finish_non_exhaustive()
    }
}
