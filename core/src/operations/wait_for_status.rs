//! Waiting for what becomes of an accepted message.

use std::time::Duration;

use super::get_message::GetMessage;
use crate::call::retry::half_jitter;
use crate::call::{Context, Deadline, execute_with_deadline, pause};
use crate::config::CallOptions;
use crate::error::{Effect, Error, ErrorClass, Kind};
use crate::types::MessageRecord;

/// The statuses after which nothing more is expected. The document shows only
/// `SENT`; these names are an assumption, and a setting.
const FINAL_STATUSES: [&str; 6] = ["DELIVERED", "READ", "FAILED", "UNDELIVERED", "REJECTED", "EXPIRED"];

/// The pause after the first look; it doubles with each.
const INITIAL_INTERVAL: Duration = Duration::from_millis(250);
const MAX_INTERVAL: Duration = Duration::from_secs(5);

/// For how long the service may say that it knows no such message.
const MAX_UNSEEN: Duration = Duration::from_secs(5);

/// Looks at a message until its status is final, or the time is over.
pub(crate) async fn wait_for_status(
    context: &Context,
    id: &str,
    final_statuses: Option<&[String]>,
    options: &CallOptions,
) -> Result<MessageRecord, Error> {
    let as_read = |error: Error| error.attach_effect(Effect::Read);
    if final_statuses.is_some_and(<[String]>::is_empty) {
        return Err(as_read(Error::config("final_statuses", "must have at least one status")));
    }
    let deadline = Deadline::start(context, options).map_err(as_read)?;
    let operation = GetMessage::new(context, id)?;
    let mut last = None;
    let mut interval = INITIAL_INTERVAL;
    loop {
        match execute_with_deadline(context, &operation, options, deadline).await {
            Ok(record) if is_final(&record, final_statuses) => return Ok(record),
            Ok(record) => last = Some(record),
            // The time is over, or would be after the pause that the service asks for:
            // what was last seen is the answer.
            Err(error) if error.status() == Some(429) || is_out_of_time(&error, deadline) => {
                return last.ok_or(error);
            }
            // A message that was just accepted may take a moment to be seen.
            Err(error) if is_not_found(&error) && last.is_none() && deadline.elapsed() < MAX_UNSEEN => {
                if deadline.remaining() < interval {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        pause(context, options, half_jitter(interval).min(deadline.remaining())).await.map_err(as_read)?;
        interval = (interval * 2).min(MAX_INTERVAL);
    }
}

/// Whether the call's own time ended it, rather than that of one connection.
fn is_out_of_time(error: &Error, deadline: Deadline) -> bool {
    error.kind() == Kind::Timeout && (deadline.has_passed() || error.attempts() == 0)
}

fn is_not_found(error: &Error) -> bool {
    error.class() == ErrorClass::MessageNotFound
}

fn is_final(record: &MessageRecord, statuses: Option<&[String]>) -> bool {
    let Some(status) = &record.status else { return false };
    match statuses {
        Some(statuses) => statuses.iter().any(|it| it.eq_ignore_ascii_case(status)),
        None => FINAL_STATUSES.iter().any(|it| it.eq_ignore_ascii_case(status)),
    }
}
