//! How many sends came in each second, by outcome.

use std::collections::VecDeque;

use serde::Serialize;

use crate::inbox::Outcome;
use crate::timestamp::Timestamp;

/// How many seconds in which something came are kept.
const MAX_SECONDS: usize = 3600;

/// One second: its number since 1970, and how many were sent, rejected and unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Second(pub(crate) i64, u32, u32, u32);

/// The last seconds in which something came, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Rates(VecDeque<Second>);

impl Rates {
    pub(crate) fn count(&mut self, at: Timestamp, outcome: Outcome) {
        let second = at.seconds();
        // A clock that was set back counts for the last second it had shown.
        if self.0.back().is_none_or(|last| last.0 < second) {
            self.0.push_back(Second(second, 0, 0, 0));
            if self.0.len() > MAX_SECONDS {
                self.0.pop_front();
            }
        }
        if let Some(last) = self.0.back_mut() {
            match outcome {
                Outcome::Sent => last.1 += 1,
                Outcome::Rejected => last.2 += 1,
                Outcome::Unknown => last.3 += 1,
            }
        }
    }

    /// Those from this second on.
    pub(crate) fn since(&self, second: i64) -> Vec<Second> {
        let begin = self.0.partition_point(|it| it.0 < second);
        self.0.range(begin..).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_counted_and_the_oldest_forgotten() {
        let start = Timestamp::parse("2026-01-02T03:04:05Z").unwrap();
        let mut rates = Rates::default();
        rates.count(start, Outcome::Sent);
        rates.count(start.plus_ms(999), Outcome::Unknown);
        rates.count(start.plus_ms(2000), Outcome::Rejected);
        rates.count(start, Outcome::Sent);
        let first = start.seconds();
        assert_eq!(rates.since(0), [Second(first, 1, 0, 1), Second(first + 2, 1, 1, 0)]);
        assert_eq!(rates.since(first + 1).len(), 1);
        for second in 3..4000 {
            rates.count(start.plus_ms(second * 1000), Outcome::Sent);
        }
        assert_eq!(rates.since(0).len(), MAX_SECONDS);
    }
}
