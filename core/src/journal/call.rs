//! What a journal is asked, and its answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::StoreError;
use crate::error::{Effect, Error, ErrorClass, Kind, Outcome};

/// An operation of a [`JournalHandle`](super::JournalHandle), under way from the moment it was made: await it, or
/// [`wait`](Self::wait) for it on a thread that may block. It needs no runtime.
#[must_use = "the result comes when it is awaited or waited for"]
pub struct JournalCall<T>(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>);

impl<T: Send + 'static> JournalCall<T> {
    pub(super) fn new(call: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        Self(Box::pin(call))
    }

    pub(super) fn ready(result: Result<T, Error>) -> Self {
        Self::new(std::future::ready(result))
    }

    pub(super) fn failed(error: Error) -> Self {
        Self::ready(Err(error))
    }

    /// For what can't be asked.
    pub(super) fn refused(error: Error) -> Self {
        Self::failed(error.attach_effect(Effect::Read))
    }

    /// Blocks this thread until the result is there.
    ///
    /// # Errors
    /// Those of the operation.
    pub fn wait(mut self) -> Result<T, Error> {
        loop {
            match self.wait_for(Duration::MAX) {
                Ok(result) => return result,
                Err(call) => self = call,
            }
        }
    }

    /// Blocks this thread until the result is there, or for so long: then the call is given
    /// back; for bindings whose language has interrupts.
    ///
    /// # Errors
    /// The call itself, which goes on.
    #[doc(hidden)]
    pub fn wait_for(mut self, longest: Duration) -> Result<Result<T, Error>, Self> {
        struct Unpark(std::thread::Thread);

        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }

        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        let until = Instant::now().checked_add(longest);
        loop {
            if let Poll::Ready(result) = self.0.as_mut().poll(&mut context) {
                return Ok(result);
            }
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => std::thread::park(),
                Some(Duration::ZERO) => return Err(self),
                Some(left) => std::thread::park_timeout(left),
            }
        }
    }
}

impl<T> Future for JournalCall<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for JournalCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalCall").finish_non_exhaustive()
    }
}

/// The answer to an operation, once it comes.
pub(super) struct PendingReply<T> {
    pub(super) journal: Arc<str>,
    pub(super) answer: Result<oneshot::Receiver<Result<T, StoreError>>, Error>,
}

impl<T> PendingReply<T> {
    pub(super) async fn received(self) -> Result<T, Error> {
        match self.answer?.await {
            Ok(result) => result.map_err(|error| journal_error(&self.journal, &error.to_string())),
            Err(_) => Err(journal_error(&self.journal, CLOSED)),
        }
    }
}

pub(super) const CLOSED: &str = "it was closed";

/// The error of a journal that can't be used; for crates that have stores. `problem`
/// must hold neither a key nor a password.
#[must_use]
pub fn journal_error(name: &str, problem: &str) -> Error {
    Error::new(
        ErrorClass::Journal,
        Kind::Journal,
        Some(Outcome::NotSent),
        format!("the journal {} can't be used: {problem}", shortened(name)),
    )
}

/// The longest name that is told whole: as long as a path of Linux may be.
const MAX_NAME: usize = 4096;

/// A name that is no path, nor anybody's to read, is told by its beginning.
fn shortened(name: &str) -> String {
    match name.len() > MAX_NAME {
        true => name.chars().take(100).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_not_as_long_as_a_careless_name() {
        assert!(
            journal_error("codes.db", "gone")
                .to_string()
                .contains("the journal codes.db can't be used: gone")
        );
        assert!(journal_error(&"x".repeat(1 << 20), "gone").to_string().len() < 1000);
    }
}
