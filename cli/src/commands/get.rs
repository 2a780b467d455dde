//! What became of a message.

use partner_messaging::{CallOptions, MessageRecord, mask_recipient};

use super::Context;
use crate::arguments::GetArgs;
use crate::output;
use crate::status::{Failure, Status};

pub(super) fn run(context: &Context, arguments: &GetArgs) -> Result<Status, Failure> {
    let client = context.client(&arguments.connection)?;
    let record = context.call(&client, &CallOptions::new(), async |client, options| {
        client.get_message_opts(&arguments.id, options).await
    })?;
    show(context, &record)?;
    Ok(Status::Success)
}

pub(super) fn show(context: &Context, record: &MessageRecord) -> Result<(), Failure> {
    if context.json {
        return output::line(output::record_json(record));
    }
    output::facts(&[
        ("message id", Some(record.message_id.clone())),
        ("status", record.status.clone()),
        ("channel", record.channel.clone()),
        ("recipient", record.recipient.as_deref().map(mask_recipient)),
        ("cost", output::cost(record.cost, record.currency.as_deref())),
        ("created", record.created_at.clone()),
        ("updated", record.updated_at.clone()),
    ])
}
