//! The sums by outcome, channel and currency: what a transaction changes of them.
//!
//! They are kept beside the entries, since those may be purged. A sum is exact or it is
//! not made: what doesn't fit is counted as unpriced.

use std::collections::{BTreeMap, HashMap};

use partner_messaging::journal::{Ending, Entry, Spending, exact_sum};
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

/// The channel that messages were claimed with, and the currency of their costs.
pub(crate) type CostKey = (String, String);

/// How one transaction changes the sums.
#[derive(Default)]
pub(crate) struct Changes {
    sums: BTreeMap<TotalKey, Sum>,
    /// The highest costs of messages that were accepted.
    highest: BTreeMap<CostKey, Decimal>,
}

impl Changes {
    /// A claim was made, or it ended: `count` is 1 or -1.
    pub(crate) fn in_progress(&mut self, channel: &str, count: i64) {
        self.sums.entry((IN_PROGRESS, channel.to_owned(), String::new())).or_default().messages += count;
    }

    /// So many claims in progress are over: they are unknown.
    pub(crate) fn interrupted(&mut self, channel: &str, count: i64) {
        self.in_progress(channel, -count);
        let unknown = (code_of(Outcome::Unknown), channel.to_owned(), String::new());
        self.sums.entry(unknown).or_default().messages += count;
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
        if let (Outcome::Sent, 1.., Some(cost), Some(currency)) =
            (ending.outcome, count, ending.cost, &ending.currency)
        {
            let highest = self.highest.entry((channel.to_owned(), currency.clone())).or_default();
            *highest = cost.max(*highest);
        }
        let channel = ending.channel.as_deref().unwrap_or(channel).to_owned();
        let currency = ending.currency.clone().unwrap_or_default();
        let sum = self.sums.entry((code_of(ending.outcome), channel, currency)).or_default();
        sum.messages += count;
        let signed = ending.cost.map(|cost| if count < 0 { -cost } else { cost });
        match signed.and_then(|cost| exact_sum(sum.cost, cost)) {
            Some(cost) => sum.cost = cost,
            None if ending.outcome == Outcome::Sent => sum.unpriced += count,
            None => {}
        }
    }

    /// The sums that changed, in the order of the keys.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&TotalKey, Sum)> {
        let changed = |sum: &Sum| sum.messages != 0 || sum.unpriced != 0 || !sum.cost.is_zero();
        self.sums.iter().map(|(key, sum)| (key, *sum)).filter(move |(_, sum)| changed(sum))
    }

    /// The highest costs of messages that were accepted, in the order of the keys.
    pub(crate) fn highest(&self) -> impl Iterator<Item = (&CostKey, Decimal)> {
        self.highest.iter().map(|(key, cost)| (key, *cost))
    }

    /// What was spent by the sums and highest costs that are stored, and these changes.
    pub(crate) fn spending(
        &self,
        stored: impl IntoIterator<Item = (TotalKey, Sum)>,
        highest: impl IntoIterator<Item = (CostKey, Decimal)>,
    ) -> Spending {
        let mut sums: HashMap<TotalKey, Sum> = stored.into_iter().collect();
        for (key, change) in self.changed() {
            let sum = sums.entry(key.clone()).or_default();
            *sum = sum.plus(change);
        }
        let totals: Vec<_> = sums.into_iter().map(|(key, sum)| total(key, sum)).collect();
        let changed = self.highest().map(|(key, cost)| (key.clone(), cost));
        let highest = highest.into_iter().chain(changed);
        Spending::new(&totals, highest.map(|((channel, currency), cost)| (channel, currency, cost)))
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
