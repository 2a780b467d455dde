//! The results of calls as JSON text: one string is far cheaper to hand over than
//! an object with a string for each field.

use std::time::Duration;

use partner_messaging::{
    Balance, Decimal, FallbackReceipt, FallbackStep, JournalRecord, JournalSummary, MessageRecord, Page,
    Receipt, Reply, Spending,
};
use serde::Serialize;

/// The result of a call, which the package makes an object from.
pub(crate) trait CallResult {
    /// Writes it as JSON.
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()>;
}

/// A record of the core's, as a list of its fields.
pub(crate) struct Fields<'a, T>(pub(crate) &'a T);

macro_rules! call_results {
    ($($record:ty),+) => {
        $(impl CallResult for $record {
            fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
                serde_json::to_writer(out, &Fields(self))
            }
        })+
    };
}

call_results!(Receipt, FallbackReceipt, MessageRecord, Balance, Reply, JournalRecord, JournalSummary);

/// A page, or the end of the list (`null`).
impl CallResult for Option<Page> {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, &self.as_ref().map(Fields))
    }
}

/// What a journal has under a key, or that there is nothing (`null`).
impl CallResult for Option<JournalRecord> {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, &self.as_ref().map(Fields))
    }
}

/// Some of a journal's records.
impl CallResult for Vec<JournalRecord> {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, &list(self))
    }
}

/// How many records there were.
impl CallResult for u64 {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, self)
    }
}

/// That it was done (`null`).
impl CallResult for () {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, self)
    }
}

/// Records as lists of their fields.
pub(crate) fn list<T>(records: &[T]) -> Vec<Fields<'_, T>> {
    records.iter().map(Fields).collect()
}

/// The entries of a ledger, a JSON list.
pub(crate) fn spending(entries: &[Spending]) -> serde_json::Result<String> {
    serde_json::to_string(&list(entries))
}

/// The steps of a fallback, a JSON list; `None` when there are none.
pub(crate) fn json_list(steps: &[FallbackStep]) -> Option<String> {
    // It can always be written: names and numbers.
    (!steps.is_empty()).then(|| serde_json::to_string(&list(steps)).unwrap_or_default())
}

/// Exact decimal text, with the digits that the service wrote.
pub(crate) fn decimal_text(amount: Decimal) -> impl Serialize {
    amount.to_string()
}

/// A duration in milliseconds, to the microsecond.
pub(crate) fn in_milliseconds(duration: Duration) -> f64 {
    // A double is exact for centuries of microseconds.
    #[allow(clippy::cast_precision_loss)]
    let microseconds = duration.as_micros() as f64;
    microseconds / 1000.0
}
