//! Calls that run in the background, for bindings whose callers don't block:
//! one runtime on a thread of its own, and queues of completions.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::io::{Read, Write};
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle};

use crate::builder::CallOptions;
use crate::cancel::Cancel;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::process::PerProcess;
use crate::spending::Spending;

/// The process's one background runtime. It is started by the first call that
/// needs it, and lives as long as the process.
static RUNTIME: PerProcess<Handle> = PerProcess::new();

fn runtime() -> Result<Arc<Handle>, Error> {
    RUNTIME.get(|| {
        let failed =
            |error: std::io::Error| Error::internal(format!("no background thread can be started: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        std::thread::Builder::new()
            .name("partner-messaging".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))
            .map_err(failed)?;
        Ok(handle)
    })
}

/// Runs a future on the background thread, for bindings that queue their calls
/// themselves. The thread lives as long as the process, and keeps no process alive.
///
/// # Errors
/// When the thread can't be started.
pub fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
    runtime()?.spawn(future);
    Ok(())
}

/// A client whose calls run in the background; it works in a process forked
/// from the one that made it, too.
pub struct Client {
    config: Config,
    client: PerProcess<crate::Client>,
    closed: AtomicBool,
}

impl Client {
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let client = Self { config, client: PerProcess::new(), closed: AtomicBool::new(false) };
        // Made now, so that what can't work is told now. The runtime comes with the first call.
        client.client.get(|| crate::Client::new(&client.config))?;
        Ok(client)
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
    ///     async move |client, options| client.send_with(&message, &options).await,
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
        call: impl FnOnce(crate::Client, CallOptions) -> F,
        done: impl FnOnce(Result<T, Error>) + Send + 'static,
    ) -> Result<Cancel, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let client = self.client.get(|| crate::Client::new(&self.config))?;
        if self.closed.load(Ordering::SeqCst) {
            client.close();
        }
        let cancel = options.cancel.clone().unwrap_or_default();
        let options = options.cancel(&cancel);
        let runtime = runtime()?;
        let promise = Promise { done: Some(done), result: PhantomData };
        let call = call((*client).clone(), options);
        runtime.spawn(async move { promise.keep(call.await) });
        Ok(cancel)
    }

    /// What the messages sent by this client have cost in this process:
    /// [`Client::spending`](crate::Client::spending).
    #[must_use]
    pub fn spending(&self) -> Vec<Spending> {
        self.config.ledger().read()
    }

    /// The same, and begins a new ledger.
    pub fn reset_spending(&self) -> Vec<Spending> {
        self.config.ledger().take()
    }

    /// Closes the client: further calls are refused, calls under way end at
    /// once with the outcome they have by now. Never blocks.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
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
struct Promise<T, F: FnOnce(Result<T, Error>)> {
    done: Option<F>,
    result: PhantomData<fn(T)>,
}

impl<T, F: FnOnce(Result<T, Error>)> Promise<T, F> {
    fn keep(mut self, result: Result<T, Error>) {
        if let Some(done) = self.done.take() {
            done(result);
        }
    }
}

impl<T, F: FnOnce(Result<T, Error>)> Drop for Promise<T, F> {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            // Where the call had got to is not known any more.
            done(Err(Error::unknown(Kind::Internal, "a fault inside this library ended the call")));
        }
    }
}

/// A queue of completions with a file descriptor that is readable while the
/// queue is not empty, so that an event loop wakes once for a whole batch.
pub struct Queue<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
    /// What makes `fd` readable; both ends never block.
    signal: UnixStream,
    fd: UnixStream,
}

struct State<T> {
    items: VecDeque<T>,
    signalled: bool,
}

impl<T> Queue<T> {
    /// An empty queue.
    ///
    /// # Errors
    /// [`ErrorClass::Base`](crate::ErrorClass::Base) when the process has no file descriptors left.
    pub fn new() -> Result<Self, Error> {
        let pair = UnixStream::pair().and_then(|(signal, fd)| {
            signal.set_nonblocking(true)?;
            fd.set_nonblocking(true)?;
            Ok((signal, fd))
        });
        let (signal, fd) = pair.map_err(|error| Error::internal(format!("no queue can be made: {error}")))?;
        let state = Mutex::new(State { items: VecDeque::new(), signalled: false });
        Ok(Self { state, arrived: Condvar::new(), signal, fd })
    }

    /// Adds an item. Never blocks for longer than others hold the queue.
    pub fn push(&self, item: T) {
        let mut state = self.lock();
        state.items.push_back(item);
        self.raise(&mut state);
        drop(state);
        self.arrived.notify_one();
    }

    /// Takes all items there are, without waiting.
    pub fn drain(&self) -> VecDeque<T> {
        let mut state = self.lock();
        self.lower(&mut state);
        std::mem::take(&mut state.items)
    }

    /// Takes the next item, waiting for it up to `timeout` (`None`: for ever).
    pub fn next(&self, timeout: Option<Duration>) -> Option<T> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                if state.items.is_empty() {
                    self.lower(&mut state);
                }
                return Some(item);
            }
            state = match deadline {
                None => self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// How many items wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether no item waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn raise(&self, state: &mut State<T>) {
        if !state.signalled {
            // One byte always fits in an empty socket's buffer.
            state.signalled = (&self.signal).write(&[1]).is_ok();
        }
    }

    fn lower(&self, state: &mut State<T>) {
        if state.signalled {
            let _ = (&self.fd).read(&mut [0; 8]);
            state.signalled = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> AsRawFd for Queue<T> {
    /// Readable while the queue is not empty; it belongs to the queue: don't
    /// read from it, don't close it.
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readable<T>(queue: &Queue<T>) -> bool {
        let state = queue.lock();
        let mut byte = [0];
        let there = (&queue.fd).read(&mut byte).is_ok();
        if there {
            (&queue.signal).write_all(&byte).unwrap();
        }
        drop(state);
        there
    }

    #[test]
    fn the_descriptor_is_readable_while_there_is_something() {
        let queue = Queue::new().unwrap();
        assert!(!readable(&queue));
        queue.push(1);
        queue.push(2);
        assert!(readable(&queue));
        assert_eq!(queue.next(None), Some(1));
        assert!(readable(&queue));
        assert_eq!(queue.next(Some(Duration::ZERO)), Some(2));
        assert!(!readable(&queue));
        queue.push(3);
        assert_eq!(queue.drain(), [3]);
        assert!(!readable(&queue) && queue.is_empty());
    }

    #[test]
    fn waiting_ends_with_an_item_or_at_its_time() {
        let queue = Arc::new(Queue::new().unwrap());
        assert_eq!(queue.next(Some(Duration::from_millis(20))), None);
        let pusher = queue.clone();
        let thread = std::thread::spawn(move || pusher.push(7));
        assert_eq!(queue.next(Some(Duration::from_secs(10))), Some(7));
        thread.join().unwrap();
    }
}
