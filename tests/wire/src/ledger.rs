//! What the callers were told, held against what the server got.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use partner_messaging::{Error, Outcome, Receipt};

/// Two logs: the messages that arrived whole at the server, and the outcome of
/// each call. A message is known by the number in its text, `call-7`.
#[derive(Debug, Default)]
pub struct Ledger {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    entries: BTreeMap<u64, Entry>,
    /// Sums of the entries that were closed.
    closed: Sums,
}

#[derive(Debug, Default, Clone)]
struct Sums {
    calls: usize,
    outcomes: [usize; 4],
    accepted: u32,
}

const OUTCOMES: [Outcome; 4] = [Outcome::Sent, Outcome::Rejected, Outcome::NotSent, Outcome::Unknown];

impl Sums {
    fn add(&mut self, entry: &Entry) {
        self.calls += 1;
        self.accepted += entry.accepted;
        for (sum, outcome) in self.outcomes.iter_mut().zip(OUTCOMES) {
            *sum += usize::from(entry.told == [outcome]);
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Entry {
    accepted: u32,
    told: Vec<Outcome>,
}

impl Ledger {
    /// The text of the message number `call`.
    #[must_use]
    pub fn text(call: u64) -> String {
        format!("call-{call}.")
    }

    /// The number in a request's body.
    #[must_use]
    pub fn call_in(body: &[u8]) -> Option<u64> {
        let text = std::str::from_utf8(body).ok()?;
        text.split_once("call-")?.1.split_once('.')?.0.parse().ok()
    }

    /// The server took the message in this body.
    pub fn accepted(&self, body: &[u8]) {
        if let Some(call) = Self::call_in(body) {
            self.lock().entries.entry(call).or_default().accepted += 1;
        }
    }

    /// A call ended.
    pub fn told(&self, call: u64, result: &Result<Receipt, Error>) {
        let outcome = match result {
            Ok(_) => Some(Outcome::Sent),
            Err(error) => error.outcome(),
        };
        self.lock().entries.entry(call).or_default().told.extend(outcome);
    }

    /// How often the message was accepted.
    #[must_use]
    pub fn times_accepted(&self, call: u64) -> u32 {
        self.lock().entries.get(&call).map_or(0, |entry| entry.accepted)
    }

    /// Every way in which the two logs do not fit together:
    /// each call ends in exactly one outcome; sent ⊆ accepted ⊆ sent ∪ unknown;
    /// nothing is accepted twice.
    #[must_use]
    pub fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (call, entry) in &self.lock().entries {
            let problem = match (entry.told.as_slice(), entry.accepted) {
                ([Outcome::Sent], 1)
                | ([Outcome::Unknown], 0 | 1)
                | ([Outcome::NotSent | Outcome::Rejected], 0) => continue,
                ([], _) => "ended without an outcome",
                ([_, _, ..], _) => "ended more than once",
                (_, 2..) => "was accepted more than once",
                ([Outcome::Sent], _) => "was told sent and never accepted",
                (_, _) => "was told not to be accepted, and was",
            };
            found.push(format!("call {call} {problem}: {entry:?}"));
        }
        found
    }

    /// Closes the entries to which nothing more may come: what does come makes
    /// a new entry without an outcome, and so a contradiction. Keeps a long
    /// run's memory flat.
    pub fn close_settled(&self) {
        let mut book = self.lock();
        let Book { entries, closed } = &mut *book;
        entries.retain(|_, entry| {
            let settled = matches!(
                (entry.told.as_slice(), entry.accepted),
                ([Outcome::Sent | Outcome::Unknown], 1) | ([Outcome::NotSent | Outcome::Rejected], 0)
            );
            if settled {
                closed.add(entry);
            }
            !settled
        });
    }

    fn sums(&self) -> Sums {
        let book = self.lock();
        let mut sums = book.closed.clone();
        book.entries.values().for_each(|entry| sums.add(entry));
        sums
    }

    /// How many calls ended in each outcome, and how many were accepted, as one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let sums = self.sums();
        let mut line = format!("{} calls", sums.calls);
        for (outcome, count) in OUTCOMES.iter().zip(sums.outcomes) {
            let _ = write!(line, ", {count} {outcome}");
        }
        let _ = write!(line, "; {} accepted", sums.accepted);
        line
    }

    /// How many calls were told `outcome`.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        OUTCOMES
            .iter()
            .zip(self.sums().outcomes)
            .find_map(|(known, count)| (*known == outcome).then_some(count))
            .unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
