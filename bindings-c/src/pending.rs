//! How many submitted sends of a client are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A count that belongs to one process: the upper half is the process's id, so
/// that a forked child begins at nothing. There is no lock that a fork could
/// leave taken.
#[derive(Default)]
pub(crate) struct Pending(AtomicU64);

/// How often a waiting thread looks.
const TICK: Duration = Duration::from_millis(1);

impl Pending {
    /// Counts one more, until what this returns is dropped.
    pub(crate) fn one(self: &Arc<Self>) -> One {
        let empty = empty();
        let add = |now| Some(if process_of(now) == process_of(empty) { now + 1 } else { empty + 1 });
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
        One(self.clone())
    }

    /// Waits until there is none, up to `timeout` (`None`: for ever); tells
    /// whether there is none.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> bool {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        while !self.is_none() {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return false;
            }
            std::thread::sleep(TICK);
        }
        true
    }

    pub(crate) fn is_none(&self) -> bool {
        let now = self.0.load(Ordering::SeqCst);
        now == empty() || process_of(now) != std::process::id()
    }
}

fn empty() -> u64 {
    u64::from(std::process::id()) << 32
}

fn process_of(count: u64) -> u32 {
    // The shift leaves 32 bits, so the default never comes about.
    u32::try_from(count >> 32).unwrap_or_default()
}

/// One send under way.
pub(crate) struct One(Arc<Pending>);

impl Drop for One {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_ends_when_none_is_left() {
        let pending = Arc::new(Pending::default());
        assert!(pending.wait(None));
        let (one, other) = (pending.one(), pending.one());
        assert!(!pending.wait(Some(Duration::ZERO)));
        drop(one);
        assert!(!pending.is_none());
        let thread = std::thread::spawn(move || drop(other));
        assert!(pending.wait(None));
        thread.join().unwrap();
    }

    #[test]
    fn a_parents_sends_do_not_count() {
        let parents = Arc::new(Pending(AtomicU64::new((1 << 32) + 5)));
        assert!(parents.is_none());
        let _one = parents.one();
        assert!(!parents.is_none());
    }
}
