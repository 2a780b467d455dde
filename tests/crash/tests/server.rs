//! Processes that share a journal on a server, which is restarted in mid-run.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use partner_messaging_crash::{Driver, Oracle, Server, Shim, Work, postgres_url};

/// What the server answers.
fn ask(sql: &str) -> String {
    let programs = Path::new("/usr/lib/postgresql");
    let newest =
        programs.read_dir().into_iter().flatten().flatten().map(|version| version.path().join("bin/psql"));
    let psql = newest.filter(|path| path.is_file()).max().unwrap_or_else(|| "psql".into());
    let output = Command::new(psql).args(["-X", "-A", "-t", "-c", sql]).arg(postgres_url()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Kills one of the server's processes: it ends all the others, recovers from its log and
/// serves again. The other processes of these tests are not disturbed by that: they are
/// over, or have not begun.
fn crash_server(journal: &str) -> bool {
    let pids = ask(&format!("SELECT pid FROM pg_stat_activity WHERE application_name = '{journal}' LIMIT 1"));
    let Some(pid) = pids.lines().next().filter(|pid| !pid.is_empty()) else { return false };
    Command::new("kill").args(["-9", pid]).status().unwrap().success()
}

#[test]
fn a_server_that_is_restarted_and_processes_that_are_killed_double_nothing() {
    let name = format!("restarts-{}", std::process::id());
    let journal = PathBuf::from(format!("{}?application_name={name}&journal={name}", postgres_url()));
    let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
    let (server, mut oracle) = (Server::start(), Oracle::default());
    let mut random = fastrand::Rng::new();
    let work = Work { first: 0, count: 1_000, in_flight: 4, timeout: Duration::from_secs(4) };
    let mut crashes = 0;
    for round in 0..3 {
        // All of them are at the same keys.
        let mut runs: Vec<_> =
            (0..4).map(|_| driver.start(server.url(), &journal, work, &Shim::default())).collect();
        // While they send.
        let begun = Instant::now();
        while server.total_accepted() < 20 * (round as u64 + 1) && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(random.u64(0..100)));
        runs[round].kill();
        crashes += u32::from(crash_server(&name));
        for run in runs {
            oracle.note(&run.wait(), work.in_flight);
        }
    }
    assert!(crashes > 0);
    // The last run is to meet no trouble: a call that can't reach its journal sends nothing,
    // whatever became of its key before.
    let begun = Instant::now();
    while ask("SELECT 'up'") != "up" {
        assert!(begun.elapsed() < Duration::from_secs(60), "the server doesn't come back");
        std::thread::sleep(Duration::from_millis(50));
    }
    // What its process could not record is unknown when its time is over, and five seconds more.
    let last = Work { timeout: Duration::from_secs(40), ..work };
    oracle.note(&driver.start(server.url(), &journal, last, &Shim::default()).wait(), 0);
    oracle.check(&server, &journal, 0..work.count, false);
}
