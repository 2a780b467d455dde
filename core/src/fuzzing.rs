//! What the fuzz targets reach into; only there when they are built.

use std::time::{Duration, SystemTime};

use url::Url;

use crate::call::Operation;
use crate::endpoints::Endpoints;
use crate::envelope::Envelope;
use crate::error::Error;
use crate::filter::MessageFilter;
use crate::message::Message;
use crate::page::Pager;
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
    let url = http::Uri::from_static("https://example.com");
    match (Send { url: &url, message: &envelope }).judge(&answer, &sent) {
        Verdict::Done(receipt) => Ok(receipt),
        Verdict::Failed { error, .. } => Err(error),
    }
}

/// Goes through a list whose every page has this answer: how many pages it
/// gives, and the error it ends in, if it does.
#[must_use]
pub fn pages(status: u16, body: &[u8]) -> (usize, Option<Error>) {
    let answer = Answer { status, headers: http::HeaderMap::new(), body: body.to_vec() };
    let mut pages = 0;
    let filter = MessageFilter::new().limit(2).recipient("+6591234567");
    let (Ok(mut pager), Ok(url)) = (Pager::new(&filter), Url::parse("https://example.com")) else {
        return (usize::MAX, None);
    };
    while let Some(asked) = pager.ask(&url) {
        let (number, verdict) = (asked.number, asked.judge(&answer, &http::HeaderMap::new()));
        let result = match verdict {
            Verdict::Done(page) => Ok(page),
            Verdict::Failed { error, .. } => Err(error),
        };
        match pager.settle(number, result) {
            Some(Ok(page)) => pages += usize::from(!page.messages.is_empty()),
            Some(Err(error)) => return (pages, Some(error.of_read())),
            None => {}
        }
    }
    (pages, None)
}

/// The URL of any path under a base URL.
///
/// # Errors
/// For a path that is refused.
pub fn any_path(base: &str, path: &str) -> Result<String, Error> {
    Ok(endpoints(base)?.any(path)?.into())
}

/// The URL of a message's id under a base URL.
///
/// # Errors
/// For an id that is refused.
pub fn message_path(base: &str, id: &str) -> Result<String, Error> {
    Ok(endpoints(base)?.message(id)?.into())
}

fn endpoints(base: &str) -> Result<Endpoints, Error> {
    Endpoints::new(&Url::parse(base).map_err(|_| Error::internal("no URL"))?, &[])
}

/// The pause that a `Retry-After` asks for at `now`.
#[must_use]
pub fn retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    retry::retry_after(value, now)
}
