//! One page of a list of messages.

use std::fmt;

use serde_json::value::RawValue;

use super::MessageRecord;
use crate::util::json;

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
    pub(crate) fn read(page: u32, data: &RawValue) -> Result<Self, String> {
        let no_list = || format!("no list of messages in its `data` ({})", json::describe(data.get()));
        let list = list_of(data).ok_or_else(no_list)?;
        let records: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|_| no_list())?;
        let record = |record: &RawValue| {
            let what =
                || format!("a message without a `messageId` in its list ({})", json::describe(record.get()));
            MessageRecord::read(record).ok_or_else(what)
        };
        let messages: Result<Vec<_>, String> = records.into_iter().map(record).collect();
        let totals = Totals::read(data);
        Ok(Self {
            messages: messages?,
            page,
            limit: totals.limit,
            total: totals.total,
            total_pages: totals.total_pages,
            has_more: totals.has_more,
            raw: data.to_owned(),
        })
    }

    /// The envelope's whole `data`: JSON, as the service wrote it.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
    }

    /// The same, to be serialised; for bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn raw_json(&self) -> &RawValue {
        &self.raw
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
    let lists = json::lists(data.get()).ok()?;
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
    fn read(data: &RawValue) -> Self {
        let names = ["limit", "total", "totalPages", "hasMore", "pagination"];
        let Ok([limit, total, total_pages, has_more, inner]) = json::fields(data.get(), names) else {
            return Self::default();
        };
        let inner = inner.map(Self::read).unwrap_or_default();
        let number = |member: Option<&RawValue>| serde_json::from_str(member?.get()).ok();
        Self {
            limit: number(limit).or(inner.limit),
            total: number(total).or(inner.total),
            total_pages: number(total_pages).or(inner.total_pages),
            has_more: has_more.and_then(|it| serde_json::from_str(it.get()).ok()).or(inner.has_more),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn page(number: u32, data: &str) -> Result<Page, String> {
        Page::read(number, &RawValue::from_string(data.to_owned()).unwrap())
    }

    /// A page of messages with these ids and totals.
    /// A page of records with these ids, and what else it says.
    pub(in crate::types) fn with(number: u32, ids: &[u32], totals: &str) -> Page {
        let ids: Vec<String> = ids.iter().map(|id| format!(r#"{{"messageId":"{id}"}}"#)).collect();
        page(number, &format!(r#"{{"messages":[{}]{totals}}}"#, ids.join(","))).unwrap()
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
            assert!(page(1, data).is_err(), "{data}");
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
}
