//! The queue of completions.

use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use partner_messaging::background::Queue;

use crate::completion::pm_completion;
use crate::error::pm_error;
use crate::fault::Fault;
use crate::ffi::{self, duration};

/// A queue of the completions of submitted calls. Any number of threads and
/// clients may use one.
pub struct pm_queue {
    items: Arc<Queue<Item>>,
    process: u32,
}

pub(crate) enum Item {
    Done(Box<pm_completion>),
    /// A waiting pm_queue_next() is to return without a completion.
    Wake,
}

impl pm_queue {
    fn new() -> Option<Box<Self>> {
        let items = Arc::new(Queue::new().ok()?);
        Some(Box::new(Self { items, process: std::process::id() }))
    }

    /// Where completions go, if the queue can be used.
    pub(crate) fn given(queue: Option<&Self>) -> Result<&Arc<Queue<Item>>, pm_error> {
        let Some(queue) = queue else {
            let problem = "must be a queue, and is NULL";
            return Err(pm_error::config(Fault { field: "queue", problem }));
        };
        if queue.is_inherited() { Err(pm_error::forked("queue")) } else { Ok(&queue.items) }
    }

    /// Whether this is the child of the process that made the queue: its
    /// completions come to the parent.
    fn is_inherited(&self) -> bool {
        self.process != std::process::id()
    }

    fn next(&self, timeout: Option<Duration>) -> Option<Box<pm_completion>> {
        if self.is_inherited() {
            return None;
        }
        match self.items.next(timeout)? {
            Item::Done(completion) => Some(completion),
            Item::Wake => None,
        }
    }
}

/// A new queue, to be freed with pm_queue_free(); NULL when the process has no
/// file descriptors left. It serves the process that made it, not a forked child.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_new() -> Option<Box<pm_queue>> {
    ffi::entry(None, pm_queue::new)
}

/// Takes the next completion, waiting for it up to timeout_ms milliseconds: 0
/// doesn't wait, a negative number waits for ever. Within a callback it never waits.
///
/// @return The completion, to be freed with pm_completion_free(); NULL when the
///         time is over, after pm_queue_wake(), and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_next(queue: Option<&pm_queue>, timeout_ms: i64) -> Option<Box<pm_completion>> {
    ffi::entry(None, || queue?.next(duration(timeout_ms)))
}

/// A file descriptor that is readable while the queue is not empty, for poll()
/// and epoll (without EPOLLET): call pm_queue_next(queue, 0) until it gives
/// NULL, then poll again. pm_queue_wake() makes it readable, too. It belongs to
/// the queue: don't read from it, don't close it. -1 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_fd(queue: Option<&pm_queue>) -> i32 {
    ffi::entry(-1, || queue.map_or(-1, |queue| queue.items.as_raw_fd()))
}

/// Makes one pm_queue_next(), waiting or next to come, return NULL, so that a
/// thread that waits for completions can be told something else.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_wake(queue: Option<&pm_queue>) {
    ffi::entry((), || {
        if let Some(queue) = queue
            && !queue.is_inherited()
        {
            queue.items.push(Item::Wake);
        }
    });
}

/// Frees a queue with the completions in it; NULL is fine. No thread may be in
/// a call with it. What was submitted to it goes on, and nobody learns what
/// becomes of it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_free(queue: Option<Box<pm_queue>>) {
    ffi::entry((), || drop(queue));
}
