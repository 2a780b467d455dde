//! Processes that are stopped for longer than their calls may take.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::Path;
use std::time::{Duration, Instant};

use partner_messaging::Outcome;
use partner_messaging_crash::{Action, Driver, Server, Shim, Work};
use partner_messaging_journal::Journal;
use tempfile::TempDir;

const FROZEN: Work = Work { first: 0, count: 1, in_flight: 1, timeout: Duration::from_millis(700) };

struct Frozen {
    /// How often the message was accepted before the thaw.
    accepted_before: u32,
    /// The same at the end.
    accepted: u32,
    /// Whether the record tells that somebody was wrong.
    has_conflict: bool,
}

/// Freezes a process after an event, lets its time pass, resolves its key as not sent and
/// sends it from another process; then it is thawed.
fn freeze(kind: &str, suffix: &str, at: u64) -> Frozen {
    let place = TempDir::new().unwrap();
    let path = place.path().join("journal.db");
    let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
    let server = Server::start();
    let begun = Instant::now();
    let shim = Shim::default().only(kind, suffix).at(at, Action::Stop);
    let mut frozen = driver.start(server.url(), &path, FROZEN, &shim);
    assert!(frozen.wait_until_stopped());
    let journal = Journal::open(&path).unwrap();
    let key = "key-000000";
    // Its owner is alive: nobody gets the key before its time is over, and then it is unknown.
    while journal.get(key).wait().unwrap().unwrap().outcome != Some(Outcome::Unknown) {
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    journal.resolve_not_sent(key).wait().unwrap();
    journal.close().wait().unwrap();
    let other = Work { timeout: Duration::from_secs(20), ..FROZEN };
    let ended = driver.start(server.url(), &path, other, &Shim::default()).wait();
    assert!(ended.told.iter().any(|(_, said)| said == "sent"), "{ended:?}");
    let before = server.times_accepted(0);
    frozen.go_on();
    let thawed = frozen.wait();
    let journal = Journal::open(&path).unwrap();
    let record = journal.get(key).wait().unwrap().unwrap();
    assert_eq!(record.outcome, Some(Outcome::Sent), "{thawed:?}");
    Frozen {
        accepted_before: before,
        accepted: server.times_accepted(0),
        has_conflict: record.conflict.is_some(),
    }
}

#[test]
fn what_is_frozen_before_its_barrier_opens_sends_nothing_when_it_thaws() {
    // What is written there is written after the claim was synced, and before its call is told.
    let frozen = freeze("write", "-lock", 1);
    assert_eq!((frozen.accepted_before, frozen.accepted, frozen.has_conflict), (1, 1, false));
}

#[test]
fn what_is_frozen_after_it_is_unknown_until_a_person_says_so() {
    // Its request is out, and the person was wrong: that is told.
    let frozen = freeze("send", "", 1);
    assert_eq!((frozen.accepted_before, frozen.accepted, frozen.has_conflict), (2, 2, true));
}
