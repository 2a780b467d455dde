//! Waiting for what becomes of an accepted message.

use std::time::{Duration, Instant};

use crate::builder::CallOptions;
use crate::call::{Clock, pause, perform_by};
use crate::client::Inner;
use crate::error::{Error, Kind};
use crate::record::{GetMessage, MessageRecord};

/// The statuses after which nothing more is expected. The document shows only
/// `SENT`; these names are an assumption, and a setting.
const FINAL_STATUSES: [&str; 6] = ["DELIVERED", "READ", "FAILED", "UNDELIVERED", "REJECTED", "EXPIRED"];

/// The pause after the first look; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Looks at a message until its status is final, or the time is over.
pub(crate) async fn until_final(
    client: &Inner,
    id: &str,
    final_statuses: Option<&[String]>,
    options: &CallOptions,
) -> Result<MessageRecord, Error> {
    if final_statuses.is_some_and(<[String]>::is_empty) {
        return Err(Error::config("final_statuses", "must have at least one status").of_read());
    }
    let clock = Clock::start(client, options).map_err(Error::of_read)?;
    let url = client.config.endpoints.message(id).map_err(Error::of_read)?;
    let mut last = None;
    let mut bound = FIRST_PAUSE;
    loop {
        match perform_by(client, &GetMessage { url: url.clone(), id }, options, clock).await {
            Ok(record) if is_final(&record, final_statuses) => return Ok(record),
            Ok(record) => last = Some(record),
            // The deadline, not a fault: what was last seen is the answer.
            Err(error) if error.kind() == Kind::Timeout && Instant::now() >= clock.deadline => {
                return last.ok_or(error);
            }
            Err(error) => return Err(error),
        }
        // Half of it at random, so that many who wait don't ask at the same moment.
        let wait = bound.mul_f64(0.5 + fastrand::f64() / 2.0);
        let left = clock.deadline.saturating_duration_since(Instant::now());
        pause(client, options, wait.min(left)).await.map_err(Error::of_read)?;
        bound = (bound * 2).min(LONGEST_PAUSE);
    }
}

fn is_final(record: &MessageRecord, statuses: Option<&[String]>) -> bool {
    let Some(status) = &record.status else { return false };
    match statuses {
        Some(statuses) => statuses.iter().any(|it| it.eq_ignore_ascii_case(status)),
        None => FINAL_STATUSES.iter().any(|it| it.eq_ignore_ascii_case(status)),
    }
}
