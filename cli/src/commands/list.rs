//! Listing messages, page by page as they are shown.

use partner_messaging::{CallOptions, ListPosition, MessageFilter, MessageRecord, mask_recipient};

use super::Context;
use crate::arguments::ListArgs;
use crate::output;
use crate::status::{Failure, Status};
use crate::terminal::{Style, styled};

/// How many messages the service tells at a time.
const PAGE_SIZE: u64 = 50;

pub(super) fn run(context: &Context, arguments: &ListArgs) -> Result<Status, Failure> {
    let client = context.client(&arguments.connection)?;
    let list = ListPosition::new(&filter(arguments))?;
    let mut shown = 0;
    while arguments.limit.is_none_or(|limit| shown < limit) {
        let next = context.call(&client, &CallOptions::new(), async |client, options| {
            client.next_of(&list, options).await
        })?;
        let Some(record) = next else { break };
        if !context.json && shown == 0 {
            output::line(styled(HEADING, Style::Bold))?;
        }
        output::line(match context.json {
            true => output::record_json(&record).to_string(),
            false => row(&record),
        })?;
        shown += 1;
    }
    Ok(Status::Success)
}

fn filter(arguments: &ListArgs) -> MessageFilter {
    let mut filter = MessageFilter::new();
    if let Some(channel) = &arguments.channel {
        filter = filter.channel(channel);
    }
    if let Some(status) = &arguments.status {
        filter = filter.status(status);
    }
    if let Some(recipient) = &arguments.recipient {
        filter = filter.recipient(recipient);
    }
    if let Some(sender) = &arguments.sender {
        filter = filter.sender(sender);
    }
    if let Some(since) = &arguments.since {
        filter = filter.since(since);
    }
    if let Some(until) = &arguments.until {
        filter = filter.until(until);
    }
    match arguments.limit {
        Some(limit @ 1..PAGE_SIZE) => filter.limit(limit as u32),
        _ => filter,
    }
}

const HEADING: &str =
    "message id                       channel   status       recipient             cost        created";

fn row(record: &MessageRecord) -> String {
    let or_dash = |text: Option<String>| output::printable(&text.unwrap_or_else(|| "-".to_owned()));
    format!(
        "{:<32} {:<9} {:<12} {:<21} {:<11} {}",
        output::printable(&record.message_id),
        or_dash(record.channel.clone()),
        or_dash(record.status.clone()),
        or_dash(record.recipient.as_deref().map(mask_recipient)),
        or_dash(output::cost(record.cost, record.currency.as_deref())),
        or_dash(record.created_at.clone()),
    )
}
