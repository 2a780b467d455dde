//! Sending one message.

use std::io::{self, IsTerminal};

use partner_messaging::{CallOptions, WireMessage};

use super::Context;
use crate::arguments::SendArgs;
use crate::connection::open_journal;
use crate::status::{Failure, Status};
use crate::{files, output};

pub(super) fn run(context: &Context, arguments: &SendArgs) -> Result<Status, Failure> {
    let message = WireMessage::from_json(message(arguments)?);
    let mut builder = arguments.connection.builder(context.language)?;
    if let Some(place) = &arguments.journal {
        builder = builder.own_journal(open_journal(place)?);
    }
    let client = builder.build_blocking()?;
    let mut options = CallOptions::new();
    if let Some(key) = &arguments.key {
        options = options.key(key);
    }
    let receipt =
        context.call(&client, &options, async |client, options| client.send_opts(&message, options).await)?;
    // That nobody reads it changes nothing of what became of the message.
    let _ = match context.json {
        true => output::line(output::receipt_json(&receipt, arguments.key.as_deref())),
        false => output::line(format_args!(
            "{} as {}{}{}",
            output::outcome_word(Some(partner_messaging::Outcome::Sent)),
            output::printable(&receipt.message_id),
            match output::cost(receipt.cost, receipt.currency.as_deref()) {
                Some(cost) => format!(" for {}", output::printable(&cost)),
                None => String::new(),
            },
            if receipt.replayed { " (before; nothing was sent now)" } else { "" },
        )),
    };
    Ok(Status::Success)
}

/// The message by the options, or from standard input.
fn message(arguments: &SendArgs) -> Result<String, Failure> {
    if !arguments.message.is_empty() {
        return arguments.message.json();
    }
    if io::stdin().is_terminal() {
        return Err(Failure::usage(
            "which message? Give it by options such as --channel, --to and --content, or as JSON on standard input",
        ));
    }
    files::read_standard_input()
}
