//! The queue of completions.

use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use partner_messaging::Error;
use partner_messaging::background::Queue;

use super::argument::ArgumentError;
use super::call_count::CountGuard;
use super::completion::pm_completion;

/// A queue of the completions of submitted calls. Any number of threads and
/// clients may use one.
pub struct pm_queue {
    items: Arc<CompletionQueue>,
    process: u32,
}

/// Where completions wait.
pub(crate) struct CompletionQueue {
    items: Queue<Item>,
    /// How many of them are completions.
    completions: AtomicUsize,
}

enum Item {
    /// With what counts it among its client's calls.
    Completed(Box<pm_completion>, Option<CountGuard>),
    /// A waiting pm_queue_next() is to return without a completion.
    Wake,
}

impl CompletionQueue {
    /// `queued` counts until the completion is taken, `in_flight` until it can be.
    pub(crate) fn push(
        &self,
        completion: Box<pm_completion>,
        queued: Option<CountGuard>,
        in_flight: Option<CountGuard>,
    ) {
        self.completions.fetch_add(1, Ordering::SeqCst);
        self.items.push_and(Item::Completed(completion, queued), || drop(in_flight));
    }
}

impl Drop for pm_queue {
    /// With a queue goes what is in it, and what calls under way, which keep a part of it, are
    /// still to bring: none of that counts among the calls of a client any more.
    fn drop(&mut self) {
        // A child must not wait for a lock that a thread of its parent has.
        if !self.is_inherited() {
            drop(self.items.items.close());
        }
    }
}

impl pm_queue {
    pub(crate) fn new() -> Option<Self> {
        let items = CompletionQueue { items: Queue::new().ok()?, completions: AtomicUsize::new(0) };
        Some(Self { items: Arc::new(items), process: std::process::id() })
    }

    /// Where completions go, if the queue can be used.
    pub(crate) fn require(queue: Option<&Self>) -> Result<&Arc<CompletionQueue>, Error> {
        let missing = ArgumentError::null("queue", "a queue");
        let queue = queue.ok_or(missing)?;
        if queue.is_inherited() { Err(Error::forked("queue")) } else { Ok(&queue.items) }
    }

    /// Whether this is the child of the process that made the queue: its
    /// completions come to the parent.
    fn is_inherited(&self) -> bool {
        self.process != std::process::id()
    }

    pub(crate) fn next(&self, timeout: Option<Duration>) -> Option<Box<pm_completion>> {
        if self.is_inherited() {
            return None;
        }
        match self.items.items.next(timeout)? {
            Item::Completed(completion, _queued) => {
                self.items.completions.fetch_sub(1, Ordering::SeqCst);
                Some(completion)
            }
            Item::Wake => None,
        }
    }

    /// How many completions there are.
    pub(crate) fn len(&self) -> usize {
        if self.is_inherited() { 0 } else { self.items.completions.load(Ordering::SeqCst) }
    }

    pub(crate) fn wake(&self) {
        if !self.is_inherited() {
            self.items.items.push(Item::Wake);
        }
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.items.items.as_raw_fd()
    }
}
