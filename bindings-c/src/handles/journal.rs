//! Journals, and their records one after another.

use std::sync::{Mutex, PoisonError};

use partner_messaging::{Error, JournalHandle, JournalRecord};
use partner_messaging_journal::Journal;

use super::argument::ArgumentError;
use super::generated::pm_journal_record;
use crate::ffi::signals::AllBlocked;

/// An open journal: what became of the message under a key, over crashes, processes
/// and machines. Several clients and threads may share one, and a forked child may
/// use it, too.
pub struct pm_journal {
    core: JournalHandle,
}

impl pm_journal {
    /// Opens the journal of a path or a URL.
    pub(crate) fn open(path_or_url: &str) -> Result<Self, Error> {
        // A thread started here inherits the mask.
        let _blocked = AllBlocked::new();
        Ok(Self { core: Journal::open(path_or_url)?.into() })
    }

    pub(crate) fn require(journal: Option<&Self>) -> Result<&JournalHandle, ArgumentError> {
        let missing = ArgumentError::null("journal", "a journal");
        let journal = &journal.ok_or(missing)?.core;
        start(journal);
        Ok(journal)
    }

    /// The journal as the core has it, wherever it was left.
    pub(crate) fn core(&self) -> &JournalHandle {
        &self.core
    }
}

/// Starts the journal's thread here, with all signals blocked, where its next use would:
/// in a forked child.
pub(crate) fn start(journal: &JournalHandle) {
    if !journal.is_started() {
        let _blocked = AllBlocked::new();
        journal.start();
    }
}

/// Records of a journal, one after another. It keeps the journal, which may be
/// freed before it. Of several threads that ask it for the next record at once, each is
/// given another.
pub struct pm_journal_iter {
    records: Mutex<Box<dyn Iterator<Item = Result<JournalRecord, Error>> + Send>>,
}

impl pm_journal_iter {
    pub(crate) fn new(records: impl Iterator<Item = Result<JournalRecord, Error>> + Send + 'static) -> Self {
        Self { records: Mutex::new(Box::new(records)) }
    }

    pub(crate) fn require(iter: Option<&Self>) -> Result<&Self, ArgumentError> {
        iter.ok_or(ArgumentError::null("iter", "records of a journal"))
    }

    pub(crate) fn next(&self) -> Result<Option<pm_journal_record>, Error> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.next().transpose()?.map(Into::into))
    }
}
