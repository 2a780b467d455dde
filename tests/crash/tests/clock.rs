//! The wall clock is set, in both directions.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use partner_messaging::Outcome;
use partner_messaging_crash::{Action, Driver, Server, Shim, Work};
use partner_messaging_journal::Journal;
use tempfile::TempDir;

const DAY: i64 = 86_400;

const WORK: Work = Work { first: 0, count: 1, in_flight: 1, timeout: Duration::from_secs(120) };

struct Place {
    _folder: TempDir,
    path: PathBuf,
    server: Server,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("journal.db");
        Self { _folder: folder, path, server: Server::start() }
    }

    fn start(&self, timeout: Duration, shim: &Shim) -> partner_messaging_crash::Run {
        let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
        driver.start(self.server.url(), &self.path, Work { timeout, ..WORK }, shim)
    }

    /// What a run is told.
    fn said(&self, timeout: Duration, shim: &Shim) -> String {
        self.start(timeout, shim).wait().told.remove(0).1
    }

    /// Whether a run finds the key in progress, which it waits for, or else unknown.
    fn is_in_progress(&self, timeout: Duration, shim: &Shim) -> bool {
        let ended = self.start(timeout, shim).wait();
        assert_eq!(ended.told[0].1, "unknown", "{ended:?}");
        ended.errors.iter().any(|line| line.contains("was in progress"))
    }

    fn outcome(&self) -> Option<Outcome> {
        let journal = Journal::open(&self.path).unwrap();
        let outcome = journal.get("key-000000").wait().unwrap().unwrap().outcome;
        journal.close().wait().unwrap();
        outcome
    }
}

/// What is written there is written after the claim was synced, and before its call is told.
fn at_claim() -> Shim {
    Shim::default().only("write", "-lock")
}

#[test]
fn between_claim_and_request_a_step_forwards_ends_the_call_unsent_and_one_back_does_nothing() {
    for (seconds, said, accepted) in [(DAY, "not_sent", 0), (-DAY, "sent", 1)] {
        let place = Place::new();
        let shim = at_claim().at(1, Action::None).set_clock(seconds);
        assert_eq!(place.said(WORK.timeout, &shim), said, "{seconds}");
        assert_eq!(place.server.times_accepted(0), accepted, "{seconds}");
        // Nothing is left of it that stands in the way.
        let again = place.said(WORK.timeout, &Shim::default());
        assert_eq!(again, if accepted == 1 { "replayed" } else { "sent" }, "{seconds}");
        assert_eq!(place.server.times_accepted(0), 1, "{seconds}");
    }
}

#[test]
fn a_frozen_process_is_waited_for_by_clocks_that_differ_and_sends_nothing_after_its_time() {
    // Long enough to get that far, in which case it stops.
    let frozen = [4, 16, 64].into_iter().find_map(|seconds| {
        let (place, timeout) = (Place::new(), Duration::from_secs(seconds));
        let shim = at_claim().at(1, Action::Stop).set_clock(-DAY);
        let mut run = place.start(timeout, &shim);
        let begun = Instant::now();
        run.wait_until_stopped().then_some((place, run, begun, timeout))
    });
    let (place, run, begun, timeout) = frozen.unwrap();
    // To one whose clock is a day ahead its time is not over, and to one that is behind it is
    // when it is.
    for seconds in [DAY, -DAY] {
        let in_progress = place.is_in_progress(Duration::from_secs(1), &Shim::default().set_clock(seconds));
        assert!(in_progress || begun.elapsed() >= timeout, "{seconds}");
    }
    while place.outcome() != Some(Outcome::Unknown) {
        assert!(begun.elapsed() < timeout + Duration::from_secs(300));
        std::thread::sleep(Duration::from_millis(50));
    }
    for seconds in [DAY, -DAY] {
        assert!(!place.is_in_progress(WORK.timeout, &Shim::default().set_clock(seconds)), "{seconds}");
    }
    // By its own wall clock it has a day left.
    run.go_on();
    let thawed = run.wait();
    assert_eq!(thawed.told, [(0, "not_sent".to_owned())], "{thawed:?}");
    assert_eq!(place.server.times_accepted(0), 0);
    assert_eq!(place.said(WORK.timeout, &Shim::default()), "sent");
    assert_eq!(place.server.times_accepted(0), 1);
}
