//! What is shown: lines for people, JSON for programs.

use std::fmt::Display;
use std::io::{self, Write};

use partner_messaging::{Decimal, Error, JournalRecord, MessageRecord, Outcome, Receipt, mask_recipient};
use serde_json::{Value, json};

use crate::status::{Failure, Status};
use crate::terminal::{Style, styled};

/// A line on standard output, flushed: it may be a pipe that somebody waits at.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::output)
}

/// A line to people on standard error. Who closed that wants no word.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Lines of a name and a value each, without those that are absent.
pub(crate) fn facts(facts: &[(&str, Option<String>)]) -> Result<(), Failure> {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in facts {
        if let Some(value) = value {
            line(format_args!("{:width$}  {}", name, printable(value)))?;
        }
    }
    Ok(())
}

/// A text of the service without what would drive the terminal.
pub(crate) fn printable(text: &str) -> String {
    let show = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(show).collect()
}

/// An outcome's word, in colour where people see it.
pub(crate) fn outcome_word(outcome: Option<Outcome>) -> String {
    let style = match outcome {
        Some(Outcome::Sent) => Style::Green,
        Some(Outcome::Unknown) => Style::Yellow,
        Some(_) => Style::Red,
        None => Style::Cyan,
    };
    styled(outcome.map_or("in_progress", Outcome::as_str), style)
}

/// An amount and its currency.
pub(crate) fn cost(cost: Option<Decimal>, currency: Option<&str>) -> Option<String> {
    cost.map(|cost| match currency {
        Some(currency) => format!("{cost} {currency}"),
        None => cost.to_string(),
    })
}

pub(crate) fn receipt_json(receipt: &Receipt, key: Option<&str>) -> Value {
    json!({
        "outcome": "sent",
        "key": key,
        "message_id": receipt.message_id,
        "recipient": receipt.recipient.as_deref().map(mask_recipient),
        "channel": receipt.channel,
        "status": receipt.status,
        "cost": receipt.cost.map(|cost| cost.to_string()),
        "currency": receipt.currency,
        "attempts": receipt.attempts,
        "replayed": receipt.replayed,
    })
}

pub(crate) fn record_json(record: &MessageRecord) -> Value {
    json!({
        "message_id": record.message_id,
        "recipient": record.recipient.as_deref().map(mask_recipient),
        "channel": record.channel,
        "status": record.status,
        "cost": record.cost.map(|cost| cost.to_string()),
        "currency": record.currency,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    })
}

pub(crate) fn journal_record_json(record: &JournalRecord) -> Value {
    json!({
        "key": record.key,
        "outcome": record.outcome.map_or("in_progress", Outcome::as_str),
        "resolved": record.resolved,
        "channel": record.channel,
        "kind": record.kind.map(|kind| kind.as_str()),
        "code": record.code,
        "message_id": record.message_id,
        "cost": record.cost.map(|cost| cost.to_string()),
        "currency": record.currency,
        "claimed_at": record.claimed_at,
        "deadline": record.deadline,
        "ended_at": record.ended_at,
        "claim_id": record.claim_id,
        "conflict": record.conflict.as_ref().map(|conflict| json!({
            "outcome": conflict.outcome.as_str(),
            "message_id": conflict.message_id,
            "at": conflict.at,
        })),
    })
}

/// An error as its fields, with the text that people get.
pub(crate) fn error_json(error: &Error, text: &str) -> Value {
    json!({
        "outcome": error.outcome().map(Outcome::as_str),
        "error": {
            "class": error.class().name(),
            "kind": error.kind().as_str(),
            "field": error.field(),
            "message": text,
            "attempts": error.attempts(),
            "elapsed": error.elapsed().as_secs_f64(),
            "status": error.status(),
            "code": error.code(),
            "request_id": error.request_id(),
            "retry_after": error.retry_after().map(|pause| pause.as_secs_f64()),
        },
    })
}

/// Tells why a command failed, and gives the status that this means.
pub(crate) fn tell(failure: &Failure, as_json: bool) -> Status {
    let status = failure.status();
    let text = match failure {
        Failure::Library(error) => {
            let text = error_text(error);
            if as_json {
                // That nobody reads it changes nothing of what became of the message.
                let _ = line(error_json(error, &text));
            }
            text
        }
        Failure::Usage(problem) => format!("{problem}\nTry --help."),
        Failure::File(problem) => problem.clone(),
        Failure::OutputClosed => return status,
    };
    note(format_args!("partner-messaging: {text}"));
    status
}

/// The library's words, with the field at fault called as the option that sets it.
pub(crate) fn error_text(error: &Error) -> String {
    let field = error.field().unwrap_or_default();
    match error.class() {
        partner_messaging::ErrorClass::Config => error.message_with_field(&option_of(field)),
        _ => error.to_string(),
    }
}

/// How the command line calls one of the library's options.
fn option_of(field: &str) -> String {
    match field {
        "api_key" => "PARTNER_MESSAGING_API_KEY or --api-key-file".to_owned(),
        "base_url" => "PARTNER_MESSAGING_BASE_URL".to_owned(),
        "endpoints" => "--endpoint".to_owned(),
        _ => match crate::arguments::has_option(field) {
            true => format!("--{}", field.replace('_', "-")),
            false => field.to_owned(),
        },
    }
}
