//! The ledger of what a client's messages cost.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rust_decimal::Decimal;

use crate::envelope::Envelope;
use crate::receipt::Receipt;

/// What the messages of one channel cost, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spending {
    /// The channel, as the receipts say, else as the messages said.
    pub channel: String,
    /// The currency, if the receipts say.
    pub currency: Option<String>,
    /// The sum of the costs, exact.
    pub cost: Decimal,
    /// How many messages were sent.
    pub messages: u64,
    /// How many of them have no cost on their receipt, so that `cost` is
    /// without theirs.
    pub unpriced: u64,
}

/// One client's ledger: an entry for each channel and currency.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Vec<Spending>>);

impl Ledger {
    pub(crate) fn add(&self, receipt: &Receipt, message: &Envelope) {
        let channel = receipt.channel.as_deref().unwrap_or(message.channel());
        let currency = receipt.currency.as_deref();
        let mut entries = self.entries();
        let at = match entries
            .iter()
            .position(|it| it.channel == channel && it.currency.as_deref() == currency)
        {
            Some(at) => at,
            None => {
                let (channel, currency) = (channel.to_owned(), currency.map(str::to_owned));
                entries.push(Spending { channel, currency, cost: Decimal::ZERO, messages: 0, unpriced: 0 });
                entries.len() - 1
            }
        };
        let entry = &mut entries[at];
        entry.messages += 1;
        match receipt.cost.and_then(|cost| exact_sum(entry.cost, cost)) {
            Some(sum) => entry.cost = sum,
            None => entry.unpriced += 1,
        }
    }

    /// The entries, by channel and currency.
    pub(crate) fn read(&self) -> Vec<Spending> {
        sorted(self.entries().clone())
    }

    /// The same, and begins anew: what is sent meanwhile is in one of the two.
    pub(crate) fn take(&self) -> Vec<Spending> {
        sorted(std::mem::take(&mut *self.entries()))
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Spending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` when the sum has more digits than a [`Decimal`] keeps: it would be
/// rounded without a word.
fn exact_sum(sum: Decimal, cost: Decimal) -> Option<Decimal> {
    let total = sum.checked_add(cost)?;
    (total.checked_sub(cost)? == sum && total.checked_sub(sum)? == cost).then_some(total)
}

fn sorted(mut entries: Vec<Spending>) -> Vec<Spending> {
    entries.sort_by(|a, b| (&a.channel, &a.currency).cmp(&(&b.channel, &b.currency)));
    entries
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;
    use crate::{Message, Sms};

    fn add(ledger: &Ledger, data: &str) {
        let data = RawValue::from_string(data.to_owned()).unwrap();
        let receipt = Receipt::read(&data, None).unwrap();
        ledger.add(&receipt, &Sms::text("+6591234567", "Hello").envelope().unwrap());
    }

    #[test]
    fn costs_add_up_exactly_by_channel_and_currency() {
        let ledger = Ledger::default();
        for _ in 0..1_000 {
            add(&ledger, r#"{"messageId":"1","channel":"SMS","cost":0.1,"currency":"SGD"}"#);
        }
        add(&ledger, r#"{"messageId":"2","channel":"WHATSAPP","cost":0.12,"currency":"SGD"}"#);
        add(&ledger, r#"{"messageId":"3","cost":0.05,"currency":"USD"}"#);
        add(&ledger, r#"{"messageId":"4","cost":"free"}"#);
        let rows = ledger.take().into_iter().map(|it| {
            (it.channel, it.currency.unwrap_or_default(), it.cost.to_string(), it.messages, it.unpriced)
        });
        let rows: Vec<_> = rows.collect();
        let row = |channel: &str, currency: &str, cost: &str, messages, unpriced| {
            (channel.to_owned(), currency.to_owned(), cost.to_owned(), messages, unpriced)
        };
        assert_eq!(
            rows,
            [
                row("SMS", "", "0", 1, 1),
                row("SMS", "SGD", "100.0", 1_000, 0),
                row("SMS", "USD", "0.05", 1, 0),
                row("WHATSAPP", "SGD", "0.12", 1, 0),
            ]
        );
        assert!(ledger.read().is_empty());
    }

    #[test]
    fn a_sum_is_never_rounded() {
        let ledger = Ledger::default();
        add(&ledger, r#"{"messageId":"1","cost":70000000000000000000000000000,"currency":"X"}"#);
        add(&ledger, r#"{"messageId":"2","cost":0.00000000000001,"currency":"X"}"#);
        let entry = &ledger.read()[0];
        assert_eq!((entry.messages, entry.unpriced), (2, 1));
        assert_eq!(entry.cost.to_string(), "70000000000000000000000000000");
    }
}
