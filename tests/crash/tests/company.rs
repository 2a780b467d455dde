//! Processes that share a file with others, and with other programs.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use partner_messaging::Outcome;
use partner_messaging_crash::{Action, Driver, Oracle, Server, Shim, Work};
use partner_messaging_journal::Journal;
use tempfile::TempDir;

fn driver() -> Driver {
    Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")))
}

const WORK: Work = Work { first: 0, count: 12, in_flight: 3, timeout: Duration::from_secs(60) };

#[test]
fn two_processes_on_one_file_of_which_one_is_killed_double_nothing() {
    let mut killed = 0;
    for at in (1..160).step_by(4) {
        let place = TempDir::new().unwrap();
        let journal = place.path().join("journal.db");
        let (server, mut oracle) = (Server::start(), Oracle::default());
        let start = |shim: Shim| driver().start(server.url(), &journal, WORK, &shim);
        let runs = [start(Shim::default().at(at, Action::Kill)), start(Shim::default())];
        for run in runs {
            let ended = run.wait();
            killed += u32::from(ended.killed);
            oracle.note(&ended, WORK.in_flight);
        }
        oracle.note(&start(Shim::default()).wait(), 0);
        oracle.check(&server, &journal, 0..WORK.count, true);
    }
    assert!(killed >= 20, "{killed}");
}

/// Killed when this is dropped, also where the test fails.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn another_sqlite_may_read_the_file_all_the_time() {
    // As somebody who looks on, as the last one to close it, and as one who empties the log.
    let script = "import sqlite3, sys\n\
        while True:\n\
        \x20   try:\n\
        \x20       c = sqlite3.connect(sys.argv[1], timeout=0)\n\
        \x20       c.execute('SELECT count(*) FROM entries').fetchone()\n\
        \x20       c.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchone()\n\
        \x20       c.close()\n\
        \x20   except sqlite3.Error: pass\n";
    let place = TempDir::new().unwrap();
    let journal = place.path().join("journal.db");
    let (server, mut oracle) = (Server::start(), Oracle::default());
    let work = Work { count: 2, ..WORK };
    oracle.note(&driver().start(server.url(), &journal, work, &Shim::default()).wait(), 0);
    let other = Command::new("python3").args(["-c", script]).arg(&journal).stdin(Stdio::null()).spawn();
    let other = Other(other.unwrap());
    let work = Work { count: 8, ..WORK };
    for round in 0..20 {
        let first = round * 4;
        let shim =
            if round % 3 == 0 { Shim::default() } else { Shim::default().at(10 + round * 3, Action::Kill) };
        let ended = driver().start(server.url(), &journal, Work { first, ..work }, &shim).wait();
        oracle.note(&ended, work.in_flight);
    }
    let all = Work { count: 84, ..work };
    oracle.note(&driver().start(server.url(), &journal, all, &Shim::default()).wait(), 0);
    drop(other);
    oracle.check(&server, &journal, 0..all.count, true);
}

/// A driver in a container: it doesn't see the processes of others, and has the same number as the
/// drivers in all other containers.
fn contained() -> Driver {
    const SCRIPT: &str = "\"$@\" & wait $!";
    let arguments = ["--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", SCRIPT, "sh"];
    // Who is not the administrator is one in a namespace of their own.
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let namespace = if is_root { "--mount" } else { "--map-root-user" };
    let arguments: Vec<_> = [namespace].into_iter().chain(arguments).collect();
    driver().through(Path::new("unshare"), &arguments)
}

#[test]
fn containers_that_do_not_see_each_other_know_who_is_alive() {
    let place = TempDir::new().unwrap();
    let path = place.path().join("journal.db");
    let (reached, has_reached) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let (reached, may_go_on) = (std::sync::Mutex::new(reached), std::sync::Mutex::new(may_go_on));
    let server = Server::start_with(move |_| {
        let _ = reached.lock().unwrap().send(());
        let _ = may_go_on.lock().unwrap().recv();
    });
    let work = Work { count: 1, in_flight: 1, timeout: Duration::from_secs(3_600), ..WORK };
    let mut first = contained().start(server.url(), &path, work, &Shim::default());
    has_reached.recv().unwrap();
    // Its owner is alive, although no process of its number but the second's own is to be seen.
    let brief = Work { timeout: Duration::from_secs(1), ..work };
    let said = contained().start(server.url(), &path, brief, &Shim::default()).wait().told;
    assert!(matches!(said[0].1.as_str(), "unknown" | "not_sent"), "{said:?}");
    let outcome = || {
        let journal = Journal::open(&path).unwrap();
        let outcome = journal.get("key-000000").wait().unwrap().unwrap().outcome;
        journal.close().wait().unwrap();
        outcome
    };
    assert_eq!(outcome(), None);
    first.kill();
    assert!(first.wait().killed);
    // Gone, although a process of its number lives again, and long before its deadline.
    let said = contained().start(server.url(), &path, work, &Shim::default()).wait().told;
    assert_eq!((said[0].1.as_str(), outcome()), ("unknown", Some(Outcome::Unknown)));
    assert_eq!(server.times_accepted(0), 1);
    drop(go_on);
}
