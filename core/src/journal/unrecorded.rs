//! Outcomes that could not be recorded before their journal was closed: whoever opens the
//! same journal in this process records them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Settlement;
use crate::util::PerProcess;

type ByJournal = HashMap<String, Vec<Settlement>>;

static UNRECORDED: PerProcess<Mutex<ByJournal>> = PerProcess::new();

fn with_all<T>(change: impl FnOnce(MutexGuard<'_, ByJournal>) -> T) -> T {
    let Ok(all): Result<Arc<_>, Infallible> = UNRECORDED.get(|| Ok(Mutex::default()));
    change(all.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Leaves these for whoever opens the journal of this name next.
pub(super) fn leave(journal: &str, settlements: Vec<Settlement>) {
    if !settlements.is_empty() {
        with_all(|mut all| all.entry(journal.to_owned()).or_default().extend(settlements));
    }
}

/// Takes what was left.
pub(super) fn take(journal: &str) -> Vec<Settlement> {
    with_all(|mut all| all.remove(journal).unwrap_or_default())
}

/// Whether there is anything left of this journal's.
pub(super) fn is_left(journal: &str) -> bool {
    with_all(|all| all.contains_key(journal))
}

/// Lets its memory go where nothing is left.
pub(crate) fn release() {
    if UNRECORDED.existing().is_some() && with_all(|all| all.is_empty()) {
        drop(UNRECORDED.take());
    }
}
