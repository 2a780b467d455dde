//! How many submitted calls of a client there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A count that belongs to one process: the upper half is the process's id, so
/// that a forked child begins at nothing. There is no lock that a fork could
/// leave taken.
#[derive(Default)]
pub(crate) struct CallCount(AtomicU64);

/// How often a waiting thread looks.
const TICK: Duration = Duration::from_millis(1);

impl CallCount {
    /// Counts one more, until what this returns is dropped; `None` where there are
    /// `most` already.
    pub(crate) fn begin_below(self: &Arc<Self>, most: u32) -> Option<CountGuard> {
        let add = |value| {
            let count = count_of(value);
            (count < most).then(|| value_of(count + 1))
        };
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add).ok()?;
        Some(CountGuard { count: self.clone(), process: std::process::id() })
    }

    /// How many there are.
    pub(crate) fn get(&self) -> u32 {
        count_of(self.0.load(Ordering::SeqCst))
    }

    /// Waits until there is none, up to `timeout` (`None`: for ever); tells
    /// whether there is none.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> bool {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        while self.get() != 0 {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return false;
            }
            std::thread::sleep(TICK);
        }
        true
    }
}

/// This many in this process.
fn value_of(count: u32) -> u64 {
    u64::from(std::process::id()) << 32 | u64::from(count)
}

/// How many of them are this process's.
fn count_of(value: u64) -> u32 {
    if value >> 32 != u64::from(std::process::id()) {
        return 0;
    }
    // The lower half has 32 bits, so the default never comes about.
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default()
}

/// One call that counts.
pub(crate) struct CountGuard {
    count: Arc<CallCount>,
    process: u32,
}

impl Drop for CountGuard {
    fn drop(&mut self) {
        // What a child inherited is not counted there.
        if self.process == std::process::id() {
            self.count.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(calls: &Arc<CallCount>) -> CountGuard {
        calls.begin_below(u32::MAX).unwrap()
    }

    #[test]
    fn waiting_ends_when_none_is_left() {
        let calls = Arc::new(CallCount::default());
        assert!(calls.wait(None));
        let (one, other) = (begin(&calls), begin(&calls));
        assert!(!calls.wait(Some(Duration::ZERO)));
        drop(one);
        assert_eq!(calls.get(), 1);
        let thread = std::thread::spawn(move || drop(other));
        assert!(calls.wait(None));
        thread.join().unwrap();
    }

    #[test]
    fn there_is_a_most() {
        let calls = Arc::new(CallCount::default());
        let (one, _other) = (calls.begin_below(2).unwrap(), calls.begin_below(2).unwrap());
        assert!(calls.begin_below(2).is_none());
        drop(one);
        assert!(calls.begin_below(2).is_some());
    }

    #[test]
    fn a_parents_calls_do_not_count() {
        let calls = Arc::new(CallCount(AtomicU64::new((1 << 32) + 5)));
        assert_eq!(calls.get(), 0);
        let inherited = CountGuard { count: calls.clone(), process: 1 };
        let _one = begin(&calls);
        drop(inherited);
        assert_eq!(calls.get(), 1);
    }
}
