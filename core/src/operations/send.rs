//! Sending one message ("Send Message" of the API document).

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use url::Url;

use crate::call::{Context, Deadline, KeyedCall, Operation, RequestInfo, Success, execute_with_key};
use crate::config::CallOptions;
use crate::error::{Effect, Error, Outcome};
use crate::journal::{Canonical, Ending, Entry};
use crate::transport::Response;
use crate::types::{PreparedMessage, Receipt};
use crate::util::json;

/// Sends a message within a deadline that others may share.
pub(crate) async fn send(
    context: &Context,
    message: &PreparedMessage,
    options: &CallOptions,
    deadline: Deadline,
) -> Result<Receipt, Error> {
    let send = Send::new(context, message);
    let form = || Canonical::of_message(message.wire_form());
    let Some(mut keyed) = KeyedCall::new(context, options, message.channel(), form)? else {
        return send_with_key(context, &send, options, deadline, None).await;
    };
    let result = send_with_key(context, &send, options, deadline, Some(&mut keyed)).await;
    keyed.settle(&send, deadline).await;
    result
}

/// Sends a message under a key that others may share; recording what became of it is
/// the business of whoever has the key.
pub(super) async fn send_with_key(
    context: &Context,
    send: &Send<'_>,
    options: &CallOptions,
    deadline: Deadline,
    keyed: Option<&mut KeyedCall<'_>>,
) -> Result<Receipt, Error> {
    let receipt = execute_with_key(context, send, options, deadline, keyed).await?;
    if !receipt.replayed {
        context.ledger.add(&receipt, send.message);
    }
    Ok(receipt)
}

pub(crate) struct Send<'a> {
    pub(crate) url: &'a Url,
    pub(crate) message: &'a PreparedMessage,
    /// Those that are sent instead if the service refuses this one.
    pub(crate) next: &'a [PreparedMessage],
}

impl<'a> Send<'a> {
    pub(super) fn new(context: &'a Context, message: &'a PreparedMessage) -> Self {
        Self { url: &context.config.endpoints.send, message, next: &[] }
    }
}

impl Operation for Send<'_> {
    type Output = Receipt;

    fn name(&self) -> &'static str {
        "send"
    }

    fn effect(&self) -> Effect {
        Effect::Send
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn url(&self) -> Result<Url, Error> {
        Ok(self.url.clone())
    }

    fn body(&self) -> Option<Bytes> {
        Some(self.message.body().clone())
    }

    fn message(&self) -> Option<&PreparedMessage> {
        Some(self.message)
    }

    fn channels(&self) -> Vec<&str> {
        std::iter::once(self.message).chain(self.next).map(PreparedMessage::channel).collect()
    }

    fn info(&self) -> RequestInfo {
        RequestInfo { subject: "the message", endpoint: None }
    }

    fn secrets(&self) -> Option<Vec<String>> {
        self.message.secrets()
    }

    fn read(&self, success: Success<'_>, _: &Response) -> Result<Receipt, String> {
        let data = success.data()?;
        Receipt::read(data, success.message)
            .ok_or_else(|| format!("no `messageId` in its `data` ({})", json::describe(data.get())))
    }

    fn ending(&self, receipt: &Receipt) -> Ending {
        Ending {
            channel: Some(receipt.channel.as_deref().unwrap_or(self.message.channel()).to_owned()),
            message_id: Some(receipt.message_id.clone()),
            cost: receipt.cost,
            currency: receipt.currency.clone(),
            ..Ending::now(Outcome::Sent, None)
        }
    }

    fn replay(&self, entry: Entry) -> Option<Receipt> {
        Some(Receipt::replay(entry.into_record()))
    }

    fn set_metrics(&self, receipt: &mut Receipt, attempts: u32, elapsed: Duration) {
        receipt.attempts = attempts;
        receipt.elapsed = elapsed;
    }
}
