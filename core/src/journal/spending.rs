//! What was spent, and whether another message may be: the rules of a spend limit.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::error::Outcome;
use crate::types::JournalTotal;
use crate::util::decimal::exact_sum;

/// Amounts by currency.
pub type Amounts = Vec<(String, Decimal)>;

/// What an amount comes to that is beyond what can be told exactly: no limit allows it.
const BEYOND: Decimal = Decimal::MAX;

/// How many channels are told apart.
const MAX_CHANNELS: usize = 1_000;

/// What messages have cost, and may have or may still.
#[derive(Clone, Debug, Default)]
pub struct Spending {
    /// What accepted messages cost, by currency.
    spent: HashMap<String, Decimal>,
    channels: HashMap<String, Channel>,
    /// How many are under way, by the channels that each may go by.
    under_way: HashMap<Vec<String>, u64>,
}

/// What is known of a channel's costs.
#[derive(Clone, Debug, Default)]
struct Channel {
    /// The highest cost seen, by currency.
    highest: HashMap<String, Decimal>,
    /// How many were accepted, or may have been, without a cost: each counts as the
    /// highest one.
    unpriced: u64,
}

/// What one message may spend.
#[derive(Clone, Debug)]
pub struct Budget {
    /// What may be spent.
    pub limits: Amounts,
    /// What no message costs more than.
    pub max_cost: Amounts,
    /// The channels that the message may go by: the dearest one counts.
    pub channels: Vec<String>,
    /// What is spent or held besides what the journal knows.
    pub besides: Spending,
}

/// Whether a message may be sent within a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affordability {
    /// It may.
    Now,
    /// What is under way may leave enough.
    Later,
    /// Why not.
    Never(String),
}

impl Budget {
    fn max_cost(&self, currency: &str) -> Decimal {
        let found = self.max_cost.iter().find(|(it, _)| it == currency);
        found.map(|(_, amount)| *amount).unwrap_or_default()
    }
}

impl Spending {
    /// That of a journal with these totals; `highest` has the highest cost seen by
    /// channel and currency.
    pub fn new<'a>(
        totals: impl IntoIterator<Item = &'a JournalTotal>,
        highest: impl IntoIterator<Item = (String, String, Decimal)>,
    ) -> Self {
        let mut spending = Self::default();
        // What has no channel is a request of another kind.
        for total in totals.into_iter().filter(|total| !total.channel.is_empty()) {
            let channel = || total.channel.clone();
            match total.outcome {
                Some(Outcome::Sent) => {
                    if let Some(currency) = &total.currency {
                        add(&mut spending.spent, currency, total.cost);
                    }
                    spending.add_unpriced(&channel(), total.unpriced);
                }
                Some(Outcome::Unknown) => spending.add_unpriced(&channel(), total.messages),
                None => spending.add_under_way(vec![channel()], total.messages),
                Some(Outcome::Rejected | Outcome::NotSent) => {}
            }
        }
        for (channel, currency, cost) in highest {
            spending.learn(&channel, &currency, cost);
        }
        spending
    }

    /// A message by one of these channels is under way.
    pub fn begin(&mut self, channels: &[impl AsRef<str>]) {
        self.add_under_way(channels.iter().map(|channel| channel.as_ref().to_owned()).collect(), 1);
    }

    /// It is not any more.
    pub(crate) fn end(&mut self, channels: &[String]) {
        if let Some(count) = self.under_way.get_mut(channels) {
            *count -= 1;
            if *count == 0 {
                self.under_way.remove(channels);
            }
        }
    }

    /// A message was accepted that cost this.
    pub(crate) fn spend(&mut self, channel: &str, currency: &str, cost: Decimal) {
        add(&mut self.spent, currency, cost);
        self.learn(channel, currency, cost);
    }

    /// A message was accepted, or may have been, and what it cost isn't known.
    pub(crate) fn spend_unpriced(&mut self, channel: &str) {
        self.add_unpriced(channel, 1);
    }

    /// This and what `other` has besides.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        other.spent.iter().for_each(|(currency, amount)| add(&mut sum.spent, currency, *amount));
        for (channels, count) in &other.under_way {
            sum.add_under_way(channels.clone(), *count);
        }
        for (channel, it) in &other.channels {
            sum.add_unpriced(channel, it.unpriced);
            it.highest.iter().for_each(|(currency, cost)| sum.learn(channel, currency, *cost));
        }
        sum
    }

    /// Whether a message may be sent within a budget, when this is all that is spent and
    /// under way besides.
    #[must_use]
    pub fn check(&self, budget: &Budget) -> Affordability {
        let listed = |currency: &str| budget.limits.iter().any(|(it, _)| it == currency);
        if let Some((currency, _)) = self.spent.iter().find(|(it, amount)| !amount.is_zero() && !listed(it)) {
            return Affordability::Never(format!(
                "a message cost {}, for which the spend limit has no amount, so what is spent can't be kept \
                 within it",
                shown(currency)
            ));
        }
        let unknown: Vec<_> = budget.channels.iter().filter(|it| !self.is_known(budget, it)).collect();
        let mut affordable = Affordability::Now;
        for (currency, limit) in &budget.limits {
            let amount = self.dearest(budget, &budget.channels, currency);
            let spent = self.spent_in(budget, currency);
            let under_way = sum(spent, self.held_in(budget, currency));
            // Of what a message may cost nothing is known: as long as there is anything left.
            let fits = |before: Decimal| match unknown.is_empty() {
                true => sum(before, amount) <= *limit,
                false => before < *limit && sum(before, amount) <= *limit,
            };
            if !fits(spent) {
                return Affordability::Never(would_pass(currency, *limit, spent, amount));
            }
            if !fits(under_way) {
                affordable = Affordability::Later;
            }
        }
        // The first message by a channel tells what one costs.
        if unknown.into_iter().any(|channel| self.under_way.keys().any(|it| it.contains(channel))) {
            affordable = Affordability::Later;
        }
        affordable
    }

    /// What counts as spent: what has no cost as the highest one.
    fn spent_in(&self, budget: &Budget, currency: &str) -> Decimal {
        let spent = self.spent.get(currency).copied().unwrap_or_default();
        self.channels.iter().fold(spent, |spent, (channel, it)| {
            sum(spent, times(self.expected(budget, channel, currency), it.unpriced))
        })
    }

    /// What those under way may cost.
    fn held_in(&self, budget: &Budget, currency: &str) -> Decimal {
        self.under_way.iter().fold(Decimal::ZERO, |held, (channels, count)| {
            sum(held, times(self.dearest(budget, channels, currency), *count))
        })
    }

    fn dearest(&self, budget: &Budget, channels: &[String], currency: &str) -> Decimal {
        channels.iter().map(|channel| self.expected(budget, channel, currency)).max().unwrap_or_default()
    }

    fn expected(&self, budget: &Budget, channel: &str, currency: &str) -> Decimal {
        let seen = self.channels.get(channel).and_then(|it| it.highest.get(currency)).copied();
        budget.max_cost(currency).max(seen.unwrap_or_default())
    }

    /// Whether anything is known of what a message by this channel costs.
    fn is_known(&self, budget: &Budget, channel: &str) -> bool {
        !budget.max_cost.is_empty() || self.channels.get(channel).is_some_and(|it| !it.highest.is_empty())
    }

    fn learn(&mut self, channel: &str, currency: &str, cost: Decimal) {
        if let Some(it) = self.channel(channel) {
            let highest = it.highest.entry(currency.to_owned()).or_default();
            *highest = cost.max(*highest);
        }
    }

    fn add_unpriced(&mut self, channel: &str, count: u64) {
        if count > 0
            && let Some(it) = self.channel(channel)
        {
            it.unpriced = it.unpriced.saturating_add(count);
        }
    }

    fn add_under_way(&mut self, channels: Vec<String>, count: u64) {
        if count > 0 {
            *self.under_way.entry(channels).or_default() += count;
        }
    }

    /// `None`: there are so many that their number would fill memory.
    fn channel(&mut self, channel: &str) -> Option<&mut Channel> {
        if self.channels.len() >= MAX_CHANNELS && !self.channels.contains_key(channel) {
            return None;
        }
        Some(self.channels.entry(channel.to_owned()).or_default())
    }
}

fn times(amount: Decimal, count: u64) -> Decimal {
    amount.checked_mul(Decimal::from(count)).unwrap_or(BEYOND)
}

fn sum(a: Decimal, b: Decimal) -> Decimal {
    exact_sum(a, b).unwrap_or(BEYOND)
}

fn add(amounts: &mut HashMap<String, Decimal>, currency: &str, amount: Decimal) {
    let entry = amounts.entry(currency.to_owned()).or_default();
    *entry = sum(*entry, amount);
}

fn would_pass(currency: &str, limit: Decimal, spent: Decimal, amount: Decimal) -> String {
    let next = match amount.is_zero() {
        true => String::new(),
        false => format!(", and the next message may cost {amount}"),
    };
    format!("the spend limit of {} {limit} would be passed: {spent} is spent{next}", shown(currency))
}

/// A currency as the service names it, short.
fn shown(currency: &str) -> String {
    currency.chars().filter(|letter| letter.is_ascii_alphanumeric()).take(12).collect()
}
