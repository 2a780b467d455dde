//! What was spent and what is held for messages under way, of all clients that share it.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::error::Outcome;
use crate::journal::{Affordability, Amounts, Budget, Spending};

#[derive(Default)]
pub(super) struct SpendingBook {
    /// That of messages without a key.
    here: Spending,
    /// What is held for messages with a key, which have no claim yet.
    unclaimed: Spending,
    /// What the journal, if there is one, had when it was last asked.
    journal: Option<Arc<Spending>>,
    /// Why nothing more may be sent.
    stopped: Option<String>,
}

/// What a client allows.
pub(super) struct Limits {
    pub(super) limits: Amounts,
    pub(super) max_cost: Amounts,
}

/// What is held for one message under way.
pub(super) struct Held {
    channels: Vec<String>,
    /// Whether the message is going to have a claim.
    has_key: bool,
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

impl SpendingBook {
    /// Whether the journal was asked at all.
    pub(super) fn knows_journal(&self) -> bool {
        self.journal.is_some()
    }

    /// The journal was asked.
    pub(super) fn set_journal(&mut self, spending: Arc<Spending>) {
        self.journal = Some(spending);
    }

    /// Holds what a message by the most expensive of these channels may cost.
    pub(super) fn hold(&mut self, limits: &Limits, channels: &[&str], has_key: bool) -> Decision {
        if let Some(reason) = &self.stopped {
            return Decision::Refused(reason.clone());
        }
        let channels: Vec<_> = channels.iter().map(|channel| (*channel).to_owned()).collect();
        let budget = limits.budget(&channels, Spending::default());
        let affordable = match &self.journal {
            None => self.here.check(&budget),
            Some(journal) => journal.plus(&self.here).plus(&self.unclaimed).check(&budget),
        };
        match affordable {
            Affordability::Now => {
                self.place(has_key).begin(&channels);
                Decision::Held(Held { channels, has_key })
            }
            Affordability::Later => Decision::Wait,
            Affordability::Never(reason) => Decision::Refused(reason),
        }
    }

    fn place(&mut self, has_key: bool) -> &mut Spending {
        if has_key { &mut self.unclaimed } else { &mut self.here }
    }

    /// What a claim has to keep for which this is held. What is held for others that have no
    /// claim either is not counted: who claims first has it.
    pub(super) fn budget(&self, limits: &Limits, held: &Held) -> Budget {
        limits.budget(&held.channels, self.here.clone())
    }

    /// A claim has been made for what was held; the journal counts it from now on. It
    /// knows one channel of it: where there are others, it stays held here, too.
    pub(super) fn claimed(&mut self, held: Held) -> Option<Held> {
        if held.channels.len() > 1 {
            return Some(held);
        }
        self.release(&held);
        None
    }

    fn release(&mut self, held: &Held) {
        self.place(held.has_key).end(&held.channels);
    }

    /// Gives back what was held for a message, and counts what it came to.
    pub(super) fn settle(&mut self, limits: &Limits, held: &Held, spent: &Spent<'_>) {
        self.release(held);
        match (spent.outcome, spent.cost.zip(spent.currency)) {
            (Outcome::Rejected | Outcome::NotSent, _) => {}
            (Outcome::Sent, Some((cost, currency))) => self.here.spend(spent.channel, currency, cost),
            (Outcome::Sent, None) | (Outcome::Unknown, _) => self.here.spend_unpriced(spent.channel),
        }
        self.stop_if_unpriced(limits, spent);
    }

    /// The same for a message with a claim: the journal counts what it came to.
    pub(super) fn settle_claimed(&mut self, limits: &Limits, held: Option<&Held>, spent: &Spent<'_>) {
        if let Some(held) = held {
            self.release(held);
        }
        self.stop_if_unpriced(limits, spent);
    }

    fn stop_if_unpriced(&mut self, limits: &Limits, spent: &Spent<'_>) {
        if spent.outcome == Outcome::Sent && spent.cost.is_none() && limits.max_cost.is_empty() {
            self.stopped.get_or_insert_with(|| {
                "a receipt has no cost, and there is no max_cost to count in its place, so what is spent is not known"
                    .to_owned()
            });
        }
    }
}

impl Limits {
    fn budget(&self, channels: &[String], besides: Spending) -> Budget {
        let Self { limits, max_cost } = self;
        Budget { limits: limits.clone(), max_cost: max_cost.clone(), channels: channels.to_vec(), besides }
    }
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

    fn refusal(decision: Decision) -> String {
        match decision {
            Decision::Refused(reason) => reason,
            Decision::Held(_) => panic!("it is held"),
            Decision::Wait => panic!("it waits"),
        }
    }

    /// As many as can be held at once.
    fn all(book: &mut SpendingBook, limits: &Limits, channels: &[&str]) -> Vec<Held> {
        std::iter::from_fn(|| match book.hold(limits, channels, false) {
            Decision::Held(held) => Some(held),
            _ => None,
        })
        .collect()
    }

    #[test]
    fn with_max_cost_the_limit_is_exact() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", Some("0.25")));
        let four = all(&mut book, &limits, &["SMS"]);
        assert_eq!(four.len(), 4);
        assert!(matches!(book.hold(&limits, &["SMS"], false), Decision::Wait), "they may cost less");
        four.into_iter().for_each(|it| book.settle(&limits, &it, &sent(Some("0.25"))));
        assert!(refusal(book.hold(&limits, &["SMS"], false)).contains("1.00 is spent"));
    }

    #[test]
    fn until_a_cost_is_known_messages_go_one_at_a_time() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        let first = held(book.hold(&limits, &["SMS"], false));
        assert!(matches!(book.hold(&limits, &["SMS"], false), Decision::Wait));
        let other_channel = held(book.hold(&limits, &["EMAIL"], false));
        book.settle(&limits, &other_channel, &Spent { outcome: Outcome::NotSent, ..sent(None) });
        book.settle(&limits, &first, &sent(Some("0.30")));
        assert_eq!(all(&mut book, &limits, &["SMS"]).len(), 2, "0.30 is spent, and two more may cost 0.60");
    }

    #[test]
    fn an_unknown_counts_as_spent() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        let unknown = Spent { outcome: Outcome::Unknown, ..sent(None) };
        let first = held(book.hold(&limits, &["SMS"], false));
        book.settle(&limits, &first, &unknown);
        let second = held(book.hold(&limits, &["SMS"], false));
        book.settle(&limits, &second, &sent(Some("0.40")));
        let reason = refusal(book.hold(&limits, &["SMS"], false));
        assert!(reason.contains("0.80 is spent"), "the first one costs what the second did: {reason}");
    }

    #[test]
    fn what_cannot_be_counted_stops() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        let first = held(book.hold(&limits, &["SMS"], false));
        book.settle(&limits, &first, &sent(None));
        assert!(refusal(book.hold(&limits, &["SMS"], false)).contains("max_cost"));

        let (mut book, limits) = (SpendingBook::default(), self::limits("1.00", Some("0.10")));
        let first = held(book.hold(&limits, &["SMS"], false));
        book.settle(&limits, &first, &sent(None));
        assert_eq!(all(&mut book, &limits, &["SMS"]).len(), 9, "it counts as 0.10");

        let (mut book, limits) = (SpendingBook::default(), self::limits("1.00", Some("0.10")));
        let foreign = held(book.hold(&limits, &["SMS"], false));
        book.settle(&limits, &foreign, &Spent { currency: Some("USD"), ..sent(Some("0.01")) });
        assert!(refusal(book.hold(&limits, &["SMS"], false)).contains("USD"));
    }

    #[test]
    fn a_fallback_holds_its_most_expensive_channel() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", None));
        for (channel, cost) in [("SMS", "0.10"), ("WHATSAPP", "0.40")] {
            let first = held(book.hold(&limits, &[channel], false));
            book.settle(&limits, &first, &Spent { channel, ..sent(Some(cost)) });
        }
        book.set_journal(Arc::default());
        let both = held(book.hold(&limits, &["SMS", "WHATSAPP"], true));
        assert!(matches!(book.hold(&limits, &["SMS", "WHATSAPP"], false), Decision::Wait));
        let sms = held(book.hold(&limits, &["SMS"], true));
        // The journal knows one channel of each: the most expensive stays held.
        assert!(book.claimed(sms).is_none());
        assert!(book.claimed(both).is_some());
        assert!(matches!(book.hold(&limits, &["WHATSAPP"], false), Decision::Wait));
        assert_eq!(all(&mut book, &limits, &["SMS"]).len(), 1);
    }

    #[test]
    fn what_the_journal_has_counts_besides() {
        let (mut book, limits) = (SpendingBook::default(), limits("1.00", Some("0.25")));
        let mut journal = Spending::default();
        journal.spend("SMS", "SGD", amount("0.30"));
        journal.begin(&["SMS"]);
        book.set_journal(Arc::new(journal.clone()));
        // 0.30 was more than it should have cost: so may each.
        let one = all(&mut book, &limits, &["SMS"]);
        assert_eq!(one.len(), 1);
        let budget = book.budget(&limits, &one[0]);
        assert_eq!(journal.check(&budget), Affordability::Now, "its own is not held twice");
        journal.begin(&["SMS"]);
        assert_eq!(journal.check(&budget), Affordability::Later, "others were faster");
        journal.spend("SMS", "SGD", amount("0.60"));
        assert!(matches!(journal.check(&budget), Affordability::Never(_)));
    }
}
