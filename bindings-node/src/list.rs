//! Lists of messages: which ones, and how far one has got.

use std::sync::Arc;

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use partner_messaging::{Error, MessageFilter, Pager, count};
use tokio::sync::Mutex;

use crate::failure::Failure;
use crate::options::pairs;

/// Which messages to list.
#[napi(object, object_to_js = false)]
pub struct NativeFilter {
    pub channel: Option<String>,
    pub status: Option<String>,
    pub recipient: Option<String>,
    pub sender: Option<String>,
    pub since: Option<String>,
    pub until: Option<String>,
    pub page: Option<f64>,
    pub limit: Option<f64>,
    /// Names and values in turn.
    pub query: Option<Vec<String>>,
}

impl NativeFilter {
    fn into_core(self) -> Result<MessageFilter, Error> {
        let mut filter = MessageFilter::new();
        if let Some(channel) = self.channel {
            filter = filter.channel(channel);
        }
        if let Some(status) = self.status {
            filter = filter.status(status);
        }
        if let Some(recipient) = self.recipient {
            filter = filter.recipient(recipient);
        }
        if let Some(sender) = self.sender {
            filter = filter.sender(sender);
        }
        if let Some(since) = self.since {
            filter = filter.since(since);
        }
        if let Some(until) = self.until {
            filter = filter.until(until);
        }
        if let Some(page) = self.page {
            filter = filter.page(count("page", page)?);
        }
        if let Some(limit) = self.limit {
            filter = filter.limit(count("limit", limit)?);
        }
        Ok(pairs(self.query).fold(filter, |filter, (name, value)| filter.query(name, value)))
    }
}

/// How far a list has got. One call at a time moves it on; others wait for it.
#[napi]
pub struct NativePager(Arc<Mutex<Pager>>);

impl NativePager {
    pub(crate) fn core(&self) -> Arc<Mutex<Pager>> {
        self.0.clone()
    }
}

/// A list before its first page, or why there is none.
#[napi(catch_unwind)]
pub fn open_pager(filter: NativeFilter) -> Either<NativePager, Failure> {
    match filter.into_core().and_then(|filter| Pager::new(&filter)) {
        Ok(pager) => Either::A(NativePager(Arc::new(Mutex::new(pager)))),
        Err(error) => Either::B(Failure::new(&error)),
    }
}
