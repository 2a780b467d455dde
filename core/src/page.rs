//! One page of a list of messages, and the way from one to the next.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use http::{HeaderMap, Method, Uri};
use serde_json::value::RawValue;
use url::Url;

use crate::builder::CallOptions;
use crate::call::{Operation, perform};
use crate::client::Client;
use crate::endpoints;
use crate::error::{Error, ErrorClass, Kind};
use crate::filter::MessageFilter;
use crate::object;
use crate::record::MessageRecord;
use crate::transport::Answer;
use crate::verdict::{self, Asked, Verdict};

/// One page of a list of messages.
///
/// The list's form is not in the published document. What is read: the list is
/// the envelope's `data` itself, or the member `messages` of it, or its only
/// member that is a list; the totals are members of `data` or of its member
/// `pagination`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Page {
    /// The messages, in the service's order.
    pub messages: Vec<MessageRecord>,
    /// The page's number, from 1, as it was asked for.
    pub page: u32,
    /// How many messages a page has, if the service says so.
    pub limit: Option<u64>,
    /// How many messages there are in all, if the service says so.
    pub total: Option<u64>,
    /// How many pages there are in all, if the service says so.
    pub total_pages: Option<u64>,
    /// Whether there are more pages, if the service says so.
    pub has_more: Option<bool>,
    raw: Box<RawValue>,
}

impl Page {
    /// Reads the envelope's `data`; `None` when it holds no list of records.
    fn read(page: u32, data: &RawValue) -> Option<Self> {
        let list = list_of(data)?;
        let records: Vec<&RawValue> = serde_json::from_str(list.get()).ok()?;
        let messages: Option<Vec<_>> = records.into_iter().map(MessageRecord::read).collect();
        let totals = Totals::of(data);
        Some(Self {
            messages: messages?,
            page,
            limit: totals.limit,
            total: totals.total,
            total_pages: totals.total_pages,
            has_more: totals.has_more,
            raw: data.to_owned(),
        })
    }

    /// The envelope's whole `data` as the service wrote it: JSON text.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
    }

    /// The same for the same messages in the same order.
    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.messages.iter().for_each(|message| message.message_id.hash(&mut hasher));
        hasher.finish()
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("page", &self.page)
            .field("messages", &self.messages.len())
            .field("total", &self.total)
            .field("total_pages", &self.total_pages)
            .field("has_more", &self.has_more)
            .finish_non_exhaustive()
    }
}

fn list_of(data: &RawValue) -> Option<&RawValue> {
    if is_list(data) {
        return Some(data);
    }
    let lists = object::lists(data.get()).ok()?;
    match lists.as_slice() {
        [(_, list)] => Some(list),
        several => several.iter().find(|(name, _)| name == "messages").map(|(_, list)| *list),
    }
}

fn is_list(value: &RawValue) -> bool {
    value.get().starts_with('[')
}

/// What an answer says of its pages.
#[derive(Default)]
struct Totals {
    limit: Option<u64>,
    total: Option<u64>,
    total_pages: Option<u64>,
    has_more: Option<bool>,
}

impl Totals {
    fn of(data: &RawValue) -> Self {
        let names = ["limit", "total", "totalPages", "hasMore", "pagination"];
        let Ok([limit, total, total_pages, has_more, inner]) = object::members(data.get(), names) else {
            return Self::default();
        };
        let inner = inner.map(Self::of).unwrap_or_default();
        let number = |member: Option<&RawValue>| serde_json::from_str(member?.get()).ok();
        Self {
            limit: number(limit).or(inner.limit),
            total: number(total).or(inner.total),
            total_pages: number(total_pages).or(inner.total_pages),
            has_more: has_more.and_then(|it| serde_json::from_str(it.get()).ok()).or(inner.has_more),
        }
    }
}

/// Goes through a list page by page.
///
/// For those who fetch pages themselves, such as bindings;
/// [`Client::list_messages`](crate::Client::list_messages) is built on it. It
/// ends at the last page whatever of `total`, `totalPages` and `hasMore` the
/// service tells, and never goes round in circles.
///
/// ```no_run
/// # async fn example(client: &partner_messaging::Client) -> Result<(), partner_messaging::Error> {
/// use partner_messaging::{CallOptions, MessageFilter, Pager};
/// let mut pager = Pager::new(&MessageFilter::new().limit(100))?;
/// while let Some(page) = pager.next(client, &CallOptions::new()).await {
///     println!("{} messages", page?.messages.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Pager {
    filter: MessageFilter,
    /// The next page's number; `None` after the last one.
    next: Option<u32>,
    /// How many messages lie before the next page.
    passed: u64,
    /// Whether the page before told of a further one, by whatever it said.
    promised: bool,
    seen: HashSet<u64>,
}

impl Pager {
    /// Before the first page.
    ///
    /// # Errors
    /// [`ErrorClass::Config`] when the filter can't be used.
    pub fn new(filter: &MessageFilter) -> Result<Self, Error> {
        filter.check().map_err(Error::of_read)?;
        let first = filter.first_page();
        Ok(Self {
            filter: filter.clone(),
            next: Some(first),
            passed: u64::from(first - 1) * u64::from(filter.page_size()),
            promised: false,
            seen: HashSet::new(),
        })
    }

    /// Whether no page is left to ask for.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.next.is_none()
    }

    /// Asks for the next page; `None` after the last one, and after an error.
    /// `options` are those of this one request. The first page is given even
    /// if it is empty.
    ///
    /// # Errors
    /// Those of a read; `InvalidPaginationError` when the service refuses the
    /// page, `ProtocolError` also when it repeats one instead of giving the next.
    pub async fn next(&mut self, client: &Client, options: &CallOptions) -> Option<Result<Page, Error>> {
        let asked = self.ask(&client.inner().config.endpoints.list_messages)?;
        let (number, result) = (asked.number, perform(client.inner(), &asked, options).await);
        self.settle(number, result)
    }

    /// What to ask for next, of the endpoint at `url`.
    pub(crate) fn ask(&self, url: &Url) -> Option<ListPage<'_>> {
        let (number, mut url) = (self.next?, url.clone());
        self.filter.write(number, &mut url);
        Some(ListPage { url, number, filter: &self.filter })
    }

    /// What the answer for the page called `number` makes of the list.
    pub(crate) fn settle(&mut self, number: u32, result: Result<Page, Error>) -> Option<Result<Page, Error>> {
        self.next = None;
        match result {
            Ok(page) => self.accept(page),
            // Nobody said that there was a further page, and there is none.
            Err(error) if !self.is_first(number) && !self.promised && is_past_the_end(&error) => None,
            Err(error) => Some(Err(error)),
        }
    }

    fn accept(&mut self, page: Page) -> Option<Result<Page, Error>> {
        let first = self.is_first(page.page);
        if page.messages.is_empty() {
            return first.then_some(Ok(page));
        }
        if !self.seen.insert(page.fingerprint()) {
            return self.repeated(&page);
        }
        self.passed += page.messages.len() as u64;
        let more = self.more_after(&page);
        self.promised = more == Some(true);
        if more != Some(false) {
            self.next = page.page.checked_add(1);
        }
        Some(Ok(page))
    }

    /// Whether there is a page after this one, as far as the service tells.
    fn more_after(&self, page: &Page) -> Option<bool> {
        if let Some(more) = page.has_more {
            return Some(more);
        }
        if let Some(pages) = page.total_pages {
            return Some(u64::from(page.page) < pages);
        }
        if let Some(total) = page.total {
            return Some(self.passed < total);
        }
        // The service's own word on how full a page is, not what was asked for:
        // it may give less at a time than that.
        page.limit.filter(|limit| (page.messages.len() as u64) < *limit).map(|_| false)
    }

    /// A page that was there before: the service doesn't go by the page's
    /// number. That is an error unless all there is has been given.
    fn repeated(&self, page: &Page) -> Option<Result<Page, Error>> {
        let full = page.messages.len() as u64 >= u64::from(self.filter.page_size());
        if !self.promised && !full {
            return None;
        }
        let what = format!("the service gave page {} the messages of an earlier page", page.page);
        Some(Err(Error::unread(Kind::Malformed, what)))
    }

    fn is_first(&self, number: u32) -> bool {
        number == self.filter.first_page()
    }
}

fn is_past_the_end(error: &Error) -> bool {
    error.class() == ErrorClass::InvalidPagination || error.status() == Some(404)
}

/// Asks for one page.
pub(crate) struct ListPage<'a> {
    url: Url,
    pub(crate) number: u32,
    filter: &'a MessageFilter,
}

impl Operation for ListPage<'_> {
    type Output = Page;
    const NAME: &'static str = "list_messages";

    fn method(&self) -> Method {
        Method::GET
    }

    fn url(&self) -> Result<Uri, Error> {
        endpoints::uri(&self.url)
    }

    fn judge(&self, answer: &Answer, sent: &HeaderMap) -> Verdict<Page> {
        let secrets = || Some(self.filter.secrets());
        let asked = Asked { subject: "to list messages", secrets: &secrets, sent };
        let read = |data: Option<&RawValue>| Page::read(self.number, data?);
        let verdict = verdict::of_read(answer, &asked, "list of messages", |(data, _)| read(data));
        verdict.naming_endpoint("endpoints.list_messages")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: u32, data: &str) -> Option<Page> {
        Page::read(number, &RawValue::from_string(data.to_owned()).unwrap())
    }

    /// A page of messages with these ids and totals.
    fn with(number: u32, ids: &[u32], totals: &str) -> Page {
        let ids: Vec<String> = ids.iter().map(|id| format!(r#"{{"messageId":"{id}"}}"#)).collect();
        page(number, &format!(r#"{{"messages":[{}]{totals}}}"#, ids.join(","))).unwrap()
    }

    fn pager(limit: u32) -> Pager {
        Pager::new(&MessageFilter::new().limit(limit)).unwrap()
    }

    #[test]
    fn a_list_is_found_wherever_it_may_lie() {
        for data in [
            r#"[{"messageId":"1"}]"#,
            r#"{"messages":[{"messageId":"1"}],"errors":[]}"#,
            r#"{"items":[{"messageId":"1"}],"total":1}"#,
        ] {
            assert_eq!(page(1, data).unwrap().messages[0].message_id, "1", "{data}");
        }
        for data in ["null", "{}", "7", r#"{"a":[],"b":[]}"#, r#"[{"id":"1"}]"#, r#"{"messages":{}}"#, "[1]"]
        {
            assert!(page(1, data).is_none(), "{data}");
        }
    }

    #[test]
    fn totals_are_read_in_both_places() {
        let outer = with(1, &[1], r#","total":7,"totalPages":3,"hasMore":true,"limit":3"#);
        let inner = with(1, &[1], r#","pagination":{"total":7,"totalPages":3,"hasMore":true,"limit":3}"#);
        for page in [outer, inner] {
            let told = (page.total, page.total_pages, page.has_more, page.limit);
            assert_eq!(told, (Some(7), Some(3), Some(true), Some(3)));
        }
        let odd = with(1, &[1], r#","total":"7","totalPages":-1,"hasMore":1,"pagination":[]"#);
        assert_eq!((odd.total, odd.total_pages, odd.has_more), (None, None, None));
    }

    #[test]
    fn the_last_page_is_known_by_whatever_is_told() {
        for (totals, ended) in [
            (r#","hasMore":false"#, true),
            (r#","hasMore":true"#, false),
            (r#","totalPages":1"#, true),
            (r#","totalPages":2"#, false),
            (r#","total":2"#, true),
            (r#","total":3"#, false),
            (r#","limit":3"#, true),
            (r#","limit":2"#, false),
            // Nothing told: only the next page tells.
            ("", false),
            (r#","hasMore":true,"totalPages":1,"total":2"#, false),
        ] {
            let mut pager = pager(2);
            pager.settle(1, Ok(with(1, &[1, 2], totals))).unwrap().unwrap();
            assert_eq!(pager.has_ended(), ended, "{totals}");
        }
    }

    #[test]
    fn an_empty_page_ends_the_list_whatever_it_says() {
        let mut pager = pager(2);
        pager.settle(1, Ok(with(1, &[1, 2], r#","hasMore":true"#))).unwrap().unwrap();
        assert!(pager.settle(2, Ok(with(2, &[], r#","hasMore":true"#))).is_none() && pager.has_ended());
        let mut fresh = Pager::new(&MessageFilter::new()).unwrap();
        assert!(fresh.settle(1, Ok(with(1, &[], ""))).unwrap().unwrap().messages.is_empty());
        assert!(fresh.has_ended());
    }

    #[test]
    fn a_repeated_page_ends_the_list() {
        // All there is was given: the service has no pages.
        let mut quiet = pager(3);
        quiet.settle(1, Ok(with(1, &[1, 2], ""))).unwrap().unwrap();
        assert!(quiet.settle(2, Ok(with(2, &[1, 2], ""))).is_none());
        // More was promised, or the page was full: something would be missing.
        for (limit, totals) in [(3, r#","hasMore":true"#), (3, r#","total":9"#), (2, "")] {
            let mut pager = pager(limit);
            pager.settle(1, Ok(with(1, &[1, 2], totals))).unwrap().unwrap();
            let error = pager.settle(2, Ok(with(2, &[1, 2], totals))).unwrap().unwrap_err();
            assert_eq!(error.class(), ErrorClass::Protocol);
            assert!(pager.has_ended());
        }
        // Not only the page before.
        let mut pager = pager(1);
        for (number, id) in [(1, 1), (2, 2)] {
            pager.settle(number, Ok(with(number, &[id], ""))).unwrap().unwrap();
        }
        assert!(pager.settle(3, Ok(with(3, &[1], ""))).unwrap().is_err());
    }

    #[test]
    fn a_list_begun_later_counts_what_lies_before() {
        let mut pager = Pager::new(&MessageFilter::new().limit(2).page(2)).unwrap();
        pager.settle(2, Ok(with(2, &[3, 4], r#","total":4"#))).unwrap().unwrap();
        assert!(pager.has_ended());
    }
}
