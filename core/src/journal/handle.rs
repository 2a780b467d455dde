//! A journal as its users and the calls of clients have it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::SystemTime;

use super::call::{CLOSED, JournalCall, journal_error};
use super::session::{JournalRef, OpenJournal, Session};
use super::{
    Ending, Entry, OpenStore, RecordQuery, Resolution, Resolved, Spending, Stop, Store, StoreError, check_key,
};
use crate::error::{Effect, Error, Outcome};
use crate::types::{JournalRecord, JournalSummary};
use crate::util::clock::{millis_of, parse_day_or_moment};

/// An open journal. A clone is the same one; several clients may share it.
///
/// It is opened by the crate `partner-messaging-journal`, whose `Journal` dereferences
/// to this. Every method gives a [`JournalCall`], which asynchronous programs await, and others
/// [`wait`](JournalCall::wait) for.
///
/// In a process forked from the one that opened it, it is opened anew at its first use.
#[derive(Clone)]
pub struct JournalHandle(Arc<Handle>);

/// One opening of a journal: the store is closed with the last one.
struct Handle {
    journal: Arc<OpenJournal>,
    closed: AtomicBool,
}

impl JournalHandle {
    /// A journal whose store is opened by its first use; for crates that have stores.
    #[must_use]
    pub fn new(opener: Arc<dyn OpenStore>) -> Self {
        Self::of(OpenJournal::new(opener))
    }

    /// The journal has this user counted.
    fn of(journal: Arc<OpenJournal>) -> Self {
        Self(Arc::new(Handle { journal, closed: AtomicBool::new(false) }))
    }

    /// What the journal is told from others by, as long as it is open in this process.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0.journal) as usize
    }

    /// A reference that doesn't keep it open, and is no user of it.
    pub(crate) fn reference(&self) -> JournalRef {
        JournalRef::new(&self.0.journal)
    }

    /// What its messages have cost, and may have or may still.
    pub(crate) fn spending(&self) -> JournalCall<Spending> {
        self.ask_for(Effect::Send, |store| store.spending())
    }

    /// Opens the store now, if it isn't open.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when it can't be opened.
    pub fn open(&self) -> JournalCall<()> {
        // Who opens a journal is about to send.
        self.ask_for(Effect::Send, |_| Ok(()))
    }

    /// What the journal has under a key.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when it can't be read; [`ErrorClass::InvalidMessage`](crate::ErrorClass::InvalidMessage) with
    /// the field `key` for what can't be one.
    pub fn get(&self, key: &str) -> JournalCall<Option<JournalRecord>> {
        if let Err(error) = check_key(key) {
            return JournalCall::refused(error);
        }
        let key = key.to_owned();
        self.ask(move |store| {
            Ok(store.look_up(&[&key])?.into_iter().flatten().next().map(Entry::into_record))
        })
    }

    /// The records in the order of their keys, those with this outcome or all; read as
    /// they are asked for.
    ///
    /// ```no_run
    /// # fn example(journal: &partner_messaging::JournalHandle) -> Result<(), partner_messaging::Error> {
    /// use partner_messaging::Outcome;
    /// for record in journal.records(Some(Outcome::Unknown)).blocking() {
    ///     println!("{}", record?.key);
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn records(&self, outcome: Option<Outcome>) -> JournalRecords {
        JournalRecords { journal: self.clone(), outcome, after: None, page: VecDeque::new(), ended: false }
    }

    /// One page of [`records`](Self::records): at most `limit`, after the key `after`.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be read.
    pub fn records_page(
        &self,
        outcome: Option<Outcome>,
        after: Option<&str>,
        limit: u32,
    ) -> JournalCall<Vec<JournalRecord>> {
        let query = RecordQuery { after: after.map(str::to_owned), outcome, limit };
        self.ask(move |store| Ok(store.records(&query)?.into_iter().map(Entry::into_record).collect()))
    }

    /// Counts and costs of all that was ever recorded.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be read.
    pub fn summary(&self) -> JournalCall<JournalSummary> {
        self.ask(|store| store.summary())
    }

    /// Says that a message whose outcome is unknown was accepted, as `message_id`. From
    /// then on its key is answered with that, and nothing is sent.
    ///
    /// # Errors
    /// [`ErrorClass::Config`](crate::ErrorClass::Config): the field `key` when there is no unknown outcome under the
    /// key (any more), `message_id` when another key has this id. [`ErrorClass::Journal`](crate::ErrorClass::Journal)
    /// when the journal can't be written.
    pub fn resolve_sent(&self, key: &str, message_id: &str) -> JournalCall<JournalRecord> {
        if message_id.is_empty() {
            return JournalCall::refused(Error::config("message_id", "must not be empty"));
        }
        let ending = Ending { message_id: Some(message_id.to_owned()), ..Ending::now(Outcome::Sent, None) };
        self.resolve_as(key, ending)
    }

    /// Says that a message whose outcome is unknown was not sent, so that its key may be
    /// used again.
    ///
    /// This is the risk of whoever says it: what had left the process may still be on its
    /// way, and then the message goes out twice. Ask the service first.
    ///
    /// # Errors
    /// As [`resolve_sent`](Self::resolve_sent).
    pub fn resolve_not_sent(&self, key: &str) -> JournalCall<JournalRecord> {
        self.resolve_as(key, Ending::now(Outcome::NotSent, None))
    }

    /// [`resolve_sent`](Self::resolve_sent) or [`resolve_not_sent`](Self::resolve_not_sent),
    /// by the outcome; for bindings.
    #[doc(hidden)]
    pub fn resolve(
        &self,
        key: &str,
        outcome: Outcome,
        message_id: Option<&str>,
    ) -> JournalCall<JournalRecord> {
        let refuse = |field, problem: &str| JournalCall::refused(Error::config(field, problem));
        match (outcome, message_id) {
            (Outcome::Sent, Some(message_id)) => self.resolve_sent(key, message_id),
            (Outcome::Sent, None) => refuse("message_id", "must be given: what was sent has one"),
            (Outcome::NotSent, None) => self.resolve_not_sent(key),
            (Outcome::NotSent, Some(_)) => refuse("message_id", "must not be given for what was not sent"),
            _ => refuse("outcome", "must be `sent` or `not_sent`"),
        }
    }

    fn resolve_as(&self, key: &str, ending: Ending) -> JournalCall<JournalRecord> {
        if let Err(error) = check_key(key) {
            return JournalCall::refused(error);
        }
        let key = key.to_owned();
        let resolved = self.ask(move |store| {
            let Some(entry) = store.look_up(&[&key])?.into_iter().flatten().next() else {
                return Ok(Resolved::Missing);
            };
            store.resolve(&Resolution { key, claim: entry.claim, ending })
        });
        JournalCall::new(async move { resolved.await.and_then(record_of) })
    }

    /// Which of these message ids stand under a key.
    pub(crate) fn are_taken(&self, message_ids: Vec<String>) -> JournalCall<Vec<bool>> {
        self.ask(move |store| {
            let ids: Vec<_> = message_ids.iter().map(String::as_str).collect();
            store.are_taken(&ids)
        })
    }

    /// Resolves an unknown that was read. Gives what stands under the key then, which is
    /// something else if it was not this any more.
    pub(crate) fn resolve_entry(&self, entry: Entry, ending: Ending) -> JournalCall<JournalRecord> {
        let resolution = Resolution { key: entry.key.clone(), claim: entry.claim, ending };
        let resolved = self.ask(move |store| store.resolve(&resolution));
        JournalCall::new(async move {
            Ok(match resolved.await? {
                Resolved::Done(entry) | Resolved::Changed(entry) => entry.into_record(),
                Resolved::Missing | Resolved::Duplicate => entry.into_record(),
            })
        })
    }

    /// Why runs of many messages are stopped on every machine, if they are: a run was refused for
    /// what every further message would have met, or left too many unknown. Only a journal on a
    /// server remembers that.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be read.
    pub fn stopped(&self) -> JournalCall<Option<Stop>> {
        self.ask(|store| store.stopped())
    }

    /// Lets runs begin again that are [`stopped`](Self::stopped). Gives what they were stopped by.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be written.
    pub fn resume(&self) -> JournalCall<Option<Stop>> {
        self.ask(|store| store.resume())
    }

    /// Remembers that a run was stopped, for those on other machines. It need not be awaited.
    pub(crate) fn stop(&self, reason: String) -> JournalCall<()> {
        self.ask_for(Effect::Send, move |store| store.stop(&reason))
    }

    /// Forgets what was sent, rejected or not sent and ended before a moment; what is
    /// unknown or has a conflict stays, and so do the sums of the
    /// [`summary`](Self::summary). A key that was forgotten is a new key. Gives the number of
    /// records.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be written.
    pub fn purge(&self, before: SystemTime) -> JournalCall<u64> {
        self.purge_millis(millis_of(before))
    }

    /// Like [`purge`](Self::purge), with a moment as RFC 3339 writes it, or a day, which
    /// begins in UTC; for bindings.
    #[doc(hidden)]
    pub fn purge_before(&self, before: &str) -> JournalCall<u64> {
        match parse_day_or_moment(before) {
            Some(before) => self.purge_millis(before),
            None => JournalCall::refused(Error::config(
                "before",
                "must be a moment as RFC 3339 writes it, such as 2026-11-29T02:47:00Z, or a day, such as \
                 2026-11-29",
            )),
        }
    }

    fn purge_millis(&self, before: i64) -> JournalCall<u64> {
        self.ask(move |store| store.purge(before))
    }

    /// Closes this handle and its clones: what they were asked for is done, then the store
    /// is closed, unless others have opened the same journal or calls with keys are under
    /// way, which come to their end. Uses after that are refused. Idempotent. It need not
    /// be awaited.
    pub fn close(&self) -> JournalCall<()> {
        match self.0.closed.swap(true, Ordering::SeqCst) {
            false => self.0.journal.close(),
            true => self.0.journal.flush(false),
        }
    }

    /// The store's name: a path or a URL, without a password.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.journal.name
    }

    /// Whether two handles are of one journal opened once.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.journal, &other.0.journal)
    }

    /// A reference that doesn't keep the journal open.
    #[must_use]
    pub fn downgrade(&self) -> WeakJournal {
        WeakJournal(Arc::downgrade(&self.0.journal))
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::SeqCst)
    }

    /// Starts the journal's thread, if there is none yet in this process; for bindings
    /// that care which thread starts others.
    #[doc(hidden)]
    pub fn start(&self) {
        if !self.is_closed() {
            // What can't be started now is told by the first use.
            let _ = self.0.journal.engine();
        }
    }

    /// Whether the journal's thread was started in this process.
    #[doc(hidden)]
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.0.journal.has_engine()
    }

    pub(crate) fn is_local(&self) -> bool {
        self.0.journal.opener.is_local()
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.0.journal.opener.is_loopback()
    }

    /// The use of it by one call.
    ///
    /// # Errors
    /// `JournalError` when it was closed.
    pub(crate) fn session(&self) -> Result<Session, Error> {
        match !self.is_closed() && self.0.journal.enter() {
            true => Ok(Session::new(self.0.journal.clone())),
            false => Err(journal_error(self.name(), CLOSED)),
        }
    }

    pub(super) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> JournalCall<T> {
        self.ask_for(Effect::Read, question)
    }

    fn ask_for<T: Send + 'static>(
        &self,
        effect: Effect,
        question: impl FnOnce(&mut dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> JournalCall<T> {
        match self.is_closed() {
            true => JournalCall::failed(journal_error(self.name(), CLOSED).attach_effect(effect)),
            false => self.0.journal.ask_for(effect, question),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if !*self.closed.get_mut() {
            drop(self.journal.close());
        }
    }
}

/// A reference to a journal that doesn't keep it open.
#[derive(Clone)]
pub struct WeakJournal(Weak<OpenJournal>);

impl WeakJournal {
    /// Another handle of the journal, if it is still open.
    #[must_use]
    pub fn upgrade(&self) -> Option<JournalHandle> {
        self.0.upgrade().filter(|journal| journal.enter()).map(JournalHandle::of)
    }
}

impl fmt::Debug for WeakJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakJournal").finish_non_exhaustive()
    }
}

impl fmt::Debug for JournalHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("name", &self.name()).finish_non_exhaustive()
    }
}

fn record_of(resolved: Resolved) -> Result<JournalRecord, Error> {
    let refuse = |field, problem: String| Err(Error::config(field, problem).attach_effect(Effect::Read));
    match resolved {
        Resolved::Done(entry) => Ok(entry.into_record()),
        Resolved::Missing => refuse("key", "is not in the journal".to_owned()),
        Resolved::Duplicate => refuse("message_id", "stands under another key of the journal".to_owned()),
        Resolved::Changed(entry) => refuse(
            "key",
            match entry.outcome() {
                None => "is in progress: only what is unknown can be resolved".to_owned(),
                Some(outcome) => format!("has the outcome {outcome}: only what is unknown can be resolved"),
            },
        ),
    }
}

/// How many records are read at a time.
const PAGE: u32 = 500;

/// The records of a journal, in the order of their keys: see [`JournalHandle::records`].
#[derive(Debug)]
pub struct JournalRecords {
    journal: JournalHandle,
    outcome: Option<Outcome>,
    after: Option<String>,
    page: VecDeque<JournalRecord>,
    ended: bool,
}

impl JournalRecords {
    /// The next record; `None` after the last one, and after an error.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be read.
    pub async fn next(&mut self) -> Option<Result<JournalRecord, Error>> {
        if let Some(page) = self.next_page() {
            let page = page.await;
            self.keep(page)
        } else {
            self.page.pop_front().map(Ok)
        }
    }

    /// The same records for programs that block.
    pub fn blocking(mut self) -> impl Iterator<Item = Result<JournalRecord, Error>> {
        std::iter::from_fn(move || match self.next_page() {
            Some(page) => {
                let page = page.wait();
                self.keep(page)
            }
            None => self.page.pop_front().map(Ok),
        })
    }

    /// The next page, where the one before has been used up.
    fn next_page(&self) -> Option<JournalCall<Vec<JournalRecord>>> {
        let wanted = self.page.is_empty() && !self.ended;
        wanted.then(|| self.journal.records_page(self.outcome, self.after.as_deref(), PAGE))
    }

    fn keep(&mut self, page: Result<Vec<JournalRecord>, Error>) -> Option<Result<JournalRecord, Error>> {
        match page {
            Ok(page) => {
                self.ended = page.len() < PAGE as usize;
                self.after = page.last().map(|record| record.key.clone()).or(self.after.take());
                self.page = page.into();
                self.page.pop_front().map(Ok)
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}
