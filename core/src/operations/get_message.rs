//! Asking what became of a message. The API document doesn't describe this; the
//! path is an assumption, and a setting.

use url::Url;

use crate::call::{Context, Deadline, Operation, RequestInfo, Success, execute_with_deadline};
use crate::config::CallOptions;
use crate::error::{Effect, Error};
use crate::transport::Response;
use crate::types::MessageRecord;
use crate::util::json;

/// Asks for a message's record.
pub(crate) async fn get_message(
    context: &Context,
    id: &str,
    options: &CallOptions,
) -> Result<MessageRecord, Error> {
    let operation = GetMessage::new(context, id)?;
    let deadline = Deadline::start(context, options).map_err(|error| error.attach_effect(Effect::Read))?;
    execute_with_deadline(context, &operation, options, deadline).await
}

pub(super) struct GetMessage<'a> {
    url: Url,
    id: &'a str,
}

impl<'a> GetMessage<'a> {
    pub(super) fn new(context: &Context, id: &'a str) -> Result<Self, Error> {
        let url =
            context.config.endpoints.message(id).and_then(|url| context.config.finish_url(url, "message_id"));
        Ok(Self { url: url.map_err(|error| error.attach_effect(Effect::Read))?, id })
    }
}

impl Operation for GetMessage<'_> {
    type Output = MessageRecord;

    fn name(&self) -> &'static str {
        "get_message"
    }

    fn url(&self) -> Result<Url, Error> {
        Ok(self.url.clone())
    }

    fn info(&self) -> RequestInfo {
        RequestInfo { subject: "to tell of the message", endpoint: Some("endpoints.get_message") }
    }

    fn read(&self, success: Success<'_>, _: &Response) -> Result<MessageRecord, String> {
        let data = success.data()?;
        match MessageRecord::read(data) {
            Some(record) if record.message_id == self.id => Ok(record),
            Some(_) => Err("the record of another message".to_owned()),
            None => Err(format!("no `messageId` in its `data` ({})", json::describe(data.get()))),
        }
    }
}
