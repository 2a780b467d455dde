//! Locks of state that a panic leaves whole: whoever comes next goes on with it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Waits until the state is free.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until somebody says that the state has changed.
pub(crate) fn wait<'a, T>(changed: &Condvar, state: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed.wait(state).unwrap_or_else(PoisonError::into_inner)
}

/// The same, but no longer than this.
pub(crate) fn wait_timeout<'a, T>(
    changed: &Condvar,
    state: MutexGuard<'a, T>,
    longest: Duration,
) -> MutexGuard<'a, T> {
    changed.wait_timeout(state, longest).unwrap_or_else(PoisonError::into_inner).0
}
