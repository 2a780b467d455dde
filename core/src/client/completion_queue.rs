//! A queue of completions, with a descriptor to wait on.

use std::collections::VecDeque;
use std::fmt;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::util::{lock, wait, wait_timeout};

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
    /// Whether nobody will take an item any more.
    closed: bool,
}

impl<T> Queue<T> {
    /// An empty queue.
    ///
    /// # Errors
    /// `TransportError` when the process has no file descriptors left.
    pub fn new() -> Result<Self, Error> {
        let pair = UnixStream::pair().and_then(|(signal, fd)| {
            signal.set_nonblocking(true)?;
            fd.set_nonblocking(true)?;
            Ok((signal, fd))
        });
        let (signal, fd) =
            pair.map_err(|error| Error::out_of_resources(format!("no queue can be made: {error}")))?;
        let state = Mutex::new(State { items: VecDeque::new(), signalled: false, closed: false });
        Ok(Self { state, arrived: Condvar::new(), signal, fd })
    }

    /// Adds an item. Never blocks for longer than others hold the queue.
    pub fn push(&self, item: T) {
        self.push_and(item, || {});
    }

    /// Adds an item, and does what has to be done before anybody can take it. `then` must
    /// neither block nor use the queue. In a queue that was closed the item is dropped.
    pub fn push_and(&self, item: T, then: impl FnOnce()) {
        let mut state = self.lock();
        if state.closed {
            drop(state);
            drop(item);
            return then();
        }
        state.items.push_back(item);
        self.raise(&mut state);
        then();
        drop(state);
        self.arrived.notify_one();
    }

    /// Takes all items there are, without waiting.
    pub fn drain(&self) -> VecDeque<T> {
        let mut state = self.lock();
        self.lower(&mut state);
        std::mem::take(&mut state.items)
    }

    /// Takes all items there are; what is added from now on is dropped, since nobody will
    /// take it.
    pub fn close(&self) -> VecDeque<T> {
        let mut state = self.lock();
        state.closed = true;
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
                None => wait(&self.arrived, state),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    wait_timeout(&self.arrived, state, left)
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
        lock(&self.state)
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
    use std::sync::Arc;

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
    fn a_closed_queue_keeps_nothing() {
        let queue = Queue::new().unwrap();
        let item = Arc::new(());
        queue.push(item.clone());
        assert_eq!(queue.close().len(), 1);
        let mut done = false;
        queue.push_and(item.clone(), || done = true);
        assert_eq!((Arc::strong_count(&item), queue.len(), done), (1, 0, true));
        assert!(!readable(&queue));
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
