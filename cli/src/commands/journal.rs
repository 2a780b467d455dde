//! Looking into a journal, and settling what is open in it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use partner_messaging::journal::rfc3339;
use partner_messaging::{Decimal, JournalRecord, JournalSummary, Outcome, outcome_of};
use partner_messaging_journal::Journal;
use serde_json::{Value, json};

use super::{Context, journal_reconcile};
use crate::arguments::{ExportFormat, JournalCommand, OutcomeFilter, ResolveArgs};
use crate::connection::open_existing_journal;
use crate::status::{Failure, Status};
use crate::terminal::{Style, styled};
use crate::{files, output};

pub(super) fn run(context: &Context, command: JournalCommand) -> Result<Status, Failure> {
    match command {
        JournalCommand::Summary { place } => summary(context, &open_existing_journal(place.place())?),
        JournalCommand::List { place, outcome } => {
            list(context, &open_existing_journal(place.place())?, wanted(&outcome)?)
        }
        JournalCommand::Resolve(arguments) => resolve(context, arguments),
        JournalCommand::Reconcile(arguments) => journal_reconcile::run(context, &arguments),
        JournalCommand::Export { place, outcome, format, output } => {
            let wanted = wanted(&outcome)?;
            export(&open_existing_journal(place.place())?, wanted, format, output.as_deref())
        }
        JournalCommand::Purge { place, before } => {
            purge(context, &open_existing_journal(place.place())?, &before)
        }
        JournalCommand::Resume { place } => resume(context, &open_existing_journal(place.place())?),
    }
}

fn wanted(filter: &OutcomeFilter) -> Result<Option<Outcome>, Failure> {
    Ok(filter.outcome.as_deref().map(|word| outcome_of("outcome", word)).transpose()?)
}

fn summary(context: &Context, journal: &Journal) -> Result<Status, Failure> {
    let summary = journal.summary().wait()?;
    if context.json {
        output::line(summary_json(journal.name(), &summary))?;
        return Ok(Status::Success);
    }
    output::line(format_args!("journal {}", output::printable(journal.name())))?;
    for (word, count) in counts(&summary) {
        output::line(format_args!("{word:<12} {count:>10}"))?;
    }
    if summary.conflicts > 0 {
        output::line(format_args!("{:<12} {:>10}", "conflicts", summary.conflicts))?;
    }
    for (currency, cost) in costs(&summary) {
        output::line(format_args!("{:<12} {:>10} {}", "cost", cost, output::printable(&currency)))?;
    }
    Ok(Status::Success)
}

fn counts(summary: &JournalSummary) -> [(&'static str, u64); 5] {
    [
        ("sent", summary.sent),
        ("rejected", summary.rejected),
        ("not_sent", summary.not_sent),
        ("unknown", summary.unknown),
        ("in_progress", summary.in_progress),
    ]
}

/// What was spent by currency; what came without one stands under an empty name.
fn costs(summary: &JournalSummary) -> BTreeMap<String, Decimal> {
    let mut costs = BTreeMap::new();
    for total in summary.totals.iter().filter(|it| it.currency.is_some() || !it.cost.is_zero()) {
        *costs.entry(total.currency.clone().unwrap_or_default()).or_default() += total.cost;
    }
    costs
}

fn summary_json(name: &str, summary: &JournalSummary) -> Value {
    let outcomes: serde_json::Map<String, Value> =
        counts(summary).into_iter().map(|(word, count)| (word.to_owned(), count.into())).collect();
    let cost: serde_json::Map<String, Value> =
        costs(summary).into_iter().map(|(currency, cost)| (currency, cost.to_string().into())).collect();
    let totals: Vec<Value> = summary
        .totals
        .iter()
        .map(|total| {
            json!({
                "outcome": total.outcome.map_or("in_progress", Outcome::as_str),
                "channel": total.channel,
                "currency": total.currency,
                "messages": total.messages,
                "cost": total.cost.to_string(),
                "unpriced": total.unpriced,
            })
        })
        .collect();
    json!({
        "journal": name,
        "outcomes": outcomes,
        "cost": cost,
        "conflicts": summary.conflicts,
        "totals": totals,
    })
}

fn list(context: &Context, journal: &Journal, outcome: Option<Outcome>) -> Result<Status, Failure> {
    let mut is_first = true;
    for record in journal.records(outcome).blocking() {
        let record = record?;
        if context.json {
            output::line(output::journal_record_json(&record))?;
            continue;
        }
        if std::mem::take(&mut is_first) {
            output::line(styled(HEADING, Style::Bold))?;
        }
        output::line(row(&record))?;
    }
    Ok(Status::Success)
}

const HEADING: &str = "key                                      outcome     channel   kind         message id                       cost        ended";

fn row(record: &JournalRecord) -> String {
    let or_dash = |text: Option<&str>| output::printable(text.unwrap_or("-"));
    let cost = output::cost(record.cost, record.currency.as_deref());
    let outcome = output::outcome_word(record.outcome);
    let mut row = format!(
        "{:<40} {}{} {:<9} {:<12} {:<32} {:<11} {}",
        output::printable(&record.key),
        outcome,
        " ".repeat(11_usize.saturating_sub(record.outcome.map_or("in_progress", Outcome::as_str).len())),
        or_dash(record.channel.as_deref()),
        or_dash(record.kind.map(|kind| kind.as_str())),
        or_dash(record.message_id.as_deref()),
        or_dash(cost.as_deref()),
        or_dash(record.ended_at.as_deref()),
    );
    if let Some(conflict) = &record.conflict {
        row.push_str(&format!(
            "  conflict: later {} as {} at {}",
            conflict.outcome,
            or_dash(conflict.message_id.as_deref()),
            conflict.at
        ));
    }
    row
}

fn resolve(context: &Context, arguments: ResolveArgs) -> Result<Status, Failure> {
    let mut words = arguments.words.into_iter();
    let place = match arguments.journal {
        Some(place) => Some(place),
        None => words.next(),
    };
    let (Some(place), Some(key), Some(outcome), None) = (place, words.next(), words.next(), words.next())
    else {
        return Err(Failure::usage("give the journal, the key, and sent or not_sent"));
    };
    let outcome = outcome_of("outcome", &outcome.replace('-', "_"))?;
    let record =
        open_existing_journal(&place)?.resolve(&key, outcome, arguments.message_id.as_deref()).wait()?;
    match context.json {
        true => output::line(output::journal_record_json(&record))?,
        false => output::line(format_args!(
            "{} is now {}",
            output::printable(&key),
            output::outcome_word(record.outcome)
        ))?,
    }
    Ok(Status::Success)
}

fn purge(context: &Context, journal: &Journal, before: &str) -> Result<Status, Failure> {
    let purged = journal.purge_before(before).wait()?;
    match context.json {
        true => output::line(json!({ "purged": purged }))?,
        false => output::line(format_args!("{purged} records forgotten; their keys are new keys now"))?,
    }
    Ok(Status::Success)
}

fn resume(context: &Context, journal: &Journal) -> Result<Status, Failure> {
    let stop = journal.resume().wait()?;
    match (context.json, stop) {
        (true, stop) => {
            let (at, reason) = stop.map(|stop| (rfc3339(stop.at), stop.reason)).unzip();
            output::line(json!({ "resumed": at.is_some(), "at": at, "reason": reason }))?;
        }
        (false, None) => output::line("nothing was stopped")?,
        (false, Some(stop)) => output::line(format_args!(
            "runs may go on that were stopped at {}: {}",
            rfc3339(stop.at),
            output::printable(&stop.reason)
        ))?,
    }
    Ok(Status::Success)
}

fn export(
    journal: &Journal,
    outcome: Option<Outcome>,
    format: ExportFormat,
    path: Option<&Path>,
) -> Result<Status, Failure> {
    let failed = |error: io::Error| match path {
        Some(path) => files::of(path, &error),
        None => Failure::output(error),
    };
    let out: Box<dyn Write> = match path {
        Some(path) => Box::new(files::create(path)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut out = io::BufWriter::new(out);
    if matches!(format, ExportFormat::Csv) {
        writeln!(out, "{}", COLUMNS.join(",")).map_err(failed)?;
    }
    for record in journal.records(outcome).blocking() {
        let record = record?;
        match format {
            ExportFormat::Jsonl => {
                writeln!(out, "{}", output::journal_record_json(&record)).map_err(failed)?
            }
            ExportFormat::Csv => write_csv(&mut out, &record).map_err(failed)?,
        }
    }
    out.flush().map_err(failed)?;
    Ok(Status::Success)
}

const COLUMNS: [&str; 13] = [
    "key",
    "outcome",
    "resolved",
    "channel",
    "kind",
    "code",
    "message_id",
    "cost",
    "currency",
    "claimed_at",
    "deadline",
    "ended_at",
    "conflict",
];

fn write_csv(out: &mut impl Write, record: &JournalRecord) -> io::Result<()> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let conflict = record
        .conflict
        .as_ref()
        .map(|it| format!("{} {} {}", it.outcome, it.message_id.as_deref().unwrap_or("-"), it.at));
    let fields = [
        record.key.clone(),
        record.outcome.map_or("in_progress", Outcome::as_str).to_owned(),
        record.resolved.to_string(),
        text(&record.channel),
        record.kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        text(&record.code),
        text(&record.message_id),
        record.cost.map(|cost| cost.to_string()).unwrap_or_default(),
        text(&record.currency),
        record.claimed_at.clone(),
        record.deadline.clone(),
        text(&record.ended_at),
        conflict.unwrap_or_default(),
    ];
    let mut row = csv::Writer::from_writer(Vec::new());
    row.write_record(&fields).map_err(io::Error::other)?;
    out.write_all(&row.into_inner().map_err(|error| error.into_error())?)
}
