//! `spend_limit` and `max_cost`: what messages may cost.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use tokio::sync::Notify;

use super::spending_book::{Decision, Held, Limits, SpendingBook, Spent};
use crate::call::poll::PollPauses;
use crate::error::{Error, ErrorClass, Outcome};
use crate::journal::{Amounts, Budget, Ending, JournalHandle, Spending};
use crate::util::lock;

/// What was spent, of all clients that share it.
#[derive(Default)]
pub(super) struct Spendings {
    book: Mutex<SpendingBook>,
    /// Notified when what was held for a message is given back.
    settled: Notify,
    /// When the journal was last asked; who asks it has the lock.
    asked: tokio::sync::Mutex<Option<Instant>>,
}

impl Spendings {
    fn book(&self) -> MutexGuard<'_, SpendingBook> {
        lock(&self.book)
    }

    /// Asks the journal what it has now. Who comes while another one asks takes the next
    /// answer, which is one for all who wait.
    async fn ask(&self, journal: &JournalHandle) -> Result<(), Error> {
        let wanted = Instant::now();
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|asked| asked > wanted) {
            return Ok(());
        }
        let now = Instant::now();
        let spending = journal.spending().await?;
        self.book().set_journal(Arc::new(spending));
        *asked = Some(now);
        Ok(())
    }
}

/// One client's limit.
pub(crate) struct SpendLimit {
    limits: Limits,
    spendings: Arc<Spendings>,
}

impl SpendLimit {
    pub(super) fn new(limits: Amounts, max_cost: Amounts, spendings: Arc<Spendings>) -> Arc<Self> {
        Arc::new(Self { limits: Limits { limits, max_cost }, spendings })
    }

    /// Holds what a message by the most expensive of these channels may cost; waits as long as what
    /// is under way, here or according to the journal, may leave enough. What the journal had
    /// when it was last asked will do for a message that `has_key`: its claim looks again.
    ///
    /// # Errors
    /// `SpendLimitError` where it can't leave enough; `JournalError`.
    pub(crate) async fn reserve(
        self: &Arc<Self>,
        channels: &[&str],
        journal: Option<&JournalHandle>,
        has_key: bool,
    ) -> Result<Reservation, Error> {
        let mut is_old = journal.is_some() && !(has_key && self.spendings.book().knows_journal());
        let mut pauses = PollPauses::new();
        loop {
            // Registered before the book is read, so that nothing is missed.
            let mut settled = std::pin::pin!(self.spendings.settled.notified());
            settled.as_mut().enable();
            let is_new = match journal.filter(|_| is_old) {
                Some(journal) => {
                    self.spendings.ask(journal).await?;
                    true
                }
                None => journal.is_none(),
            };
            let decision = self.spendings.book().hold(&self.limits, channels, has_key);
            match decision {
                Decision::Held(held) => {
                    let held = Some(held);
                    return Ok(Reservation { limit: self.clone(), held, is_claimed: false });
                }
                Decision::Refused(_) | Decision::Wait if !is_new => {}
                Decision::Refused(reason) => return Err(Error::of(ErrorClass::SpendLimit, reason)),
                Decision::Wait if journal.is_none() => settled.await,
                Decision::Wait => {
                    tokio::select! {
                        () = settled => {}
                        () = pauses.next() => {}
                    }
                }
            }
            is_old = journal.is_some();
        }
    }
}

/// What is held for one message. Dropped, it is given back: nothing was sent.
pub(crate) struct Reservation {
    limit: Arc<SpendLimit>,
    held: Option<Held>,
    /// Whether the journal has a claim for it, and counts it.
    is_claimed: bool,
}

impl Reservation {
    /// What the message's claim has to keep.
    pub(crate) fn budget(&self) -> Option<Budget> {
        let held = self.held.as_ref().filter(|_| !self.is_claimed)?;
        Some(self.limit.spendings.book().budget(&self.limit.limits, held))
    }

    /// The message has its claim; `spending` is what the journal had with it.
    pub(crate) fn claimed(&mut self, spending: Arc<Spending>) {
        self.is_claimed = true;
        let mut book = self.limit.spendings.book();
        book.set_journal(spending);
        self.held = self.held.take().and_then(|held| book.claimed(held));
        drop(book);
        self.limit.spendings.settled.notify_waiters();
    }

    /// The message has no claim, since too little is left of what the journal has.
    pub(crate) fn refused(&self, spending: Arc<Spending>) {
        self.limit.spendings.book().set_journal(spending);
    }

    /// The message ended so; `channel` is its own, whatever the service calls it.
    pub(crate) fn settle(mut self, ending: &Ending, channel: &str) {
        let (cost, currency) = (ending.cost, ending.currency.as_deref());
        self.give_back(&Spent { outcome: ending.outcome, channel, cost, currency });
    }

    fn give_back(&mut self, spent: &Spent<'_>) {
        let limits = &self.limit.limits;
        match (std::mem::take(&mut self.is_claimed), self.held.take()) {
            (true, held) => self.limit.spendings.book().settle_claimed(limits, held.as_ref(), spent),
            (false, Some(held)) => self.limit.spendings.book().settle(limits, &held, spent),
            (false, None) => return,
        }
        self.limit.spendings.settled.notify_waiters();
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.give_back(&Spent { outcome: Outcome::NotSent, channel: "", cost: None, currency: None });
    }
}
