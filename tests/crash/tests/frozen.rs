//! Processes that are stopped for longer than their calls may take.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::Path;
use std::time::{Duration, Instant};

use partner_messaging::Outcome;
use partner_messaging_crash::{Action, Driver, Server, Shim, Work};
use partner_messaging_journal::Journal;
use tempfile::TempDir;

const WORK: Work = Work { first: 0, count: 1, in_flight: 1, timeout: Duration::from_secs(60) };

/// How long the call may take that is frozen; a longer one is tried where it ended before
/// it got that far.
const TIMEOUTS: [Duration; 4] =
    [Duration::from_millis(700), Duration::from_secs(3), Duration::from_secs(12), Duration::from_secs(48)];

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
    TIMEOUTS.into_iter().find_map(|timeout| freeze_within(kind, suffix, at, timeout)).unwrap()
}

/// `None` when the call's time was over before the event.
fn freeze_within(kind: &str, suffix: &str, at: u64, timeout: Duration) -> Option<Frozen> {
    let place = TempDir::new().unwrap();
    let path = place.path().join("journal.db");
    let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
    let server = Server::start();
    let shim = Shim::default().only(kind, suffix).at(at, Action::Stop);
    let mut frozen = driver.start(server.url(), &path, Work { timeout, ..WORK }, &shim);
    if !frozen.wait_until_stopped() {
        let ended = frozen.wait();
        assert!(ended.told.iter().all(|(_, said)| said == "not_sent"), "{ended:?}");
        return None;
    }
    let begun = Instant::now();
    let journal = Journal::open(&path).unwrap();
    let key = "key-000000";
    // Its owner is alive: nobody gets the key before its time is over, and then it is unknown.
    while journal.get(key).wait().unwrap().unwrap().outcome != Some(Outcome::Unknown) {
        assert!(begun.elapsed() < timeout + Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    journal.resolve_not_sent(key).wait().unwrap();
    journal.close().wait().unwrap();
    let ended = driver.start(server.url(), &path, WORK, &Shim::default()).wait();
    assert!(ended.told.iter().any(|(_, said)| said == "sent"), "{ended:?}");
    let before = server.times_accepted(0);
    frozen.go_on();
    let thawed = frozen.wait();
    let journal = Journal::open(&path).unwrap();
    let record = journal.get(key).wait().unwrap().unwrap();
    assert_eq!(record.outcome, Some(Outcome::Sent), "{thawed:?}");
    let has_conflict = record.conflict.is_some();
    Some(Frozen { accepted_before: before, accepted: server.times_accepted(0), has_conflict })
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
