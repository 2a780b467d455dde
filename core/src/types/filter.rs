//! Which messages to list.

use std::fmt;

use url::Url;

use crate::error::Error;
use crate::util::clock;

/// How many messages a page has unless a filter says otherwise.
const PAGE_SIZE: u32 = 50;
/// The most messages that a page may be asked to have; an assumption, as the
/// service's own bound is not published.
const MAX_PAGE_SIZE: u32 = 1_000;

/// Which messages [`Client::list_messages`](crate::Client::list_messages) lists,
/// and in pages of what size. By default all of them.
///
/// The API document promises filtering and pagination and describes neither:
/// the names of the query's parameters are assumptions (those of the filters
/// here). [`query`](Self::query) adds any other.
///
/// ```
/// use partner_messaging::MessageFilter;
/// let failed_today = MessageFilter::new().channel("SMS").status("FAILED").since("2026-11-23T00:00:00+08:00");
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct MessageFilter {
    channel: Option<String>,
    status: Option<String>,
    recipient: Option<String>,
    sender: Option<String>,
    since: Option<String>,
    until: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    query: Vec<(String, String)>,
}

impl MessageFilter {
    /// All messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of one channel, for example `SMS`.
    pub fn channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = Some(channel.into());
        self
    }

    /// Only those with one status, for example `DELIVERED`.
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Only those to one recipient.
    pub fn recipient(mut self, recipient: impl Into<String>) -> Self {
        self.recipient = Some(recipient.into());
        self
    }

    /// Only those from one sender: a phone number or a sender's name.
    pub fn sender(mut self, sender: impl Into<String>) -> Self {
        self.sender = Some(sender.into());
        self
    }

    /// Only those taken at this time or later: a date, or a time with its
    /// offset from UTC (RFC 3339), such as `2026-11-23T09:00:00Z`.
    pub fn since(mut self, time: impl Into<String>) -> Self {
        self.since = Some(time.into());
        self
    }

    /// Only those taken before this time, given as for [`since`](Self::since).
    pub fn until(mut self, time: impl Into<String>) -> Self {
        self.until = Some(time.into());
        self
    }

    /// The page to begin with, from 1. Default: 1.
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// How many messages to ask for at a time: 1 to 1000. Default: 50.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Any further parameter of the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    pub(crate) fn first_page(&self) -> u32 {
        self.page.unwrap_or(1)
    }

    pub(crate) fn page_size(&self) -> u32 {
        self.limit.unwrap_or(PAGE_SIZE)
    }

    /// The texts that an error must not repeat.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let further = self.query.iter().map(|(_, value)| value);
        self.recipient.iter().chain(&self.sender).chain(further).cloned().collect()
    }

    /// Puts the filter and the page's number in the URL's query.
    pub(crate) fn write(&self, page: u32, url: &mut Url) {
        let mut query = url.query_pairs_mut();
        query.append_pair("page", &page.to_string()).append_pair("limit", &self.page_size().to_string());
        for (name, value) in self.named() {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(&self.query);
    }

    fn named(&self) -> [(&'static str, &Option<String>); 6] {
        [
            ("channel", &self.channel),
            ("status", &self.status),
            ("recipient", &self.recipient),
            ("sender", &self.sender),
            ("since", &self.since),
            ("until", &self.until),
        ]
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.page == Some(0) {
            return Err(Error::config("page", "must be at least 1"));
        }
        if !(1..=MAX_PAGE_SIZE).contains(&self.page_size()) {
            return Err(Error::config("limit", format!("must be between 1 and {MAX_PAGE_SIZE}")));
        }
        for (name, value) in self.named() {
            if value.as_ref().is_some_and(|value| value.trim().is_empty()) {
                return Err(Error::config(name, "must not be empty"));
            }
        }
        for (name, value) in [("since", &self.since), ("until", &self.until)] {
            if value.as_ref().is_some_and(|value| clock::parse_day_or_moment(value).is_none()) {
                return Err(Error::config(
                    name,
                    "must be a date, or a time with its offset from UTC, such as 2026-11-23T09:00:00Z",
                ));
            }
        }
        for (name, _) in &self.query {
            let is_named = self.named().iter().any(|(known, _)| known == name);
            if name.is_empty() || is_named || matches!(name.as_str(), "page" | "limit") {
                return Err(Error::config(
                    "query",
                    "must have the names of further parameters; page, limit and the filters have their own options",
                ));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for MessageFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither recipient, sender nor query: they may be private.
        f.debug_struct("MessageFilter")
            .field("channel", &self.channel)
            .field("status", &self.status)
            .field("since", &self.since)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_written_as_a_query() {
        let filter =
            MessageFilter::new().channel("SMS").recipient("+6591234567").limit(10).query("tag", "a&b=c");
        filter.check().unwrap();
        let mut url = Url::parse("https://example.com/partner/message").unwrap();
        filter.write(3, &mut url);
        assert_eq!(url.query(), Some("page=3&limit=10&channel=SMS&recipient=%2B6591234567&tag=a%26b%3Dc"));
        assert!(!format!("{filter:?}").contains("6591234567"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let new = MessageFilter::new;
        for (filter, field) in [
            (new().page(0), "page"),
            (new().limit(0), "limit"),
            (new().limit(1001), "limit"),
            (new().channel(" "), "channel"),
            (new().since("yesterday"), "since"),
            (new().until("2026-11-23T09:00:00"), "until"),
            (new().query("", "x"), "query"),
            (new().query("page", "2"), "query"),
            (new().query("status", "SENT"), "query"),
        ] {
            assert_eq!(filter.check().unwrap_err().field(), Some(field));
        }
    }
}
