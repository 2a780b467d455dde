//! `spend_limit` and `max_cost`: what messages may cost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OnceCell};

use super::spending_book::{Amounts, Decision, Held, Limits, SpendingBook, Spent, SpentBefore};
use crate::error::{Error, ErrorClass, Outcome};
use crate::journal::Ending;

/// What was spent, of all clients that share it.
#[derive(Default)]
pub(super) struct Spendings {
    book: Mutex<SpendingBook>,
    /// Notified when what was held for a message is given back.
    settled: Notify,
    /// Whether what the journal knows was counted.
    begun: OnceCell<()>,
}

impl Spendings {
    fn book(&self) -> MutexGuard<'_, SpendingBook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Holds what a message by the dearest of these channels may cost; waits as long as what
    /// is under way may leave enough. `spent_before` tells what was spent before; it is
    /// asked once.
    ///
    /// # Errors
    /// `SpendLimitError` where it can't leave enough; those of `spent_before`.
    pub(crate) async fn reserve(
        self: &Arc<Self>,
        channels: &[&str],
        spent_before: impl Future<Output = Result<SpentBefore, Error>>,
    ) -> Result<Reservation, Error> {
        self.spendings
            .begun
            .get_or_try_init(async || {
                let before = spent_before.await?;
                self.spendings.book().begin_with(&self.limits, before);
                Ok::<_, Error>(())
            })
            .await?;
        loop {
            // Registered before the book is read, so that nothing is missed.
            let mut settled = std::pin::pin!(self.spendings.settled.notified());
            settled.as_mut().enable();
            let decision = self.spendings.book().hold(&self.limits, channels);
            match decision {
                Decision::Held(held) => return Ok(Reservation { limit: self.clone(), held: Some(held) }),
                Decision::Refused(reason) => return Err(Error::of(ErrorClass::SpendLimit, reason)),
                Decision::Wait => settled.await,
            }
        }
    }
}

/// What is held for one message. Dropped, it is given back: nothing was sent.
pub(crate) struct Reservation {
    limit: Arc<SpendLimit>,
    held: Option<Held>,
}

impl Reservation {
    /// The message ended so; `channel` is its own, whatever the service calls it.
    pub(crate) fn settle(mut self, ending: &Ending, channel: &str) {
        let (cost, currency) = (ending.cost, ending.currency.as_deref());
        self.give_back(&Spent { outcome: ending.outcome, channel, cost, currency });
    }

    fn give_back(&mut self, spent: &Spent<'_>) {
        if let Some(held) = self.held.take() {
            self.limit.spendings.book().settle(&self.limit.limits, held, spent);
            self.limit.spendings.settled.notify_waiters();
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.give_back(&Spent { outcome: Outcome::NotSent, channel: "", cost: None, currency: None });
    }
}
