//! Looking up in the service's list what became of messages whose outcome is unknown.
//! The API document doesn't describe the list; this is an assumption.

use std::time::Duration;

use http::Method;
use url::Url;

use super::list_messages::ListPage;
use crate::call::classify::date_of;
use crate::call::{Context, Operation, RequestInfo, Success, execute};
use crate::config::CallOptions;
use crate::error::{Effect, Error, Outcome};
use crate::journal::{Canonical, Ending, Entry, JournalHandle, check_key, rules};
use crate::transport::Response;
use crate::types::{
    JournalRecord, Message, MessageFilter, MessageRecord, Page, PageStep, Pager, PreparedMessage,
};
use crate::util::clock;

/// How far the service's times may be from those of the call, beside what its clock differs.
const TOLERANCE: Duration = Duration::from_secs(5);

/// A list that is longer is not searched to its end, and proves nothing.
const MAX_PAGES: usize = 20;

/// Looks up the messages whose outcome is unknown by their keys. Gives the records of
/// those keys as they are then, without those that the journal doesn't have.
pub(crate) async fn reconcile(
    context: &Context,
    journal: &JournalHandle,
    messages: &[(&str, &dyn Message)],
    options: &CallOptions,
) -> Result<Vec<JournalRecord>, Error> {
    let checked = check_all(messages).map_err(|error| error.attach_effect(Effect::Read))?;
    let mut records = Vec::new();
    for (key, message) in checked {
        let entry =
            look_up(journal, key, message).await.map_err(|error| error.attach_effect(Effect::Read))?;
        let Some((entry, message)) = entry else { continue };
        let found = match message.filter(|_| entry.outcome() == Some(Outcome::Unknown)) {
            Some(message) => find(context, journal, &entry, &message, options).await?,
            None => None,
        };
        records.push(match found {
            Some(found) => resolve(journal, entry, found).await?,
            None => entry.into_record(),
        });
    }
    Ok(records)
}

/// Checks all of them before anything is asked.
fn check_all<'a>(messages: &[(&'a str, &dyn Message)]) -> Result<Vec<(&'a str, PreparedMessage)>, Error> {
    let check = |(index, (key, message)): (usize, &(&'a str, &dyn Message))| {
        check_key(key)?;
        let message = message.prepare().map_err(|error| error.with_message_index(index))?;
        Ok((*key, message))
    };
    messages.iter().enumerate().map(check).collect()
}

/// What the journal has under a key, and the message, if it is the one that the key stands for.
async fn look_up(
    journal: &JournalHandle,
    key: &str,
    message: PreparedMessage,
) -> Result<Option<(Entry, Option<PreparedMessage>)>, Error> {
    let session = journal.session()?;
    let digest = Canonical::of_message(message.wire_form())?.digest(&session.identity().await?.secret);
    let entry = session.look_up(key).await?;
    Ok(entry.map(|entry| {
        let message = rules::is_same_message(&entry, &digest).then_some(message);
        (entry, message)
    }))
}

/// The one message in the service's list that the call may have sent.
async fn find(
    context: &Context,
    journal: &JournalHandle,
    entry: &Entry,
    message: &PreparedMessage,
    options: &CallOptions,
) -> Result<Option<MessageRecord>, Error> {
    let Some(recipient) = message.recipient() else { return Ok(None) };
    let filter = MessageFilter::new().channel(message.channel()).recipient(recipient.as_str());
    let mut pager = Pager::new(&filter)?;
    let mut candidates: Vec<MessageRecord> = Vec::new();
    let mut pages = 0;
    while let Some((number, filter)) = pager.next_page() {
        pages += 1;
        if pages > MAX_PAGES {
            return Ok(None);
        }
        let operation = DatedPage(ListPage::new(&context.config, number, filter));
        let (page, date) = match execute(context, &operation, options).await {
            Ok((page, date)) => (Ok(page), date),
            Err(error) => (Err(error), None),
        };
        let page = match pager.settle(number, page) {
            PageStep::Page(page) => page?,
            PageStep::Skip => continue,
            PageStep::End => break,
        };
        let ahead = date.map_or(0, |date| date - clock::wall_millis());
        candidates.extend(page.messages.into_iter().filter(|record| {
            record.recipient.as_deref() == Some(recipient.as_str())
                && record.channel.as_deref() == Some(message.channel())
                && was_created_within(record, entry, ahead)
        }));
    }
    let ids = candidates.iter().map(|record| record.message_id.clone()).collect();
    let taken = journal.are_taken(ids).await?;
    let mut free = candidates.into_iter().zip(taken).filter(|(_, taken)| !taken).map(|(record, _)| record);
    // Two may be two calls': which is whose can't be told.
    Ok(free.next().filter(|_| free.next().is_none()))
}

/// Whether a message came into being within the call's time, by the service's clock,
/// which is `ahead` milliseconds ahead.
fn was_created_within(record: &MessageRecord, entry: &Entry, ahead: i64) -> bool {
    let Some(created) = record.created_at.as_deref().and_then(clock::parse_moment) else { return false };
    let tolerance = i64::try_from(TOLERANCE.as_millis()).unwrap_or(0);
    let (from, to) = (entry.claimed_at + ahead - tolerance, entry.deadline + ahead + tolerance);
    (from..=to).contains(&created)
}

async fn resolve(
    journal: &JournalHandle,
    entry: Entry,
    found: MessageRecord,
) -> Result<JournalRecord, Error> {
    let ending = Ending {
        channel: found.channel,
        message_id: Some(found.message_id),
        cost: found.cost,
        currency: found.currency,
        ..Ending::now(Outcome::Sent, None)
    };
    journal.resolve_entry(entry, ending).await
}

/// A page, and the service's time when it was given.
struct DatedPage<'a>(ListPage<'a>);

impl Operation for DatedPage<'_> {
    type Output = (Page, Option<i64>);

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn method(&self) -> Method {
        self.0.method()
    }

    fn url(&self) -> Result<Url, Error> {
        self.0.url()
    }

    fn info(&self) -> RequestInfo {
        self.0.info()
    }

    fn secrets(&self) -> Option<Vec<String>> {
        self.0.secrets()
    }

    fn read(&self, success: Success<'_>, response: &Response) -> Result<Self::Output, String> {
        let date = date_of(&response.headers).map(clock::millis_of);
        Ok((self.0.read(success, response)?, date))
    }
}
