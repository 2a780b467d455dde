//! One message after another, until one is accepted.

use std::time::Duration;

use crate::builder::CallOptions;
use crate::call::Clock;
use crate::client::Client;
use crate::envelope::Envelope;
use crate::error::{Error, ErrorClass, Kind};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::receipt::Receipt;

/// The codes that say that a channel can't be used, whatever the message: only
/// these go on to the next message by default.
const CHANNEL_CODES: [ErrorClass; 2] =
    [ErrorClass::ChannelConfigNotFound, ErrorClass::ChannelCredentialsNotFound];

/// The receipt of a message that was accepted by way of
/// [`send_with_fallback`](Client::send_with_fallback).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FallbackReceipt {
    /// The accepted message's receipt.
    pub receipt: Receipt,
    /// What became of each message that was tried, in order; the last was sent.
    pub trail: Vec<FallbackStep>,
}

/// What became of one message of a [`send_with_fallback`](Client::send_with_fallback).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FallbackStep {
    /// The message's channel.
    pub channel: String,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// What went wrong, unless it was sent.
    pub kind: Option<Kind>,
    /// The HTTP status of the answer, if it failed and there was one.
    pub status: Option<u16>,
    /// The service's code, if it refused.
    pub code: Option<String>,
    /// The message's id, if it was sent.
    pub message_id: Option<String>,
    /// How many requests it took.
    pub attempts: u32,
}

impl FallbackStep {
    fn new(message: &Envelope, result: &Result<Receipt, Error>) -> Self {
        let channel = message.channel().to_owned();
        match result {
            Ok(receipt) => Self {
                channel,
                outcome: Some(Outcome::Sent),
                kind: None,
                status: None,
                code: None,
                message_id: Some(receipt.message_id.clone()),
                attempts: receipt.attempts,
            },
            Err(error) => Self {
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
}

/// Checks all messages before any is sent.
pub(crate) fn checked(messages: &[&dyn Message]) -> Result<Vec<Envelope>, Error> {
    if messages.is_empty() {
        return Err(Error::invalid_message("messages", "must have at least one message"));
    }
    let envelopes = messages.iter().enumerate();
    envelopes.map(|(i, it)| it.envelope().map_err(|error| error.of_message(i))).collect()
}

/// Sends the messages one after another until one is accepted, or may have been.
pub(crate) async fn send(
    client: &Client,
    messages: &[Envelope],
    options: &CallOptions,
) -> Result<FallbackReceipt, Error> {
    let clock = Clock::start(client.inner(), options)?;
    let mut trail = Vec::with_capacity(messages.len());
    let mut remaining = messages.iter().peekable();
    while let Some(message) = remaining.next() {
        let result = client.send_by(message, options, clock).await;
        trail.push(FallbackStep::new(message, &result));
        match result {
            Ok(receipt) => return Ok(FallbackReceipt { receipt, trail }),
            Err(error) if remaining.peek().is_some() && is_of_the_channel(&error, options) => {}
            Err(error) => return Err(error.with_trail(trail, clock.elapsed())),
        }
    }
    Err(Error::internal("no message was left to send").with_trail(trail, Duration::ZERO))
}

/// Whether the service refused this message for a reason that another channel
/// may not have.
fn is_of_the_channel(error: &Error, options: &CallOptions) -> bool {
    if error.outcome() != Some(Outcome::Rejected) {
        return false;
    }
    let Some(code) = error.code() else { return false };
    match &options.fallback_codes {
        Some(codes) => codes.iter().any(|given| given == code),
        None => CHANNEL_CODES.iter().any(|class| class.code() == Some(code)),
    }
}
