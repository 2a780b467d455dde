//! What stands between a process and its server: a connection that is cut, a pooler.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use partner_messaging::{CallOptions, Client, ErrorClass, Outcome, Receipt, Sms, blocking};
use partner_messaging_crash::{Action, Driver, Oracle, Pooler, Proxy, Server, Shim, Work, postgres_url};
use partner_messaging_journal::Journal;

/// Longer than anything takes here, on a busy machine, too.
const PATIENCE: Duration = Duration::from_secs(300);

const KEY: &str = "key-000000";

fn name_of(test: &str) -> String {
    format!("{test}-{}", std::process::id())
}

/// The journal with nothing between.
fn direct(name: &str) -> String {
    format!("{}?journal={name}", postgres_url())
}

fn client(server: &Server, journal: &str) -> (blocking::Client, Journal) {
    let journal = Journal::open(journal).unwrap();
    let builder = Client::builder().api_key("a-key").base_url(server.url()).journal(&journal);
    (builder.timeout(PATIENCE).max_retries(0).build_blocking().unwrap(), journal)
}

fn send(client: &blocking::Client, number: u64) -> Result<Receipt, partner_messaging::Error> {
    let message = Sms::text("+6591234567", format!("call-{number}."));
    client.send_opts(&message, &CallOptions::new().key(format!("key-{number:06}")))
}

fn outcome_in(journal: &Journal) -> Option<Outcome> {
    journal.get(KEY).wait().unwrap().unwrap().outcome
}

#[test]
fn a_connection_that_is_cut_between_answer_and_outcome_is_made_anew() {
    let name = name_of("cut");
    let proxy = Arc::new(Proxy::start());
    let cuts = proxy.clone();
    let server = Server::start_with(move |_| cuts.cut());
    let (sender, _journal) = client(&server, &proxy.journal(&name));
    let sent = send(&sender, 0).unwrap();
    assert_eq!(proxy.accepted(), 2);
    // As others find it.
    let (other, journal) = client(&server, &direct(&name));
    let replayed = send(&other, 0).unwrap();
    assert!(replayed.replayed);
    assert_eq!((replayed.message_id, outcome_in(&journal)), (sent.message_id, Some(Outcome::Sent)));
    assert_eq!(server.times_accepted(0), 1);
}

#[test]
fn what_could_not_be_recorded_is_recorded_once_the_server_can_be_reached() {
    let name = name_of("late");
    let proxy = Arc::new(Proxy::start());
    let closes = proxy.clone();
    let server = Server::start_with(move |_| closes.close());
    let (sender, _own) = client(&server, &proxy.journal(&name));
    // The caller gets its receipt all the same.
    assert!(!send(&sender, 0).unwrap().replayed);
    let journal = Journal::open(direct(&name)).unwrap();
    assert_eq!(outcome_in(&journal), None);
    let error = send(&sender, 1).unwrap_err();
    assert_eq!((error.class(), error.outcome()), (ErrorClass::Journal, Some(Outcome::NotSent)));
    proxy.open();
    let begun = Instant::now();
    while outcome_in(&journal) != Some(Outcome::Sent) {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!((server.times_accepted(0), server.times_accepted(1)), (1, 0));
}

#[test]
fn what_its_process_could_not_record_is_unknown_and_never_sent_again() {
    let name = name_of("lost");
    let proxy = Arc::new(Proxy::start());
    let closes = proxy.clone();
    let server = Server::start_with(move |_| closes.close());
    let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
    // Long enough to get that far; the key is unknown when it is over.
    let outcome = [3, 12, 48].into_iter().find_map(|seconds| {
        let work = Work { first: 0, count: 1, in_flight: 1, timeout: Duration::from_secs(seconds) };
        let ended = driver.start(server.url(), proxy.journal(&name).as_ref(), work, &Shim::default()).wait();
        (server.total_accepted() == 1).then(|| ended.told[0].1.clone())
    });
    assert!(matches!(outcome.as_deref(), Some("sent" | "unknown")), "{outcome:?}");
    let (other, journal) = client(&server, &direct(&name));
    let error = send(&other, 0).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::Unknown), "{error}");
    assert_eq!(outcome_in(&journal), Some(Outcome::Unknown));
    assert_eq!(server.times_accepted(0), 1);
}

#[test]
fn a_commit_whose_answer_is_lost_is_recognised() {
    let (mut number, mut cuts) = (0, 0);
    loop {
        number += 1;
        let name = name_of(&format!("commit-{number}"));
        // Whose making is cut off is not open, and the call says so.
        Journal::open(direct(&name)).unwrap().open().wait().unwrap();
        let proxy = Proxy::start();
        let server = Server::start();
        proxy.cut_at_commit(number);
        let (sender, journal) = client(&server, &proxy.journal(&name));
        assert!(!send(&sender, 0).unwrap().replayed, "commit {number}");
        let has_cut = proxy.has_cut();
        assert_eq!((outcome_in(&journal), server.times_accepted(0)), (Some(Outcome::Sent), 1));
        let summary = journal.summary().wait().unwrap();
        assert_eq!((summary.sent, summary.in_progress, summary.conflicts), (1, 0, 0), "commit {number}");
        if !has_cut {
            break;
        }
        cuts += 1;
    }
    // At least that of the claim and that of the outcome.
    assert!(cuts >= 2, "{cuts}");
}

#[test]
fn processes_behind_a_pooler_double_nothing() {
    let name = name_of("pooler");
    let mut pooler = Pooler::start();
    let journal = PathBuf::from(pooler.journal(&name));
    let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
    let (server, mut oracle) = (Server::start(), Oracle::default());
    let work = Work { first: 0, count: 200, in_flight: 8, timeout: Duration::from_secs(5) };
    // One of them is killed in mid-run, and the pooler dies once.
    let kill = Shim::default().only("recv", "socket").at(40, Action::Kill);
    let runs: Vec<_> = [kill, Shim::default(), Shim::default(), Shim::default()]
        .iter()
        .map(|shim| driver.start(server.url(), &journal, work, shim))
        .collect();
    let begun = Instant::now();
    while server.total_accepted() < 60 {
        assert!(begun.elapsed() < PATIENCE, "{}", server.total_accepted());
        std::thread::sleep(Duration::from_millis(2));
    }
    pooler.restart();
    for run in runs {
        oracle.note(&run.wait(), work.in_flight);
    }
    // What the killed one had in flight is unknown when its time is over, and five seconds more.
    let last = Work { timeout: Duration::from_secs(60), ..work };
    oracle.note(&driver.start(server.url(), &journal, last, &Shim::default()).wait(), 0);
    oracle.check(&server, &journal, 0..work.count, false);
}
