//! What the fuzz targets reach into; only there when they are built.

use std::time::{Duration, SystemTime};

use url::Url;

use crate::call::classify::{Classification, classify};
use crate::call::retry;
use crate::config::endpoints::Endpoints;
use crate::config::{ClientBuilder, Config};
use crate::error::{Effect, Error};
use crate::operations::{ListPage, Send};
use crate::transport::Response;
use crate::types::{Message, MessageFilter, PageStep, Pager, PreparedMessage, Receipt, Sms};

/// What an answer proves of a message to `+6591234567` that says `your code is 987654`.
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
    let answer = Response { status, headers, body: body.to_vec() };
    let message: PreparedMessage = Sms::text("+6591234567", "your code is 987654").prepare()?;
    let url = Url::parse("https://example.com").map_err(|_| Error::internal("no URL"))?;
    match classify(&Send { url: &url, message: &message, next: &[] }, &answer, &sent) {
        Classification::Done(receipt) => Ok(receipt),
        Classification::Failed { error, .. } => Err(error),
    }
}

/// Goes through a list whose every page has this answer: how many pages it
/// gives, and the error it ends in, if it does.
#[must_use]
pub fn pages(status: u16, body: &[u8]) -> (usize, Option<Error>) {
    let answer = Response { status, headers: http::HeaderMap::new(), body: body.to_vec() };
    let mut pages = 0;
    let filter = MessageFilter::new().limit(2).recipient("+6591234567");
    let options = ClientBuilder::default().api_key("sandbox-key").base_url("https://example.com");
    let (Ok(mut pager), Ok(config)) = (Pager::new(&filter), Config::new(&options)) else {
        return (usize::MAX, None);
    };
    while let Some((number, filter)) = pager.next_page() {
        let operation = ListPage::new(&config, number, filter);
        let result = match classify(&operation, &answer, &http::HeaderMap::new()) {
            Classification::Done(page) => Ok(page),
            Classification::Failed { error, .. } => Err(error),
        };
        match pager.settle(number, result) {
            PageStep::Page(Ok(page)) => pages += usize::from(!page.messages.is_empty()),
            PageStep::Page(Err(error)) => return (pages, Some(error.attach_effect(Effect::Read))),
            PageStep::Skip | PageStep::End => {}
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
