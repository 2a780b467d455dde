//! The sum of a run: what became of every row.

use std::collections::BTreeMap;
use std::time::Duration;

use partner_messaging::journal::rfc3339;
use partner_messaging::{BatchSummary, Decimal};
use serde_json::{Value, json};

use super::check::Checked;
use crate::output::{line, printable};
use crate::status::{Failure, Status};

/// Counts that add up: `rows = sent + before + rejected + not_sent + unknown + invalid + not_begun`.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    /// All rows that were read. Of a pipe that was not read to its end: those until then.
    pub(crate) rows: u64,
    /// Accepted in this run.
    pub(crate) sent: u64,
    /// Accepted before, by the journal: in an earlier run, or as a row before in this one.
    pub(crate) sent_before: u64,
    pub(crate) rejected: u64,
    pub(crate) not_sent: u64,
    pub(crate) unknown: u64,
    /// Rows that can't be sent, and were skipped.
    pub(crate) invalid: u64,
    /// How many rows are the same as one before, under the same key.
    pub(crate) same: u64,
    pub(crate) first_sent: Option<i64>,
    pub(crate) last_sent: Option<i64>,
    pub(crate) cost: BTreeMap<String, Decimal>,
    pub(crate) unpriced: u64,
    pub(crate) elapsed: Duration,
    pub(crate) rate: f64,
}

impl Sum {
    /// Of the check, the rows that were passed over and those that went through the run.
    pub(crate) fn new(checked: &Checked, rows: u64, invalid: u64, passed: u64, run: &BatchSummary) -> Self {
        Self {
            rows,
            sent: run.sent,
            sent_before: run.replayed + passed,
            rejected: run.rejected,
            not_sent: run.not_sent,
            unknown: run.unknown,
            invalid,
            same: checked.same,
            first_sent: checked.first_sent,
            last_sent: checked.last_sent,
            cost: run.cost.clone(),
            unpriced: run.unpriced,
            elapsed: run.elapsed,
            rate: run.rate,
        }
    }

    pub(crate) fn not_begun(&self) -> u64 {
        let ended =
            self.sent + self.sent_before + self.rejected + self.not_sent + self.unknown + self.invalid;
        self.rows.saturating_sub(ended)
    }

    /// What the counts mean for the program.
    pub(crate) fn status(&self) -> Status {
        if self.unknown > 0 {
            Status::Unknown
        } else if self.rejected + self.not_sent + self.invalid + self.not_begun() > 0 {
            Status::NotSent
        } else {
            Status::Success
        }
    }

    /// Shows it; the last line has all of it.
    pub(crate) fn show(&self, as_json: bool, journal: Option<&str>, status: Status) -> Result<(), Failure> {
        if as_json {
            return line(self.json(journal, status));
        }
        for (name, count) in self.counts() {
            line(format_args!("{name:<14} {count:>10}"))?;
        }
        line(self.sentence())
    }

    fn counts(&self) -> Vec<(&'static str, u64)> {
        let all = [
            ("rows", self.rows),
            ("sent", self.sent),
            ("sent before", self.sent_before),
            ("rejected", self.rejected),
            ("not sent", self.not_sent),
            ("unknown", self.unknown),
            ("invalid", self.invalid),
            ("not begun", self.not_begun()),
        ];
        all.into_iter().filter(|(name, count)| *count > 0 || ["rows", "sent"].contains(name)).collect()
    }

    fn sentence(&self) -> String {
        let mut counts = self.counts().into_iter();
        let mut text = counts.next().map_or_else(String::new, |(name, count)| format!("{count} {name}: "));
        let counts: Vec<String> = counts
            .map(|(name, count)| match (name, self.when()) {
                ("sent before", Some(when)) => format!("{count} {name} ({when})"),
                _ => format!("{count} {name}"),
            })
            .collect();
        text.push_str(&counts.join(", "));
        if self.same > 0 {
            let rows = if self.same == 1 { "row was" } else { "rows were" };
            text.push_str(&format!("; {} {rows} the same as one before", self.same));
        }
        for (currency, cost) in &self.cost {
            text.push_str(&format!("; {cost} {}", printable(currency)));
        }
        if self.unpriced > 0 {
            text.push_str(&format!("; {} without a cost", self.unpriced));
        }
        text
    }

    /// When those were sent that were sent before.
    fn when(&self) -> Option<String> {
        let (first, last) = (rfc3339(self.first_sent?), rfc3339(self.last_sent?));
        Some(if first == last { first } else { format!("{first} to {last}") })
    }

    fn json(&self, journal: Option<&str>, status: Status) -> Value {
        let cost: serde_json::Map<String, Value> =
            self.cost.iter().map(|(currency, cost)| (currency.clone(), cost.to_string().into())).collect();
        json!({
            "rows": self.rows,
            "sent": self.sent,
            "sent_before": self.sent_before,
            "first_sent_before": self.first_sent.map(rfc3339),
            "last_sent_before": self.last_sent.map(rfc3339),
            "rejected": self.rejected,
            "not_sent": self.not_sent,
            "unknown": self.unknown,
            "invalid": self.invalid,
            "not_begun": self.not_begun(),
            "same": self.same,
            "cost": cost,
            "unpriced": self.unpriced,
            "elapsed": self.elapsed.as_secs_f64(),
            "rate": self.rate,
            "journal": journal,
            "status": status.code(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_add_up_on_the_last_line() {
        let sum = Sum {
            rows: 10,
            sent: 4,
            sent_before: 3,
            rejected: 1,
            invalid: 1,
            same: 1,
            first_sent: Some(0),
            last_sent: Some(60_000),
            cost: BTreeMap::from([("SGD".to_owned(), Decimal::new(20, 2))]),
            ..Sum::default()
        };
        assert_eq!(sum.not_begun(), 1);
        assert_eq!(
            sum.sentence(),
            "10 rows: 4 sent, 3 sent before (1970-01-01T00:00:00.000Z to 1970-01-01T00:01:00.000Z), 1 rejected, \
             1 invalid, 1 not begun; 1 row was the same as one before; 0.20 SGD"
        );
        assert_eq!(sum.status(), Status::NotSent);
        assert_eq!(Sum { unknown: 1, ..sum }.status(), Status::Unknown);
    }
}
