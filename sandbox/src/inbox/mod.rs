//! What the inbox page shows: a log of the requests that came and of what became of their
//! messages.
//!
//! The log is bounded, unlike the record that tests read: the oldest leave. Events are numbered
//! through the sandbox's life, so that a page which lost its connection goes on where it was.

mod details;
mod entry;
mod export;
mod outcome;
mod page;
mod preview;
mod rates;
mod stream;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use serde::Serialize;

use crate::bounded::{Bounded, Size};
use crate::timestamp::Timestamp;

pub(crate) use details::{Details, email};
pub(crate) use entry::{Accepted, Due, Entry};
pub(crate) use export::export;
pub(crate) use outcome::Outcome;
pub(crate) use page::page;
pub(crate) use stream::{Cursor, stream};

use rates::Rates;

/// The log. A reset makes a new one.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// Tells this log from those before a reset and from those of other sandboxes.
    epoch: u64,
    events: Bounded<Event>,
    /// The number of the first event since the beginning or the last reset.
    begin: u64,
    totals: Totals,
    rates: Rates,
}

#[derive(Debug, Clone)]
pub(crate) enum Event {
    Request(Arc<Entry>),
    Status(StatusChange),
}

/// Somebody gave a message, or all of them, a status.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StatusChange {
    #[serde(rename = "message")]
    pub(crate) id: Option<String>,
    pub(crate) status: String,
    #[serde(serialize_with = "Timestamp::as_ms")]
    pub(crate) at: Timestamp,
}

/// Counts since the beginning or the last reset, also of what has left the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Totals {
    sent: u64,
    rejected: u64,
    unknown: u64,
    /// Requests that send nothing.
    reads: u64,
    /// Requests that are no longer in the log.
    left: u64,
}

impl Inbox {
    pub(crate) fn new() -> Inbox {
        Inbox {
            epoch: RandomState::new().build_hasher().finish(),
            events: Bounded::default(),
            begin: 0,
            totals: Totals::default(),
            rates: Rates::default(),
        }
    }

    /// Forgets everything, and numbers on from here.
    pub(crate) fn reset(&mut self) {
        *self = Inbox { begin: self.next(), ..Inbox::new() };
    }

    pub(crate) fn request(&mut self, entry: Entry) {
        match entry.outcome {
            Some(Outcome::Sent) => self.totals.sent += 1,
            Some(Outcome::Rejected) => self.totals.rejected += 1,
            Some(Outcome::Unknown) => self.totals.unknown += 1,
            None => self.totals.reads += 1,
        }
        if let Some(outcome) = entry.outcome {
            self.rates.count(entry.at, outcome);
        }
        self.push(Event::Request(Arc::new(entry)));
    }

    pub(crate) fn status(&mut self, change: StatusChange) {
        self.push(Event::Status(change));
    }

    /// The request with this number, if it is still there.
    pub(crate) fn entry(&self, number: u64) -> Option<Arc<Entry>> {
        let place = number.checked_sub(self.first())?;
        match self.events.get(usize::try_from(place).ok()?)? {
            Event::Request(entry) => Some(entry.clone()),
            Event::Status(_) => None,
        }
    }

    /// The number of the oldest event that is there.
    fn first(&self) -> u64 {
        self.begin + self.events.left()
    }

    /// The number of the next event.
    fn next(&self) -> u64 {
        self.begin + self.events.added()
    }

    /// At most so many events from this number on.
    fn events_from(&self, number: u64, most: usize) -> Vec<Event> {
        let skip = usize::try_from(number.saturating_sub(self.first())).unwrap_or(usize::MAX);
        self.events.iter().skip(skip).take(most).cloned().collect()
    }

    fn push(&mut self, event: Event) {
        let left = &mut self.totals.left;
        self.events.push(event, |oldest| *left += u64::from(matches!(oldest, Event::Request(_))));
    }
}

impl Size for Event {
    fn bytes(&self) -> usize {
        match self {
            Event::Request(entry) => entry.bytes(),
            Event::Status(change) => change.status.len() + change.id.as_ref().map_or(0, String::len),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounded::MAX_ITEMS;

    fn entry() -> Entry {
        Entry::unread()
    }

    #[test]
    fn the_oldest_leave_and_are_counted() {
        let mut inbox = Inbox::new();
        for _ in 0..MAX_ITEMS + 5 {
            inbox.request(entry());
        }
        inbox.status(StatusChange { id: None, status: "READ".to_owned(), at: Timestamp::now() });
        assert_eq!(inbox.events.iter().len(), MAX_ITEMS);
        assert_eq!((inbox.first(), inbox.next()), (6, MAX_ITEMS as u64 + 6));
        assert_eq!(inbox.totals.left, 6);
        assert_eq!(inbox.totals.unknown, MAX_ITEMS as u64 + 5);
        assert!(inbox.entry(5).is_none() && inbox.entry(6).is_some());
        assert!(inbox.entry(MAX_ITEMS as u64 + 5).is_none(), "a change of status is no request");
        assert_eq!(inbox.events_from(0, 3).len(), 3);
        assert_eq!(inbox.events_from(inbox.next() - 1, 3).len(), 1);
        assert!(inbox.events_from(u64::MAX, 3).is_empty());
    }

    #[test]
    fn a_reset_forgets_and_numbers_on() {
        let mut inbox = Inbox::new();
        inbox.request(entry());
        inbox.request(entry());
        let epoch = inbox.epoch;
        inbox.reset();
        assert_ne!(inbox.epoch, epoch);
        assert_eq!((inbox.first(), inbox.next()), (2, 2));
        assert_eq!(inbox.totals, Totals::default());
        assert!(inbox.entry(1).is_none());
    }
}
