//! The whole log as a file: one JSON text a line for each request.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::inbox::entry::EntryView;
use crate::inbox::{Details, Event};
use crate::shared::Shared;

/// How many events are looked up at once.
const BATCH: usize = 200;

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    entry: EntryView<'a>,
    #[serde(flatten)]
    details: Details<'a>,
}

/// Writes what is in the log now, the oldest first. What comes meanwhile is left out.
pub(crate) async fn export(shared: Arc<Shared>, out: mpsc::Sender<Bytes>) {
    let end = shared.look(|world| world.inbox.next());
    let mut next = 0;
    while next < end {
        let (first, events) = shared.look(|world| {
            let first = next.max(world.inbox.first());
            (first, world.inbox.events_from(first, BATCH))
        });
        next = first + events.len() as u64;
        let numbered = (first..end).zip(&events);
        let lines: String = numbered.map(|(number, event)| line(number, event, &shared)).collect();
        if events.is_empty() || out.send(lines.into()).await.is_err() {
            return;
        }
    }
}

fn line(number: u64, event: &Event, shared: &Shared) -> String {
    let Event::Request(entry) = event else {
        return String::new();
    };
    let details = Details::new(entry, &shared.config.api_key);
    let line = serde_json::to_string(&Line { entry: entry.view(number), details });
    line.map(|line| line + "\n").unwrap_or_default()
}
