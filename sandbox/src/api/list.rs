//! `GET /partner/message`.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::api::code::Code;
use crate::api::message::{Message, Record};
use crate::api::response::{Refusal, Response};
use crate::record::Received;
use crate::shared::World;
use crate::state::{PageStyle, PageTotal, State};
use crate::timestamp::Timestamp;

pub(crate) const PATH: &str = "/partner/message";

const DEFAULT_LIMIT: u32 = 50;
const LIMITS: RangeInclusive<u32> = 1..=100;

pub(crate) fn messages(world: &World, request: &Received) -> Result<Response, Refusal> {
    let query = Query::read(request.query())?;
    let newest_first = world.messages.iter().rev();
    let found: Vec<&Message> = newest_first.filter(|message| query.wants(message)).collect();
    let before = (u64::from(query.page) - 1) * u64::from(query.limit);
    let begin = usize::try_from(before).unwrap_or(usize::MAX).min(found.len());
    let end = begin.saturating_add(query.limit as usize).min(found.len());
    let totals = totals(&world.state, &query, found.len());
    let records: Vec<Record> = found[begin..end].iter().map(|message| message.record()).collect();
    Ok(page(world.state.page_style, &records, totals))
}

/// What the page says about itself and the whole.
fn totals(state: &State, query: &Query<'_>, total: usize) -> Map<String, Value> {
    let pages = total.div_ceil(query.limit as usize);
    let mut members = Map::new();
    members.insert("page".to_owned(), json!(query.page));
    members.insert("limit".to_owned(), json!(query.limit));
    for (which, name, value) in [
        (PageTotal::Total, "total", json!(total)),
        (PageTotal::TotalPages, "totalPages", json!(pages)),
        (PageTotal::HasMore, "hasMore", json!((query.page as usize) < pages)),
    ] {
        if state.page_totals.contains(&which) {
            members.insert(name.to_owned(), value);
        }
    }
    members
}

fn page(style: PageStyle, messages: &[Record], totals: Map<String, Value>) -> Response {
    #[derive(Serialize)]
    struct Object<'a> {
        messages: &'a [Record],
        #[serde(flatten)]
        totals: Map<String, Value>,
    }
    #[derive(Serialize)]
    struct Pagination<'a> {
        messages: &'a [Record],
        pagination: Map<String, Value>,
    }
    match style {
        PageStyle::Object => Response::success(None, &Object { messages, totals }),
        PageStyle::Array => Response::success(None, &messages),
        PageStyle::Pagination => Response::success(None, &Pagination { messages, pagination: totals }),
    }
}

struct Query<'a> {
    page: u32,
    limit: u32,
    channel: Option<Cow<'a, str>>,
    status: Option<Cow<'a, str>>,
    recipient: Option<Cow<'a, str>>,
    sender: Option<Cow<'a, str>>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl<'a> Query<'a> {
    fn read(query: &'a str) -> Result<Query<'a>, Refusal> {
        let text = |name| parameter(query, name);
        Ok(Query {
            page: count(query, "page", 1, 1..=u32::MAX)?,
            limit: count(query, "limit", DEFAULT_LIMIT, LIMITS)?,
            channel: text("channel")?,
            status: text("status")?,
            recipient: text("recipient")?,
            sender: text("sender")?,
            since: moment(query, "since")?,
            until: moment(query, "until")?,
        })
    }

    fn wants(&self, message: &Message) -> bool {
        let is = |wanted: &Option<Cow<'_, str>>, value| wanted.as_deref().is_none_or(|it| it == value);
        is(&self.channel, message.channel())
            && is(&self.status, message.status().0)
            && is(&self.recipient, message.recipient())
            && self.sender.as_deref().is_none_or(|it| message.sender() == Some(it))
            && self.since.is_none_or(|since| message.created_at() >= since)
            && self.until.is_none_or(|until| message.created_at() < until)
    }
}

/// A parameter's value. One that is given twice has none that could be meant.
fn parameter<'a>(query: &'a str, name: &str) -> Result<Option<Cow<'a, str>>, Refusal> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
    let value = values.next().map(|(_, value)| value);
    match values.next() {
        None => Ok(value),
        Some(_) => Err(Refusal::new(Code::ValidationError, format!("{name} is given more than once"))),
    }
}

fn count(query: &str, name: &str, default: u32, range: RangeInclusive<u32>) -> Result<u32, Refusal> {
    let invalid = || {
        let problem = format!("{name} must be a whole number from {} to {}", range.start(), range.end());
        Refusal::new(Code::InvalidPagination, problem)
    };
    match parameter(query, name).map_err(|_| invalid())? {
        None => Ok(default),
        Some(text) if text.starts_with('+') => Err(invalid()),
        Some(text) => text.parse().ok().filter(|count| range.contains(count)).ok_or_else(invalid),
    }
}

fn moment(query: &str, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let invalid = || {
        let problem = format!("{name} must be a date or a time such as 2026-01-02T03:04:05Z");
        Refusal::new(Code::ValidationError, problem)
    };
    match parameter(query, name)? {
        None => Ok(None),
        Some(text) => Timestamp::parse(&text).map(Some).ok_or_else(invalid),
    }
}
