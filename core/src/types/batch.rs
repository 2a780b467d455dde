//! What goes into a run of many messages, and what comes out of it.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;

use super::{Message, PreparedMessage, Receipt};
use crate::error::{Error, Outcome};
use crate::util::decimal::exact_sum;

/// One message of many, with its key if it has one. It is made of any message, and of a
/// pair of a key and a message.
///
/// ```
/// use partner_messaging::{BatchMessage, Sms};
/// let plain = BatchMessage::from(Sms::text("+6591234567", "Hello"));
/// let keyed = BatchMessage::from(("order-4711", Sms::text("+6591234567", "Hello")));
/// assert_eq!((plain.key(), keyed.key()), (None, Some("order-4711")));
/// ```
#[derive(Clone, Debug)]
pub struct BatchMessage {
    pub(crate) key: Option<String>,
    pub(crate) message: Result<PreparedMessage, Error>,
}

impl BatchMessage {
    /// A message, or why there is none: that is then what becomes of it. For bindings,
    /// which make messages of what their language has.
    pub fn new(key: Option<String>, message: Result<PreparedMessage, Error>) -> Self {
        Self { key, message }
    }

    /// The message's [key](crate::CallOptions::key).
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

impl<M: Message> From<M> for BatchMessage {
    fn from(message: M) -> Self {
        Self::new(None, message.prepare())
    }
}

impl<K: Into<String>, M: Message> From<(K, M)> for BatchMessage {
    fn from((key, message): (K, M)) -> Self {
        Self::new(Some(key.into()), message.prepare())
    }
}

/// What became of one message of many.
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchResult {
    /// The message's place in the source, from 0.
    pub index: u64,
    /// Its key, if it has one.
    pub key: Option<String>,
    /// The receipt, or why there is none.
    pub result: Result<Receipt, Error>,
}

impl BatchResult {
    pub(crate) fn new(index: u64, key: Option<String>, result: Result<Receipt, Error>) -> Self {
        Self { index, key, result }
    }

    /// What became of the message. Where the journal answered, it is what was recorded.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match &self.result {
            Ok(_) => Outcome::Sent,
            // Every error of a send has an outcome.
            Err(error) => error.outcome().unwrap_or(Outcome::Unknown),
        }
    }

    /// The receipt, if the message was sent.
    #[must_use]
    pub fn receipt(&self) -> Option<&Receipt> {
        self.result.as_ref().ok()
    }

    /// Why it was not sent, or may not have been.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.result.as_ref().err()
    }
}

/// What comes next in a run of many messages whose source is the caller's:
/// [`background::Batch`](crate::background::Batch).
#[derive(Debug)]
pub enum BatchStep {
    /// Another message can be begun: [`offer`](crate::background::Batch::offer) one, or
    /// [`finish`](crate::background::Batch::finish).
    Room,
    /// A message has ended.
    Result(Box<BatchResult>),
    /// Everything has ended. The error is why the run was stopped; it is given once.
    Ended(Option<Error>),
}

/// The sums of a run. At any time
/// `taken = sent + replayed + rejected + not_sent + unknown + in_flight`, and at its end
/// `in_flight` is 0.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BatchSummary {
    /// How many messages were taken from the source.
    pub taken: u64,
    /// How many the service accepted in this run.
    pub sent: u64,
    /// How many had been accepted before, by the journal: for these nothing was sent.
    pub replayed: u64,
    /// How many the service refused.
    pub rejected: u64,
    /// How many provably did not leave.
    pub not_sent: u64,
    /// How many may have been accepted; in this run, or before by the journal.
    pub unknown: u64,
    /// How many have not ended yet.
    pub in_flight: u64,
    /// What those that were sent in this run cost, by currency, exact.
    pub cost: BTreeMap<String, Decimal>,
    /// How many of them have no cost that could be added, so that `cost` is without theirs.
    pub unpriced: u64,
    /// The time since the run began, or that it took.
    pub elapsed: Duration,
    /// How many messages ended in a second, on the average of that time; those that the
    /// journal answered are not counted.
    pub rate: f64,
}

impl BatchSummary {
    /// Counts one message that has ended.
    pub(crate) fn add(&mut self, result: &Result<Receipt, Error>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let count = match result {
            Ok(receipt) if receipt.replayed => &mut self.replayed,
            Ok(receipt) => {
                self.add_cost(receipt);
                &mut self.sent
            }
            Err(error) => match error.outcome() {
                Some(Outcome::Rejected) => &mut self.rejected,
                Some(Outcome::NotSent) => &mut self.not_sent,
                _ => &mut self.unknown,
            },
        };
        *count += 1;
    }

    fn add_cost(&mut self, receipt: &Receipt) {
        let currency = receipt.currency.as_deref().filter(|it| it.len() <= MAX_CURRENCY);
        let known = currency.is_some_and(|it| self.cost.contains_key(it));
        let sum = match (currency, receipt.cost) {
            (Some(currency), Some(cost)) if known || self.cost.len() < MAX_CURRENCIES => {
                exact_sum(self.cost.get(currency).copied().unwrap_or_default(), cost)
                    .map(|sum| (currency.to_owned(), sum))
            }
            _ => None,
        };
        match sum {
            Some((currency, sum)) => drop(self.cost.insert(currency, sum)),
            None => self.unpriced += 1,
        }
    }

    /// The sums after so long.
    pub(crate) fn after(mut self, elapsed: Duration) -> Self {
        let ended = self.sent + self.rejected + self.not_sent + self.unknown;
        self.elapsed = elapsed;
        // Counts beyond 2^53 don't occur.
        #[allow(clippy::cast_precision_loss)]
        let rate = ended as f64 / elapsed.as_secs_f64();
        self.rate = if rate.is_finite() { rate } else { 0.0 };
        self
    }
}

/// The names are the service's: neither their length nor their number is to fill memory.
const MAX_CURRENCY: usize = 64;
const MAX_CURRENCIES: usize = 100;
