//! Sending one message after another, until one is accepted.

use std::time::Duration;

use super::send::{Send, send_with_key};
use crate::call::{Context, Deadline, KeyedCall};
use crate::config::CallOptions;
use crate::error::{Error, ErrorClass, FallbackStep, Outcome};
use crate::journal::Canonical;
use crate::types::{FallbackReceipt, Message, PreparedMessage, Receipt};

/// The codes that say that a channel can't be used, whatever the message: only
/// these go on to the next message by default.
const CHANNEL_CODES: [ErrorClass; 2] =
    [ErrorClass::ChannelConfigNotFound, ErrorClass::ChannelCredentialsNotFound];

/// Checks all messages, then sends them one after another until one is
/// accepted, or may have been.
pub(crate) async fn send_with_fallback(
    context: &Context,
    messages: &[&dyn Message],
    options: &CallOptions,
) -> Result<FallbackReceipt, Error> {
    let messages = prepare(messages)?;
    let deadline = Deadline::start(context, options)?;
    let first = Send::new(context, &messages[0]);
    let form = || Canonical::of_fallback(messages.iter().map(PreparedMessage::wire_form));
    let mut keyed = KeyedCall::new(context, options, first.message.channel(), form)?;
    let result = send_in_turn(context, &messages, options, deadline, keyed.as_mut()).await;
    if let Some(keyed) = keyed {
        keyed.settle(&first, deadline).await;
    }
    result
}

async fn send_in_turn(
    context: &Context,
    messages: &[PreparedMessage],
    options: &CallOptions,
    deadline: Deadline,
    mut keyed: Option<&mut KeyedCall<'_>>,
) -> Result<FallbackReceipt, Error> {
    let mut trail = Vec::with_capacity(messages.len());
    let mut remaining = messages;
    while let Some((message, next)) = remaining.split_first() {
        remaining = next;
        let send = Send { next, ..Send::new(context, message) };
        let result = send_with_key(context, &send, options, deadline, keyed.as_deref_mut()).await;
        trail.push(step(message, &result));
        match result {
            Ok(receipt) => return Ok(FallbackReceipt { receipt, trail }),
            Err(error) if !remaining.is_empty() && is_of_the_channel(&error, options) => {}
            Err(error) => return Err(error.with_trail(trail, deadline.elapsed())),
        }
    }
    Err(Error::internal("no message was left to send").with_trail(trail, Duration::ZERO))
}

fn prepare(messages: &[&dyn Message]) -> Result<Vec<PreparedMessage>, Error> {
    if messages.is_empty() {
        return Err(Error::invalid_message("messages", "must have at least one message"));
    }
    let numbered = messages.iter().enumerate();
    numbered.map(|(i, it)| it.prepare().map_err(|error| error.with_message_index(i))).collect()
}

fn step(message: &PreparedMessage, result: &Result<Receipt, Error>) -> FallbackStep {
    let channel = message.channel().to_owned();
    match result {
        Ok(receipt) => FallbackStep {
            // Of several messages the journal knows which one was accepted.
            channel: receipt.channel.clone().filter(|_| receipt.replayed).unwrap_or(channel),
            outcome: Some(Outcome::Sent),
            kind: None,
            status: None,
            code: None,
            message_id: Some(receipt.message_id.clone()),
            attempts: receipt.attempts,
        },
        Err(error) => FallbackStep {
            channel,
            outcome: error.outcome(),
            kind: Some(error.kind()),
            status: error.status(),
            code: error.code().map(str::to_owned),
            message_id: None,
            attempts: error.attempts(),
        },
    }
}

/// Whether the service refused this message for a reason that another channel
/// may not have.
fn is_of_the_channel(error: &Error, options: &CallOptions) -> bool {
    if error.outcome() != Some(Outcome::Rejected) {
        return false;
    }
    let Some(code) = error.raw_code() else { return false };
    match &options.fallback_codes {
        Some(codes) => codes.iter().any(|given| given == code),
        None => CHANNEL_CODES.iter().any(|class| class.code() == Some(code)),
    }
}
