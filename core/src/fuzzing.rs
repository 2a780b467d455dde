//! What the fuzz targets reach into; only there when they are built.

use std::time::{Duration, SystemTime};

use url::Url;

use crate::call::Operation;
use crate::envelope::Envelope;
use crate::error::Error;
use crate::message::Message;
use crate::receipt::Receipt;
use crate::send::Send;
use crate::transport::Answer;
use crate::verdict::Verdict;
use crate::{Sms, retry};

/// The verdict on an answer to a message to `+6591234567` that says `your code is 987654`.
///
/// # Errors
/// As a send would end.
pub fn answer(status: u16, retry_after: Option<&[u8]>, body: &[u8]) -> Result<Receipt, Error> {
    let mut headers = http::HeaderMap::new();
    if let Some(value) = retry_after.and_then(|value| http::HeaderValue::from_bytes(value).ok()) {
        headers.insert(http::header::RETRY_AFTER, value);
    }
    let mut sent = http::HeaderMap::new();
    let mut key = http::HeaderValue::from_static("sandbox-key");
    key.set_sensitive(true);
    sent.insert("x-api-key", key);
    let answer = Answer { status, headers, body: body.to_vec() };
    let envelope: Envelope = Sms::text("+6591234567", "your code is 987654").envelope()?;
    let url = Url::parse("https://example.com").map_err(|_| Error::internal("no URL"))?;
    match (Send { url: &url, message: &envelope }).judge(&answer, &sent) {
        Verdict::Done(receipt) => Ok(receipt),
        Verdict::Failed { error, .. } => Err(error),
    }
}

/// The pause that a `Retry-After` asks for at `now`.
#[must_use]
pub fn retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    retry::retry_after(value, now)
}
