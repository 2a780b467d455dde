//! Processes that share a file with others, and with other programs.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use partner_messaging_crash::{Action, Driver, Oracle, Server, Shim, Work};
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
