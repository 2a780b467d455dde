//! Stopping a run by what its calls end with, and by other runs that share its journal.

use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use super::run::{Run, State};
use super::stop_rules::stopped_by_another;
use crate::error::Error;
use crate::journal::JournalHandle;

/// How often it is checked whether another run was stopped.
const SHARED_CHECK_INTERVAL: Duration = Duration::from_secs(1);

impl Run {
    /// A call has ended with this error: stops the run if that would meet every further
    /// message.
    pub(super) fn check_error(&self, error: &Error) {
        let mut state = self.lock();
        if let Some(reason) = state.rules.check_error(error, &self.options) {
            if let Some((journal, shared)) = self.shared_journal().zip(reason.shared) {
                // Whether it is remembered or not, this run is stopped.
                drop(journal.stop(shared));
            }
            self.stop_with(state, reason.error);
        }
    }

    /// The journal, if it is one that other machines may share.
    fn shared_journal(&self) -> Option<&JournalHandle> {
        self.context.config.journal.as_ref().filter(|journal| !journal.is_local())
    }

    /// Stops this run if another one was stopped that shares its journal: checks before the
    /// first message, and then once a second. What can't be found out stops nothing: the next
    /// claim tells of the journal.
    pub(super) async fn check_shared_stop(&self) {
        let Some(journal) = self.shared_journal() else { return };
        let check = async || {
            self.lock().last_shared_check = Some(Instant::now());
            if let Ok(Some(stop)) = journal.stopped().await {
                self.stop_with(self.lock(), stopped_by_another(&stop));
            }
        };
        let is_due = |last: Instant| last.elapsed() >= SHARED_CHECK_INTERVAL;
        if !self.first_shared_check.initialized() {
            self.first_shared_check.get_or_init(check).await;
        } else if self.lock().last_shared_check.is_some_and(is_due) {
            check().await;
        }
    }

    /// A message was turned away with 429; `true`: that ends the run.
    pub(super) fn turned_away(&self, error: &Error) -> bool {
        let mut state = self.lock();
        match state.rules.turned_away(error, Instant::now()) {
            Some(error) => {
                self.stop_with(state, error);
                true
            }
            None => false,
        }
    }

    /// The run met something else than 429.
    pub(super) fn met_another_answer(&self) {
        self.lock().rules.met_another_answer();
    }

    fn stop_with(&self, mut state: MutexGuard<'_, State>, error: Error) {
        self.stop.cancel();
        state.error.get_or_insert(error);
        state.source_ended = true;
        self.notify(state);
    }
}
