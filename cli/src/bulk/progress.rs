//! How far a run is: a bar on a terminal, otherwise lines or JSON.

use std::cmp::Ordering;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use partner_messaging::BatchSummary;
use serde_json::{Value, json};

use crate::output::{note, printable};
use crate::terminal::Line;

const BAR_INTERVAL: Duration = Duration::from_millis(100);
const BAR_WIDTH: u64 = 24;
/// A line comes this often where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(5);
const JSON_INTERVAL: Duration = Duration::from_secs(1);

/// What people or programs are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ProgressForm {
    /// A bar on a terminal, otherwise lines
    Auto,
    /// A bar
    Bar,
    /// A line now and then
    Lines,
    /// A JSON object a second
    Json,
    /// Nothing
    None,
}

/// Shows the sums while a run is under way, on standard error.
pub(crate) struct Progress {
    form: ProgressForm,
    /// Rows that are to go through the run, where they are known.
    total: Option<u64>,
    line: Mutex<Line>,
    last: Mutex<Instant>,
}

impl Progress {
    pub(crate) fn new(form: ProgressForm, total: Option<u64>) -> Self {
        let form = match form {
            ProgressForm::Auto if stderr().is_terminal() => ProgressForm::Bar,
            ProgressForm::Auto => ProgressForm::Lines,
            other => other,
        };
        Self { form, total, line: Mutex::new(Line::new()), last: Mutex::new(Instant::now()) }
    }

    /// Shows the sums, if it is time.
    pub(crate) fn show_now_and_then(&self, summary: impl FnOnce() -> BatchSummary) {
        match self.form {
            ProgressForm::Bar if self.is_time(BAR_INTERVAL) => {
                let summary = summary();
                self.line().draw(&self.bar(&summary));
            }
            ProgressForm::Lines if self.is_time(LINE_INTERVAL) => {
                let summary = summary();
                let of = self.total.map_or_else(String::new, |total| format!("/{total}"));
                note(format_args!("{}{of} {}", ended(&summary), self.text(&summary)));
            }
            ProgressForm::Json if self.is_time(JSON_INTERVAL) => note(self.json(&summary())),
            _ => {}
        }
    }

    /// A line for people that a bar doesn't overwrite.
    pub(crate) fn say(&self, text: &str) {
        self.line().clear();
        note(text);
    }

    /// Shows the last sums.
    pub(crate) fn end(&self, summary: &BatchSummary) {
        if self.form == ProgressForm::Json {
            note(self.json(summary));
        }
        self.line().clear();
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much of the rows has ended, as people see it, and the sums.
    fn bar(&self, summary: &BatchSummary) -> String {
        let (ended, text) = (ended(summary), self.text(summary));
        let Some(total) = self.total else { return format!("{ended} {text}") };
        let filled = (ended * BAR_WIDTH).checked_div(total).unwrap_or(BAR_WIDTH).min(BAR_WIDTH);
        let bar: String = (0..BAR_WIDTH)
            .map(|at| match at.cmp(&filled) {
                Ordering::Less => '=',
                Ordering::Equal => '>',
                Ordering::Greater => ' ',
            })
            .collect();
        format!("{bar} {ended}/{total} {text}")
    }

    fn is_time(&self, interval: Duration) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.elapsed() >= interval;
        if due {
            *last = Instant::now();
        }
        due
    }

    fn text(&self, summary: &BatchSummary) -> String {
        let counts = [
            (summary.sent, "sent"),
            (summary.replayed, "sent before"),
            (summary.rejected, "rejected"),
            (summary.not_sent, "not sent"),
            (summary.unknown, "unknown"),
        ];
        let mut parts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        parts.push(format!("{:.0}/s", summary.rate));
        parts.extend(summary.cost.iter().map(|(currency, cost)| format!("{cost} {}", printable(currency))));
        parts.extend(self.time_left(summary).map(|left| format!("{} left", clock(left))));
        parts.join(", ")
    }

    fn time_left(&self, summary: &BatchSummary) -> Option<Duration> {
        let left = self.total?.checked_sub(ended(summary))?;
        // Counts beyond 2^53 don't occur.
        #[allow(clippy::cast_precision_loss)]
        let seconds = left as f64 / summary.rate;
        Duration::try_from_secs_f64(seconds).ok()
    }

    fn json(&self, summary: &BatchSummary) -> Value {
        let cost: serde_json::Map<String, Value> =
            summary.cost.iter().map(|(currency, cost)| (currency.clone(), cost.to_string().into())).collect();
        json!({
            "taken": summary.taken,
            "sent": summary.sent,
            "replayed": summary.replayed,
            "rejected": summary.rejected,
            "not_sent": summary.not_sent,
            "unknown": summary.unknown,
            "in_flight": summary.in_flight,
            "total": self.total,
            "cost": cost,
            "elapsed": summary.elapsed.as_secs_f64(),
            "rate": summary.rate,
        })
    }
}

fn ended(summary: &BatchSummary) -> u64 {
    summary.taken.saturating_sub(summary.in_flight)
}

/// Hours, minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}
