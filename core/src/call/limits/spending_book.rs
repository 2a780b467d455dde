//! What was spent and what is held for messages under way, of all clients that share it.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::error::Outcome;
use crate::util::decimal::exact_sum;

/// Amounts by currency.
pub(crate) type Amounts = Vec<(String, Decimal)>;

/// What was spent before a program began.
#[derive(Default)]
pub(crate) struct SpentBefore {
    pub(crate) amounts: Amounts,
    /// How many messages may have been accepted, by channel.
    pub(crate) unknown: Vec<(String, u64)>,
}

/// What an amount comes to that is beyond what can be told exactly: no limit allows it.
const BEYOND: Decimal = Decimal::MAX;

#[derive(Default)]
pub(super) struct SpendingBook {
    spent: HashMap<String, Decimal>,
    held: HashMap<String, Decimal>,
    channels: HashMap<String, Channel>,
    /// Why nothing more may be sent.
    stopped: Option<String>,
}

/// What is known of a channel's costs.
#[derive(Default)]
struct Channel {
    /// The highest cost seen, by currency.
    highest: HashMap<String, Decimal>,
    /// How many messages are under way that were begun while it was not known.
    probing: u32,
    /// How many may have been accepted without that a cost could be counted.
    unpriced: u64,
}

/// What a client allows.
pub(super) struct Limits {
    pub(super) limits: Amounts,
    pub(super) max_cost: Amounts,
}

/// What is held for one message under way.
pub(super) struct Held {
    amounts: Amounts,
    /// The channels that it may be the first of.
    probes: Vec<String>,
}

pub(super) enum Decision {
    Held(Held),
    /// What is under way may leave enough.
    Wait,
    /// Why it can't be sent.
    Refused(String),
}

/// What a message came to.
pub(super) struct Spent<'a> {
    pub(super) outcome: Outcome,
    pub(super) channel: &'a str,
    pub(super) cost: Option<Decimal>,
    pub(super) currency: Option<&'a str>,
}

impl Limits {
    fn max_cost(&self, currency: &str) -> Option<Decimal> {
        self.max_cost.iter().find(|(it, _)| it == currency).map(|(_, amount)| *amount)
    }
}

impl SpendingBook {
    /// Counts what was spent before.
    pub(super) fn begin_with(&mut self, limits: &Limits, before: SpentBefore) {
        for (currency, amount) in &before.amounts {
            add(&mut self.spent, currency, *amount);
        }
        for (channel, count) in before.unknown {
            if limits.max_cost.is_empty() {
                self.channels.entry(channel).or_default().unpriced += count;
                continue;
            }
            for (currency, cost) in &limits.max_cost {
                let all = cost.checked_mul(Decimal::from(count)).unwrap_or(BEYOND);
                add(&mut self.spent, currency, all);
            }
        }
    }

    /// Holds what a message by the dearest of these channels may cost.
    pub(super) fn hold(&mut self, limits: &Limits, channels: &[&str]) -> Decision {
        if let Some(reason) = &self.stopped {
            return Decision::Refused(reason.clone());
        }
        let unknown: Vec<_> = channels.iter().filter(|it| !self.is_known(limits, it)).collect();
        let mut decision = None;
        let mut amounts = Amounts::new();
        for (currency, limit) in &limits.limits {
            let costs = channels.iter().map(|channel| self.expected_cost(limits, channel, currency));
            let amount = costs.max().unwrap_or_default();
            let spent = get(&self.spent, currency);
            let under_way = sum(spent, get(&self.held, currency));
            // Of what a message may cost nothing is known: as long as there is anything left.
            let fits = |before: Decimal| match unknown.is_empty() {
                true => sum(before, amount) <= *limit,
                false => before < *limit && sum(before, amount) <= *limit,
            };
            if !fits(spent) {
                return Decision::Refused(would_pass(currency, *limit, spent, amount));
            }
            if !fits(under_way) {
                decision = Some(Decision::Wait);
            }
            if !amount.is_zero() {
                amounts.push((currency.clone(), amount));
            }
        }
        if unknown.iter().any(|channel| self.channels.get(**channel).is_some_and(|it| it.probing > 0)) {
            decision = Some(Decision::Wait);
        }
        if let Some(decision) = decision {
            return decision;
        }
        let probes: Vec<_> = unknown.into_iter().map(|channel| (*channel).to_owned()).collect();
        amounts.iter().for_each(|(currency, amount)| add(&mut self.held, currency, *amount));
        probes.iter().for_each(|channel| self.channels.entry(channel.clone()).or_default().probing += 1);
        Decision::Held(Held { amounts, probes })
    }

    /// Gives back what was held for a message, and counts what it came to.
    pub(super) fn settle(&mut self, limits: &Limits, held: Held, spent: &Spent<'_>) {
        self.release(&held);
        match spent.outcome {
            Outcome::Rejected | Outcome::NotSent => {}
            Outcome::Sent => self.count_sent(limits, spent),
            Outcome::Unknown => self.count_unknown(limits, &held, spent.channel),
        }
    }

    fn release(&mut self, held: &Held) {
        for (currency, amount) in &held.amounts {
            let left = get(&self.held, currency) - *amount;
            self.held.insert(currency.clone(), left.max(Decimal::ZERO));
        }
        for channel in &held.probes {
            if let Some(channel) = self.channels.get_mut(channel) {
                channel.probing = channel.probing.saturating_sub(1);
            }
        }
    }

    fn count_sent(&mut self, limits: &Limits, spent: &Spent<'_>) {
        let known = spent.cost.zip(spent.currency);
        match known {
            Some((cost, currency)) if limits.limits.iter().any(|(it, _)| it == currency) => {
                add(&mut self.spent, currency, cost);
                self.learn(spent.channel, currency, cost);
            }
            Some((_, currency)) => self.stop(format!(
                "a message cost {}, for which the spend limit has no amount, so what is spent can't be kept \
                 within it",
                shown(currency)
            )),
            None if limits.max_cost.is_empty() => self.stop(
                "a receipt has no cost, and there is no max_cost to count in its place, so what is spent is not known"
                    .to_owned(),
            ),
            None => limits.max_cost.iter().for_each(|(currency, cost)| add(&mut self.spent, currency, *cost)),
        }
    }

    /// It counts as spent: as what was held for it, or as soon as it is known what one costs.
    fn count_unknown(&mut self, limits: &Limits, held: &Held, channel: &str) {
        if self.is_known(limits, channel) {
            let amounts = limits.limits.iter().map(|(currency, _)| {
                let was_held = held.amounts.iter().find(|(it, _)| it == currency).map(|(_, amount)| *amount);
                (currency.clone(), was_held.unwrap_or_else(|| self.expected_cost(limits, channel, currency)))
            });
            let amounts: Vec<_> = amounts.collect();
            amounts.iter().for_each(|(currency, amount)| add(&mut self.spent, currency, *amount));
        } else {
            self.channels.entry(channel.to_owned()).or_default().unpriced += 1;
        }
    }

    fn learn(&mut self, channel: &str, currency: &str, cost: Decimal) {
        // The name is the service's: their number is not to fill memory.
        if self.channels.len() >= MAX_CHANNELS && !self.channels.contains_key(channel) {
            return;
        }
        let entry = self.channels.entry(channel.to_owned()).or_default();
        let highest = entry.highest.entry(currency.to_owned()).or_default();
        *highest = cost.max(*highest);
        let highest = *highest;
        let unpriced = Decimal::from(std::mem::take(&mut entry.unpriced));
        add(&mut self.spent, currency, highest.checked_mul(unpriced).unwrap_or(BEYOND));
    }

    fn stop(&mut self, reason: String) {
        self.stopped.get_or_insert(reason);
    }

    fn is_known(&self, limits: &Limits, channel: &str) -> bool {
        !limits.max_cost.is_empty() || self.channels.get(channel).is_some_and(|it| !it.highest.is_empty())
    }

    fn expected_cost(&self, limits: &Limits, channel: &str, currency: &str) -> Decimal {
        let seen = self.channels.get(channel).and_then(|it| it.highest.get(currency)).copied();
        limits.max_cost(currency).unwrap_or_default().max(seen.unwrap_or_default())
    }
}

/// How many channels are told apart.
const MAX_CHANNELS: usize = 100;

fn get(amounts: &HashMap<String, Decimal>, currency: &str) -> Decimal {
    amounts.get(currency).copied().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn limits(limit: &str, max_cost: Option<&str>) -> Limits {
        Limits {
            limits: vec![("SGD".to_owned(), amount(limit))],
            max_cost: max_cost.map(|cost| ("SGD".to_owned(), amount(cost))).into_iter().collect(),
        }
    }

    fn sent(cost: Option<&str>) -> Spent<'static> {
        let currency = cost.map(|_| "SGD");
        Spent { outcome: Outcome::Sent, channel: "SMS", cost: cost.map(amount), currency }
    }

    fn held(decision: Decision) -> Held {
        match decision {
            Decision::Held(held) => held,
            Decision::Wait => panic!("it waits"),
            Decision::Refused(reason) => panic!("{reason}"),
        }
    }

    #[test]
    fn with_max_cost_the_limit_is_exact() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", Some("0.25")));
        let four: Vec<_> = (0..4).map(|_| held(book.hold(&limits, &["SMS"]))).collect();
        assert!(matches!(book.hold(&limits, &["SMS"]), Decision::Wait), "they may cost less");
        four.into_iter().for_each(|it| book.settle(&limits, it, &sent(Some("0.25"))));
        assert!(matches!(book.hold(&limits, &["SMS"]), Decision::Refused(_)));
        assert_eq!(get(&book.spent, "SGD"), amount("1.00"));
    }

    #[test]
    fn until_a_cost_is_known_messages_go_one_at_a_time() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        let first = held(book.hold(&limits, &["SMS"]));
        assert!(matches!(book.hold(&limits, &["SMS"]), Decision::Wait));
        let other_channel = held(book.hold(&limits, &["EMAIL"]));
        book.settle(&limits, other_channel, &Spent { outcome: Outcome::NotSent, ..sent(None) });
        book.settle(&limits, first, &sent(Some("0.30")));
        let three: Vec<_> = std::iter::from_fn(|| match book.hold(&limits, &["SMS"]) {
            Decision::Held(held) => Some(held),
            _ => None,
        })
        .collect();
        assert_eq!(three.len(), 2, "0.30 is spent, and two more may cost 0.60");
    }

    #[test]
    fn an_unknown_counts_as_spent() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        let unknown = Spent { outcome: Outcome::Unknown, ..sent(None) };
        let first = held(book.hold(&limits, &["SMS"]));
        book.settle(&limits, first, &unknown);
        let second = held(book.hold(&limits, &["SMS"]));
        book.settle(&limits, second, &sent(Some("0.40")));
        assert_eq!(get(&book.spent, "SGD"), amount("0.80"), "the first one costs what the second did");
        assert!(matches!(book.hold(&limits, &["SMS"]), Decision::Refused(_)));
    }

    #[test]
    fn what_cannot_be_counted_stops() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        let first = held(book.hold(&limits, &["SMS"]));
        book.settle(&limits, first, &sent(None));
        assert!(
            matches!(book.hold(&limits, &["SMS"]), Decision::Refused(reason) if reason.contains("max_cost"))
        );

        let (mut book, limits) = (SpendingBook::default(), self::limits("1.00", Some("0.10")));
        let first = held(book.hold(&limits, &["SMS"]));
        book.settle(&limits, first, &sent(None));
        assert_eq!(get(&book.spent, "SGD"), amount("0.10"));
        let foreign = held(book.hold(&limits, &["SMS"]));
        book.settle(&limits, foreign, &Spent { currency: Some("USD"), ..sent(Some("0.01")) });
        assert!(matches!(book.hold(&limits, &["SMS"]), Decision::Refused(reason) if reason.contains("USD")));
    }

    #[test]
    fn a_fallback_holds_its_dearest_channel() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        for (channel, cost) in [("SMS", "0.10"), ("WHATSAPP", "0.40")] {
            let first = held(book.hold(&limits, &[channel]));
            book.settle(&limits, first, &Spent { channel, ..sent(Some(cost)) });
        }
        let both = held(book.hold(&limits, &["SMS", "WHATSAPP"]));
        assert_eq!(both.amounts, [("SGD".to_owned(), amount("0.40"))]);
        assert!(matches!(book.hold(&limits, &["SMS", "WHATSAPP"]), Decision::Wait));
        assert!(matches!(book.hold(&limits, &["SMS"]), Decision::Held(_)));
    }
}
