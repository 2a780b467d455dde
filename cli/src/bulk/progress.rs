//! How far a run is: a bar on a terminal, otherwise lines or JSON.

use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use partner_messaging::BatchSummary;
use serde_json::{Value, json};

use crate::output::{note, printable};

const BAR_INTERVAL: Duration = Duration::from_millis(100);
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
    bar: ProgressBar,
    last: Mutex<Instant>,
}

impl Progress {
    pub(crate) fn new(form: ProgressForm, total: Option<u64>) -> Self {
        let form = match form {
            ProgressForm::Auto if stderr().is_terminal() => ProgressForm::Bar,
            ProgressForm::Auto => ProgressForm::Lines,
            other => other,
        };
        let bar = match (form, total) {
            (ProgressForm::Bar, Some(total)) => ProgressBar::new(total),
            (ProgressForm::Bar, None) => ProgressBar::new_spinner(),
            _ => ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden()),
        };
        let template = match total {
            Some(_) => "{bar:24} {pos}/{len} {msg}",
            None => "{spinner} {pos} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { form, total, bar, last: Mutex::new(Instant::now()) }
    }

    /// Shows the sums, if it is time.
    pub(crate) fn show_now_and_then(&self, summary: impl FnOnce() -> BatchSummary) {
        match self.form {
            ProgressForm::Bar if self.is_time(BAR_INTERVAL) => {
                let summary = summary();
                self.bar.set_position(ended(&summary));
                self.bar.set_message(self.text(&summary));
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
        match self.form {
            ProgressForm::Bar => self.bar.suspend(|| note(text)),
            _ => note(text),
        }
    }

    /// Shows the last sums.
    pub(crate) fn end(&self, summary: &BatchSummary) {
        if self.form == ProgressForm::Json {
            note(self.json(summary));
        }
        self.bar.finish_and_clear();
    }

    fn is_time(&self, interval: Duration) -> bool {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
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
