//! The sums by outcome, channel and currency: what a transaction changes of them.
//!
//! They are kept beside the entries, since those may be purged. A sum is exact or it is
//! not made: what doesn't fit is counted as unpriced.

use std::collections::BTreeMap;

use partner_messaging::journal::{Ending, Entry, exact_sum};
use partner_messaging::{Decimal, JournalTotal, Outcome};

use crate::codes::{IN_PROGRESS, code_of, outcome_of};

/// Which sum: outcome, channel and currency; a currency of '' is none.
pub(crate) type TotalKey = (i16, String, String);

/// A sum, or a change of one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum {
    pub(crate) messages: i64,
    pub(crate) cost: Decimal,
    /// How many accepted ones are not in the cost.
    pub(crate) unpriced: i64,
}

impl Sum {
    /// This sum after a change.
    pub(crate) fn plus(self, change: Self) -> Self {
        let (cost, beyond) = match exact_sum(self.cost, change.cost) {
            Some(sum) => (sum, 0),
            None => (self.cost, change.messages),
        };
        let unpriced = self.unpriced + change.unpriced + beyond;
        Self { messages: self.messages + change.messages, cost, unpriced }
    }
}

/// How one transaction changes the sums.
#[derive(Default)]
pub(crate) struct Changes(BTreeMap<TotalKey, Sum>);

impl Changes {
    /// A claim was made, or it ended: `count` is 1 or -1.
    pub(crate) fn in_progress(&mut self, channel: &str, count: i64) {
        self.0.entry((IN_PROGRESS, channel.to_owned(), String::new())).or_default().messages += count;
    }

    /// What an entry was is no more.
    pub(crate) fn remove(&mut self, entry: &Entry) {
        self.change(entry, -1);
    }

    /// What an entry is now.
    pub(crate) fn add(&mut self, entry: &Entry) {
        self.change(entry, 1);
    }

    fn change(&mut self, entry: &Entry, count: i64) {
        match &entry.ending {
            Some(ending) => self.count(&entry.channel, ending, count),
            None => self.in_progress(&entry.channel, count),
        }
    }

    /// An entry of this channel ended so.
    pub(crate) fn ended(&mut self, channel: &str, ending: &Ending) {
        self.count(channel, ending, 1);
    }

    fn count(&mut self, channel: &str, ending: &Ending, count: i64) {
        let channel = ending.channel.as_deref().unwrap_or(channel).to_owned();
        let currency = ending.currency.clone().unwrap_or_default();
        let sum = self.0.entry((code_of(ending.outcome), channel, currency)).or_default();
        sum.messages += count;
        let signed = ending.cost.map(|cost| if count < 0 { -cost } else { cost });
        match signed.and_then(|cost| exact_sum(sum.cost, cost)) {
            Some(cost) => sum.cost = cost,
            None if ending.outcome == Outcome::Sent => sum.unpriced += count,
            None => {}
        }
    }

    /// What changed, in the order of the keys.
    pub(crate) fn into_changed(self) -> impl Iterator<Item = (TotalKey, Sum)> {
        let changed = |sum: &Sum| sum.messages != 0 || sum.unpriced != 0 || !sum.cost.is_zero();
        self.0.into_iter().filter(move |(_, sum)| changed(sum))
    }
}

/// A sum as users see it.
pub(crate) fn total((outcome, channel, currency): TotalKey, sum: Sum) -> JournalTotal {
    let mut total = JournalTotal::default();
    total.outcome = outcome_of(outcome);
    total.channel = channel;
    total.currency = Some(currency).filter(|currency| !currency.is_empty());
    total.messages = u64::try_from(sum.messages).unwrap_or(0);
    total.cost = sum.cost;
    total.unpriced = u64::try_from(sum.unpriced).unwrap_or(0);
    total
}

/// Counts claims that are in progress by the sums as unknown: their time or their owner is over.
pub(crate) fn move_to_unknown(totals: &mut Vec<JournalTotal>, channel: &str, count: i64) {
    let mut change = |outcome, count: i64| {
        let place = totals
            .iter_mut()
            .find(|total| total.outcome == outcome && total.channel == channel && total.currency.is_none());
        match place {
            Some(total) => total.messages = total.messages.saturating_add_signed(count),
            None => {
                let sum = Sum { messages: count, ..Sum::default() };
                totals.push(total(
                    (outcome.map_or(IN_PROGRESS, code_of), channel.to_owned(), String::new()),
                    sum,
                ));
            }
        }
    };
    change(None, -count);
    change(Some(Outcome::Unknown), count);
}
