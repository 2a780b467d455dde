//! The queue of completions.

use super::boundary::duration;
use crate::ffi::entry;
use crate::handles::completion::pm_completion;
use crate::handles::queue::pm_queue;

/// A new queue, to be freed with pm_queue_free(); NULL when the process has no
/// file descriptors left. It serves the process that made it, not a forked child.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_new() -> Option<Box<pm_queue>> {
    entry(None, || pm_queue::new().map(Box::new))
}

/// Takes the next completion, waiting for it up to timeout_ms milliseconds: 0
/// doesn't wait, a negative number waits for ever. Within a callback it never waits.
///
/// @return The completion, to be freed with pm_completion_free(); NULL when the
///         time is over, after pm_queue_wake(), and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_next(queue: Option<&pm_queue>, timeout_ms: i64) -> Option<Box<pm_completion>> {
    entry(None, || queue?.next(duration(timeout_ms)))
}

/// How many completions are in the queue; 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_length(queue: Option<&pm_queue>) -> usize {
    entry(0, || queue.map_or(0, pm_queue::len))
}

/// A file descriptor that is readable while the queue is not empty, for poll()
/// and epoll (without EPOLLET): call pm_queue_next(queue, 0) until it gives
/// NULL, then poll again. pm_queue_wake() makes it readable, too. It belongs to
/// the queue: don't read from it, don't close it. -1 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_fd(queue: Option<&pm_queue>) -> i32 {
    entry(-1, || queue.map_or(-1, pm_queue::fd))
}

/// Makes one pm_queue_next(), waiting or next to come, return NULL, so that a
/// thread that waits for completions can do something else.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_wake(queue: Option<&pm_queue>) {
    entry((), || {
        if let Some(queue) = queue {
            queue.wake();
        }
    });
}
