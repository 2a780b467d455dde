//! Calls that run in the background, for bindings whose callers don't block:
//! one runtime on a thread of its own, and queues of completions.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::background_thread::{BackgroundThread, OwnThread};
pub use super::batch::Batch;
pub use super::callback_watch::CallbackWatch;
use super::client::Client as AsyncClient;
#[cfg(unix)]
pub use super::completion_queue::Queue;
use crate::call::Shared;
use crate::call::limits::shared_counts;
use crate::config::{CallOptions, Cancel, Config, SendManyOptions};
use crate::error::{Effect, Error, Outcome};
use crate::journal::unrecorded;
pub use crate::types::BatchStep;
use crate::types::Spending;
use crate::util::{PerProcess, ending_threads};

/// The process's one background thread. It is started by the first call that
/// needs it, and keeps no process alive.
static THREAD: PerProcess<BackgroundThread> = PerProcess::new();

/// What became of a call with this effect that its caller cancelled, where no error says it: the
/// outcome, and a sentence about it. `has_ended`: with a result, which the caller no longer
/// waited for. `None` for a read, which has no outcome. For bindings.
#[must_use]
pub const fn cancelled_outcome(effect: Effect, has_ended: bool) -> Option<(Outcome, &'static str)> {
    Some(match (effect, has_ended) {
        (Effect::Read, _) => return None,
        (Effect::Send, true) => {
            (Outcome::Sent, "The call was cancelled when the service had already accepted the message.")
        }
        (Effect::Send, false) => (
            Outcome::Unknown,
            "The call was cancelled and has not ended yet: the message may have been accepted.",
        ),
        (Effect::Write, true) => {
            (Outcome::Sent, "The call was cancelled when the service had already carried the request out.")
        }
        (Effect::Write, false) => (
            Outcome::Unknown,
            "The call was cancelled and has not ended yet: the request may have been carried out.",
        ),
    })
}

/// Runs a future on the background thread, for bindings that queue their calls
/// themselves.
///
/// # Errors
/// When the thread can't be started.
pub fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
    BackgroundThread::running_in(&THREAD)?.spawn(Box::pin(future));
    Ok(())
}

/// Begins a run of many messages on the background thread, for bindings that queue their
/// calls themselves.
///
/// # Errors
/// `ConfigError` for options that can't be used.
pub fn send_many(client: &AsyncClient, options: &SendManyOptions) -> Result<Batch, Error> {
    Batch::new(client.shared_context(), options, || BackgroundThread::running_in(&THREAD))
}

/// Ends the background threads, those of clients that have their own among them, and waits
/// until what was submitted to them has ended: close the clients first where that must be
/// soon. Waits, too, for threads that end by themselves: of lookups of names, of journals
/// that are gone. A later call starts another. It must not be called on such a thread.
pub fn shutdown() {
    if let Some(thread) = THREAD.take() {
        BackgroundThread::end(thread);
    }
    OwnThread::end_all();
    ending_threads::join();
    unrecorded::release();
    shared_counts::release();
}

/// A client whose calls run in the background; it works in a process forked
/// from the one that made it, too.
pub struct Client {
    config: Config,
    shared: Shared,
    client: PerProcess<AsyncClient>,
    closed: AtomicBool,
    /// Its own thread, where it has one.
    thread: Option<Arc<OwnThread>>,
}

impl Client {
    pub(super) fn new(config: Config, shared: Shared) -> Result<Self, Error> {
        let closed = AtomicBool::new(false);
        let client = Self { config, shared, client: PerProcess::new(), closed, thread: None };
        // Made now, so that what can't work fails early. The runtime comes with the first call.
        client.client.get(|| AsyncClient::new(&client.config, &client.shared))?;
        Ok(client)
    }

    /// Gives the client a thread of its own, so that a `done` that takes long delays
    /// no other client's calls. It ends when the client is dropped and its calls have ended.
    #[must_use]
    pub fn with_own_thread(mut self) -> Self {
        self.thread = Some(OwnThread::new());
        self
    }

    /// Makes a call in the background, and calls `done` exactly once, on the
    /// background thread, with what became of it; also when it was cancelled or
    /// the client closed. `call` makes it with the client and the options that
    /// it is given. Never blocks. `done` must not block.
    ///
    /// ```no_run
    /// # fn example(client: &partner_messaging::background::Client) -> Result<(), partner_messaging::Error> {
    /// use partner_messaging::{CallOptions, Sms};
    /// let message = Sms::text("+6591234567", "Hello");
    /// let cancel = client.submit(
    ///     CallOptions::new(),
    ///     async move |client, options| client.send_opts(&message, &options).await,
    ///     |result| println!("{result:?}"),
    /// )?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the call can't even be begun; then `done` is not called.
    pub fn submit<T, F>(
        &self,
        options: CallOptions,
        call: impl FnOnce(AsyncClient, CallOptions) -> F,
        done: impl FnOnce(Result<T, Error>) + Send + 'static,
    ) -> Result<Cancel, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (client, thread) = self.ready()?;
        let cancel = options.cancel.clone().unwrap_or_default();
        let options = options.cancel(&cancel);
        let guard = CompletionGuard { done: Some(done), result: PhantomData };
        let call = call(client, options);
        thread.spawn(Box::pin(async move { guard.complete(call.await) }));
        Ok(cancel)
    }

    /// The client, and the thread that runs its calls.
    fn ready(&self) -> Result<(AsyncClient, Arc<BackgroundThread>), Error> {
        let client = self.client.get(|| AsyncClient::new(&self.config, &self.shared))?;
        if self.closed.load(Ordering::SeqCst) {
            client.close();
        }
        Ok(((*client).clone(), self.thread()?))
    }

    /// What runs callbacks of the program on the client's thread. Where one has been
    /// running for long, it is told of by this.
    ///
    /// # Errors
    /// When the thread can't be started.
    pub fn watch_callbacks(&self) -> Result<CallbackWatch, Error> {
        let watch = CallbackWatch::new(self.thread()?.callback(), self.shared.observer().clone());
        watch.look();
        Ok(watch)
    }

    /// Begins a run of many messages: [`Client::send_many`](crate::Client::send_many) for
    /// those who take from the source themselves.
    ///
    /// # Errors
    /// `ConfigError` for options that can't be used.
    pub fn send_many(&self, options: &SendManyOptions) -> Result<Batch, Error> {
        let client = self.client.get(|| AsyncClient::new(&self.config, &self.shared))?;
        if self.closed.load(Ordering::SeqCst) {
            client.close();
        }
        let own = self.thread.clone();
        Batch::new(client.shared_context(), options, move || {
            BackgroundThread::running_in(own.as_ref().map_or(&THREAD, |own| own.place()))
        })
    }

    fn thread(&self) -> Result<Arc<BackgroundThread>, Error> {
        BackgroundThread::running_in(self.thread.as_ref().map_or(&THREAD, |own| own.place()))
    }

    /// What the messages sent by this client have cost in this process:
    /// [`Client::spending`](crate::Client::spending).
    #[must_use]
    pub fn spending(&self) -> Vec<Spending> {
        self.shared.spending()
    }

    /// The same, and begins a new ledger.
    pub fn reset_spending(&self) -> Vec<Spending> {
        self.shared.reset_spending()
    }

    /// Closes the client: further calls are refused, calls under way end at
    /// once with the outcome they have by now. Never blocks.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.config.close_journal();
        if let Some(client) = self.client.existing() {
            client.close();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Calls `done` exactly once, also when the call panics.
struct CompletionGuard<T, F: FnOnce(Result<T, Error>)> {
    done: Option<F>,
    result: PhantomData<fn(T)>,
}

impl<T, F: FnOnce(Result<T, Error>)> CompletionGuard<T, F> {
    fn complete(mut self, result: Result<T, Error>) {
        if let Some(done) = self.done.take() {
            done(result);
        }
    }
}

impl<T, F: FnOnce(Result<T, Error>)> Drop for CompletionGuard<T, F> {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            // Where the call had got to is not known any more.
            done(Err(Error::internal_fault(Effect::Send)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_call_is_never_said_to_have_done_less_than_it_may_have() {
        for has_ended in [false, true] {
            assert_eq!(cancelled_outcome(Effect::Read, has_ended), None);
            let outcome = if has_ended { Outcome::Sent } else { Outcome::Unknown };
            let [send, write] =
                [Effect::Send, Effect::Write].map(|it| cancelled_outcome(it, has_ended).unwrap());
            assert_eq!((send.0, write.0), (outcome, outcome));
            assert!(send.1.contains("message") && !write.1.contains("message"), "{write:?}");
        }
    }
}
