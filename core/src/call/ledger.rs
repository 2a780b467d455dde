//! The ledger of what a client's messages cost.

use std::sync::{Mutex, MutexGuard};

use rust_decimal::Decimal;

use crate::types::{PreparedMessage, Receipt, Spending};
use crate::util::decimal::exact_sum;
use crate::util::lock;

/// One client's ledger: an entry for each channel and currency.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Vec<Spending>>);

impl Ledger {
    pub(crate) fn add(&self, receipt: &Receipt, message: &PreparedMessage) {
        let channel = receipt.channel.as_deref().filter(|it| it.len() <= MAX_NAME);
        let currency = receipt.currency.as_deref().filter(|it| it.len() <= MAX_NAME);
        let mut entries = self.entries();
        let (at, is_own) = entry(&mut entries, channel.unwrap_or(message.channel()), currency);
        let entry = &mut entries[at];
        entry.messages += 1;
        // Amounts of different currencies can't be added.
        match receipt.cost.filter(|_| is_own).and_then(|cost| exact_sum(entry.cost, cost)) {
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
        lock(&self.0)
    }
}

/// The names are the service's: neither their length nor their number is to fill memory.
const MAX_NAME: usize = 64;
const MAX_ENTRIES: usize = 100;
/// Where messages are counted whose names are beyond these.
const OTHER: &str = "other";

/// Where the entry of these names stands, made if need be; `false`: it is that of all others.
fn entry(entries: &mut Vec<Spending>, channel: &str, currency: Option<&str>) -> (usize, bool) {
    let position = |entries: &[Spending], channel: &str, currency: Option<&str>| {
        entries.iter().position(|it| it.channel == channel && it.currency.as_deref() == currency)
    };
    if let Some(at) = position(entries, channel, currency) {
        return (at, true);
    }
    let is_own = entries.len() < MAX_ENTRIES && channel.len() <= MAX_NAME;
    let (channel, currency) = if is_own { (channel, currency) } else { (OTHER, None) };
    if let Some(at) = position(entries, channel, currency) {
        return (at, is_own);
    }
    let (channel, currency) = (channel.to_owned(), currency.map(str::to_owned));
    entries.push(Spending { channel, currency, cost: Decimal::ZERO, messages: 0, unpriced: 0 });
    (entries.len() - 1, is_own)
}

fn sorted(mut entries: Vec<Spending>) -> Vec<Spending> {
    entries.sort_by(|a, b| (&a.channel, &a.currency).cmp(&(&b.channel, &b.currency)));
    entries
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;
    use crate::types::{Message, Sms};

    fn add(ledger: &Ledger, data: &str) {
        let data = RawValue::from_string(data.to_owned()).unwrap();
        let receipt = Receipt::read(&data, None).unwrap();
        ledger.add(&receipt, &Sms::text("+6591234567", "Hello").prepare().unwrap());
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

    #[test]
    fn names_of_the_service_do_not_fill_memory() {
        let ledger = Ledger::default();
        for n in 0..500 {
            let long = "X".repeat(20_000);
            add(
                &ledger,
                &format!(r#"{{"messageId":"{n}","channel":"{long}{n}","cost":0.1,"currency":"SGD"}}"#),
            );
            add(&ledger, &format!(r#"{{"messageId":"m{n}","channel":"C{n}","cost":0.1,"currency":"SGD"}}"#));
        }
        let entries = ledger.read();
        assert!(entries.len() <= MAX_ENTRIES + 1, "{}", entries.len());
        assert_eq!(entries.iter().map(|it| it.messages).sum::<u64>(), 1_000);
        let sms = entries.iter().find(|it| it.channel == "SMS").unwrap();
        assert_eq!((sms.messages, sms.cost.to_string()), (500, "50.0".to_owned()));
        let other = entries.iter().find(|it| it.channel == OTHER).unwrap();
        assert_eq!((other.messages, other.unpriced), (other.messages, other.messages));
    }
}
