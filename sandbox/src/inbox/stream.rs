//! The inbox live, as server-sent events.
//!
//! Each event is a batch: what is new in the log since the last one, and the state, the faults
//! and the counts if they changed. Its id is where the log goes on, so that a browser that
//! connects again gets the rest.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::bounded::MAX_ITEMS;
use crate::fault::WaitingFaults;
use crate::inbox::entry::EntryView;
use crate::inbox::rates::Second;
use crate::inbox::{Event, StatusChange, Totals};
use crate::shared::{Shared, World};
use crate::state::State;
use crate::timestamp::Timestamp;

/// How many events a batch has at most.
const BATCH: usize = 500;
/// The pause after what is there was sent: ten times a second is live enough.
const PAUSE: Duration = Duration::from_millis(100);
/// After so long without news a comment is sent, which finds a peer that is gone.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where in which log a page is; its text is an event's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    epoch: u64,
    next: u64,
}

impl Cursor {
    /// Reads what a browser sends as `Last-Event-ID`.
    pub(crate) fn parse(text: &str) -> Option<Cursor> {
        let (epoch, next) = text.split_once('.')?;
        Some(Cursor { epoch: epoch.parse().ok()?, next: next.parse().ok()? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.next)
    }
}

#[derive(Serialize)]
struct Batch<'a> {
    /// Whether what was sent before is void.
    restart: bool,
    #[serde(serialize_with = "Timestamp::as_ms")]
    now: Timestamp,
    /// The number of the oldest event that is still there.
    oldest: u64,
    /// Whether more is there already.
    more: bool,
    events: Vec<EventView<'a>>,
    totals: Totals,
    /// The seconds whose counts changed, with all of their counts.
    rates: Vec<Second>,
    #[serde(flatten)]
    setup: Option<Setup<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum EventView<'a> {
    Request(Box<EntryView<'a>>),
    Status(&'a StatusChange),
}

/// What seldom changes.
#[derive(Serialize)]
struct Setup<'a> {
    url: &'a str,
    api_key: &'a str,
    /// How many events the log has room for.
    capacity: usize,
    state: &'a State,
    faults: &'a WaitingFaults,
}

/// What one page has been sent.
#[derive(Default)]
struct Reader {
    cursor: Option<Cursor>,
    sent: Option<Snapshot>,
    /// The last second that was sent.
    second: i64,
}

/// State, faults and counts at a moment.
struct Snapshot {
    state: State,
    faults: WaitingFaults,
    totals: Totals,
}

/// Sends a page what happens until it is gone.
pub(crate) async fn stream(shared: Arc<Shared>, cursor: Option<Cursor>, out: mpsc::Sender<Bytes>) {
    let mut changes = shared.changes();
    let mut reader = Reader { cursor, ..Reader::default() };
    loop {
        changes.borrow_and_update();
        while let Some(batch) = reader.next(&shared) {
            if out.send(batch).await.is_err() {
                return;
            }
        }
        sleep(PAUSE).await;
        match timeout(KEEP_ALIVE, changes.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                if out.send(Bytes::from_static(b":\n\n")).await.is_err() {
                    return;
                }
            }
        }
    }
}

impl Reader {
    /// What is new, as it goes over the wire; nothing if nothing is.
    fn next(&mut self, shared: &Shared) -> Option<Bytes> {
        let news = shared.look(|world| self.news(world))?;
        let events = (news.first..).zip(&news.events);
        let batch = Batch {
            restart: news.restart,
            now: Timestamp::now(),
            oldest: news.oldest,
            more: news.more,
            events: events.map(|(number, event)| EventView::new(number, event)).collect(),
            totals: news.snapshot.totals.clone(),
            rates: news.rates,
            setup: news.changed.then_some(Setup {
                url: &shared.url,
                api_key: &shared.config.api_key,
                capacity: MAX_ITEMS,
                state: &news.snapshot.state,
                faults: &news.snapshot.faults,
            }),
        };
        let json = serde_json::to_string(&batch).ok()?;
        self.sent = Some(news.snapshot);
        self.cursor = Some(news.cursor);
        Some(format!("id: {}\ndata: {json}\n\n", news.cursor).into())
    }

    /// Taken in one step, while the world stands still.
    fn news(&mut self, world: &World) -> Option<News> {
        let inbox = &world.inbox;
        let known = self.cursor.filter(|cursor| cursor.epoch == inbox.epoch && cursor.next <= inbox.next());
        let restart = known.is_none();
        let first = known.map_or(inbox.first(), |cursor| cursor.next.max(inbox.first()));
        let events = inbox.events_from(first, BATCH);
        let snapshot = Snapshot {
            state: world.state.clone(),
            faults: world.faults.waiting(),
            totals: inbox.totals.clone(),
        };
        let sent = self.sent.as_ref();
        let changed = sent.is_none_or(|it| it.state != snapshot.state || it.faults != snapshot.faults);
        if !restart && !changed && events.is_empty() {
            return None;
        }
        let since = if restart { 0 } else { self.second };
        let rates = inbox.rates.since(since);
        self.second = rates.last().map_or(since, |last| last.0);
        let cursor = Cursor { epoch: inbox.epoch, next: first + events.len() as u64 };
        let (oldest, more) = (inbox.first(), cursor.next < inbox.next());
        Some(News { restart, changed, first, more, oldest, events, snapshot, rates, cursor })
    }
}

struct News {
    restart: bool,
    changed: bool,
    /// The number of the first of the events.
    first: u64,
    more: bool,
    oldest: u64,
    events: Vec<Event>,
    snapshot: Snapshot,
    rates: Vec<Second>,
    cursor: Cursor,
}

impl<'a> EventView<'a> {
    fn new(number: u64, event: &'a Event) -> EventView<'a> {
        match event {
            Event::Request(entry) => EventView::Request(Box::new(entry.view(number))),
            Event::Status(change) => EventView::Status(change),
        }
    }
}
