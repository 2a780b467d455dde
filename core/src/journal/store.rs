//! What a database has to do to be a journal's store.
//!
//! A store keeps entries and changes them atomically. What the changes are is said
//! by the [rules](super::rules), which are the same for every store; how the
//! operations are gathered, and on which thread they run, is the engine's business.
//! So a store may block, is used by one thread at a time, and need not be clever.

use std::fmt;
use std::sync::Arc;

use super::entry::{Claim, ClaimId, Ending, Entry, Settlement};
use super::{RateRequest, RateShare, Spending};
use crate::error::Outcome;
use crate::types::JournalSummary;
use crate::util::clock;

/// Opens a store: at first, after an error that closed it, and in a forked child.
pub trait OpenStore: Send + Sync {
    /// Opens the store, and checks that it is whole.
    ///
    /// # Errors
    /// When it can't be opened, is another program's, or was damaged. What is refused
    /// is left untouched.
    fn open(&self) -> Result<Box<dyn Store>, StoreError>;

    /// The store's name for people, without a password: a path or a URL.
    fn name(&self) -> String;

    /// Whether opening it takes next to no time, so that it can be done while a client is made.
    fn is_local(&self) -> bool;

    /// Whether it lies on this machine: a file, or a server on loopback.
    fn is_loopback(&self) -> bool;
}

/// An open store. Every operation is atomic and, where it changes something, done when
/// it returns: the death of this process can't take it any more.
pub trait Store: Send {
    /// What the store is known by.
    fn identity(&self) -> Identity;

    /// Makes the journal belong to `origin` if it belongs to none yet. Gives the one it belongs to.
    ///
    /// # Errors
    /// When the store can't be read or written.
    fn bind_origin(&mut self, origin: &str) -> Result<String, StoreError>;

    /// The entries under these keys, in their order. A claim whose time or whose
    /// owner is over is given as [interrupted](Entry::interrupt).
    ///
    /// # Errors
    /// When the store can't be read.
    fn look_up(&mut self, keys: &[&str]) -> Result<Vec<Option<Entry>>, StoreError>;

    /// Records how claims ended, then makes the new claims, all in one transaction.
    /// With claims in it, everything of it and before it is synced to the disk when
    /// this returns. Claims are in the order of their keys, each key once.
    ///
    /// A settlement is applied by [`rules::settle`](super::rules::settle), a claim by
    /// [`rules::is_free`](super::rules::is_free).
    ///
    /// A claim with a budget is made only if [`Spending::check`] says that it may be now, by what
    /// the journal has as of this transaction, the settlements and claims before it included;
    /// no other claim with a budget is made meanwhile, by whomever.
    ///
    /// # Errors
    /// When it could not be committed, or may not have been.
    fn commit(&mut self, settlements: &[Settlement], claims: &[Claim]) -> Result<Committed, StoreError>;

    /// Which of these message ids stand under a key, in their order.
    ///
    /// # Errors
    /// When the store can't be read.
    fn are_taken(&mut self, message_ids: &[&str]) -> Result<Vec<bool>, StoreError>;

    /// Resolves an unknown by [`rules::resolve`](super::rules::resolve).
    ///
    /// # Errors
    /// When the store can't be read or written.
    fn resolve(&mut self, resolution: &Resolution) -> Result<Resolved, StoreError>;

    /// Entries in the order of their keys.
    ///
    /// # Errors
    /// When the store can't be read.
    fn records(&mut self, query: &RecordQuery) -> Result<Vec<Entry>, StoreError>;

    /// Counts and costs.
    ///
    /// # Errors
    /// When the store can't be read.
    fn summary(&mut self) -> Result<JournalSummary, StoreError>;

    /// What its messages have cost, and may have or may still; a claim whose time or whose
    /// owner is over as unknown.
    ///
    /// # Errors
    /// When the store can't be read.
    fn spending(&mut self) -> Result<Spending, StoreError>;

    /// Lends a share of a rate by [`RateState::share`](super::RateState::share), by a clock that
    /// all who share the journal have in common. It need not outlive a loss of power.
    ///
    /// # Errors
    /// When the store can't be read or written.
    fn share_rate(&mut self, request: &RateRequest) -> Result<RateShare, StoreError>;

    /// Remembers that a run was stopped, and why, for all machines that share the journal; the
    /// first one stays. A store that lies on one machine has nothing to remember.
    ///
    /// # Errors
    /// When the store can't be written.
    fn stop(&mut self, reason: &str) -> Result<(), StoreError> {
        let _ = reason;
        Ok(())
    }

    /// Why and since when all runs are stopped, if they are.
    ///
    /// # Errors
    /// When the store can't be read.
    fn stopped(&mut self) -> Result<Option<Stop>, StoreError> {
        Ok(None)
    }

    /// Forgets that a run was stopped. Gives what it was.
    ///
    /// # Errors
    /// When the store can't be written.
    fn resume(&mut self) -> Result<Option<Stop>, StoreError> {
        Ok(None)
    }

    /// Forgets the entries that ended before a moment (milliseconds since 1970), other
    /// than unknown ones and those with a conflict; their sums stay. Gives their number.
    ///
    /// # Errors
    /// When the store can't be written.
    fn purge(&mut self, before: i64) -> Result<u64, StoreError>;
}

/// Why nothing more is to be sent by runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What happened.
    pub reason: String,
    /// When: milliseconds since 1970.
    pub at: i64,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", clock::rfc3339(self.at), self.reason)
    }
}

/// What a store is known by.
#[derive(Clone, Copy)]
pub struct Identity {
    /// What digests are made with: 32 random bytes that the journal was created with.
    pub secret: [u8; 32],
    /// The number of this owner of claims: random, so that no two ever have the same.
    pub owner: u64,
}

/// What came of a [`commit`](Store::commit).
#[derive(Debug, Default)]
pub struct Committed {
    /// Of each settlement, in their order.
    pub settled: Vec<Settled>,
    /// Of each claim, in their order.
    pub claims: Vec<Claimed>,
    /// What was spent as of then, if a claim had a budget.
    pub spending: Option<Arc<Spending>>,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It was made.
    Made,
    /// It was not: this stands under its key.
    Taken(Box<Entry>),
    /// It was not: its budget doesn't allow it now.
    Unaffordable,
}

/// What came of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The entry has it now, or had it before.
    Recorded,
    /// It contradicts the entry, which has it as a conflict now.
    Conflict,
    /// The entry isn't the claim's any more, or never was.
    Superseded,
}

/// What a person, or the service's list, says of an unknown.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The key.
    pub key: String,
    /// The claim that was read; if another has the key by now, nothing is changed.
    pub claim: ClaimId,
    /// What is said: sent with a message id, or not sent.
    pub ending: Ending,
}

/// What came of a resolution.
#[derive(Debug)]
pub enum Resolved {
    /// The entry has it now.
    Done(Box<Entry>),
    /// It is not unknown (any more), or is another claim's; so it stands.
    Changed(Box<Entry>),
    /// There is nothing under the key.
    Missing,
    /// The message id stands under another key.
    Duplicate,
}

/// Which entries to give.
#[derive(Clone, Debug, Default)]
pub struct RecordQuery {
    /// Only what comes after this key.
    pub after: Option<String>,
    /// Only what has this outcome.
    pub outcome: Option<Outcome>,
    /// How many at most.
    pub limit: u32,
}

/// Why a store could not do what it was asked.
#[derive(Debug)]
pub struct StoreError {
    text: String,
    reopen: bool,
}

impl StoreError {
    /// The store can't be trusted as it is open now: it is closed, opened anew and
    /// checked. `text` says what happened, for people, without a password.
    #[must_use]
    pub fn broken(text: impl Into<String>) -> Self {
        Self { text: text.into(), reopen: true }
    }

    /// Only this operation failed, and nothing of it was done or it will be undone:
    /// a full disk, a busy file, a lost connection.
    #[must_use]
    pub fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), reopen: false }
    }

    /// Whether the store must be opened anew.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.reopen
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for StoreError {}
