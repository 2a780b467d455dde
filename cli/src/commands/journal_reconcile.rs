//! Looking up in the service's list what became of messages whose outcome is unknown.

use partner_messaging::{CallOptions, Message, Outcome, PreparedMessage};
use partner_messaging_journal::Journal;
use serde_json::json;

use super::Context;
use crate::arguments::ReconcileArgs;
use crate::bulk::{Maker, Row, Rows};
use crate::connection::open_existing_journal;
use crate::output;
use crate::status::{Failure, Status};

/// So many rows are compared with the journal at a time.
const BATCH: usize = 500;

/// What was found, and what is unknown still.
#[derive(Default)]
struct Found {
    sent: u64,
    unknown: u64,
}

pub(super) fn run(context: &Context, arguments: &ReconcileArgs) -> Result<Status, Failure> {
    let place = arguments.rows.place();
    let journal = open_existing_journal(&arguments.journal)?;
    let client = context.client(&arguments.connection)?;
    let mut rows = Rows::open(&place, arguments.rows.format, arguments.rows.delimiter()?)?;
    let maker = Maker::new(&arguments.message, arguments.rows.key.as_deref(), journal.digester().wait()?)?;
    maker.check_columns(&rows, &place.name())?;
    let mut found = Found::default();
    let mut batch = Vec::with_capacity(BATCH);
    let mut row = Row::new();
    loop {
        let more = rows.next(&mut row)?;
        // What can't be sent was not.
        if more && let Ok(made) = maker.make(&rows, &row) {
            batch.push((made.key, made.digest, made.message));
        }
        if batch.len() == BATCH || !more {
            for (key, message) in unknowns(&journal, std::mem::take(&mut batch))? {
                look_up(context, &client, &journal, &key, &message, &mut found)?;
            }
        }
        if !more || context.interrupt.is_requested() {
            break;
        }
    }
    match context.json {
        true => output::line(json!({"sent": found.sent, "unknown": found.unknown}))?,
        false => output::line(format_args!(
            "{} were unknown and are sent, {} are unknown still",
            found.sent, found.unknown
        ))?,
    }
    Ok(if found.unknown > 0 { Status::Unknown } else { Status::Success })
}

/// Those whose outcome is unknown, each key once.
fn unknowns(
    journal: &Journal,
    rows: Vec<(String, [u8; 32], PreparedMessage)>,
) -> Result<Vec<(String, PreparedMessage)>, Failure> {
    let keys = rows.iter().map(|(key, digest, _)| (key.clone(), *digest)).collect();
    let states = journal.compare(keys).wait()?;
    let unknown = rows.into_iter().zip(states).filter_map(|((key, _, message), state)| {
        let state = state?;
        (state.same_message && state.outcome == Some(Outcome::Unknown)).then_some((key, message))
    });
    Ok(unknown.collect())
}

fn look_up(
    context: &Context,
    client: &partner_messaging::blocking::Client,
    journal: &Journal,
    key: &str,
    message: &PreparedMessage,
    found: &mut Found,
) -> Result<(), Failure> {
    let messages: [(&str, &dyn Message); 1] = [(key, message)];
    let records = context.call(client, &CallOptions::new(), async |client, options| {
        client.reconcile(journal, &messages, options).await
    })?;
    for record in records {
        match record.outcome {
            Some(Outcome::Sent) => found.sent += 1,
            _ => found.unknown += 1,
        }
    }
    Ok(())
}
