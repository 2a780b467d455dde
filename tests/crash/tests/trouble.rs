//! Devices that fail: nothing is sent without a durable claim, nothing hangs.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use partner_messaging_crash::{Action, Driver, Ended, Oracle, Server, Shim, Work, lose_power};
use tempfile::TempDir;

struct Place {
    place: TempDir,
    server: Server,
    oracle: Oracle,
}

const WORK: Work = Work { first: 0, count: 12, in_flight: 3, timeout: Duration::from_secs(60) };

impl Place {
    fn new() -> Self {
        let place = TempDir::new().unwrap();
        std::fs::create_dir(place.path().join("folder")).unwrap();
        std::fs::create_dir(place.path().join("shadow")).unwrap();
        Self { place, server: Server::start(), oracle: Oracle::default() }
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join("folder")
    }

    fn shadow(&self) -> PathBuf {
        self.place.path().join("shadow")
    }

    fn run(&mut self, work: Work, shim: &Shim) -> Ended {
        let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
        let journal = self.folder().join("journal.db");
        let ended = driver.start(self.server.url(), &journal, work, shim).wait();
        self.oracle.note(&ended, 0);
        ended
    }

    /// All is well again.
    fn finish(mut self, work: Work) {
        self.run(work, &Shim::default());
        self.oracle.check(&self.server, &self.folder().join("journal.db"), 0..work.count, false);
    }
}

#[test]
fn an_error_of_the_device_fails_calls_and_doubles_nothing() {
    for action in [Action::Eio, Action::Enospc] {
        for (kind, suffix) in [("write", "-wal"), ("sync", "-wal"), ("write", ".db"), ("write", "-shm")] {
            for at in [1, 2, 3, 5, 9] {
                let mut place = Place::new();
                place.run(WORK, &Shim::default().only(kind, suffix).at(at, action).times(2));
                place.finish(WORK);
            }
        }
    }
}

#[test]
fn what_was_not_synced_for_an_error_does_not_count_as_synced_later() {
    let mut random = fastrand::Rng::new();
    for at in 1..24 {
        let mut place = Place::new();
        let (shadow, folder) = (place.shadow(), place.folder());
        place.run(WORK, &Shim::default().shadow(&shadow).only("sync", "-wal").at(at, Action::Eio));
        lose_power(&folder, &shadow, 0.0, &mut random);
        place.finish(WORK);
    }
}

/// Who is not the administrator is one in a namespace of their own.
fn namespace() -> &'static str {
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if is_root { "--mount" } else { "--map-root-user" }
}

/// A file system of this size for the journal, filled up but for `free` bytes; then the
/// program is run twice, and in between there is room again.
fn on_a_full_disk(free_kib: u32) -> (Ended, Server) {
    const SCRIPT: &str = "mount -t tmpfs -o size=16m tmpfs \"$0\" && \
        head -c $((16384 - $1))k /dev/zero > \"$0/filler\" && shift && \
        \"$@\" && echo full && rm \"$0/filler\" && \"$@\"";
    let place = Place::new();
    let folder = place.folder();
    let free = free_kib.to_string();
    let arguments = [namespace(), "--mount", "sh", "-c", SCRIPT, folder.to_str().unwrap(), &free];
    let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
    let driver = driver.through(Path::new("unshare"), &arguments);
    let work = Work { count: 300, ..WORK };
    let ended = driver.start(place.server.url(), &folder.join("journal.db"), work, &Shim::default()).wait();
    (ended, place.server)
}

#[test]
fn a_full_disk_fails_the_calls_that_meet_it_and_nothing_hangs() {
    let mut failed = 0;
    for free_kib in [8, 64, 128, 200, 260, 700] {
        let (ended, server) = on_a_full_disk(free_kib);
        let refused = ended.errors.iter().any(|line| line.starts_with("refused"));
        let told = if refused { 300 } else { 600 };
        assert_eq!(ended.told.len(), told, "{free_kib} KiB: {:?}", ended.errors.last());
        failed += ended.told.iter().filter(|(_, said)| said == "not_sent").count();
        for number in 0..300 {
            let said: Vec<_> = ended.told.iter().filter(|it| it.0 == number).map(|it| &*it.1).collect();
            let accepted = server.times_accepted(number);
            assert!(accepted <= 1, "{free_kib} KiB: {number} was accepted {accepted} times: {said:?}");
            let is_sent = said.iter().any(|said| ["sent", "replayed"].contains(said));
            assert!(!is_sent || accepted == 1, "{free_kib} KiB: {number}: {said:?}");
            // With room again, every key comes to its end.
            assert_ne!(said.last(), Some(&"not_sent"), "{free_kib} KiB: {number}: {said:?}");
        }
    }
    assert!(failed > 100, "{failed}");
}

/// All files of a folder, when they were changed, and their contents.
fn contents(folder: &Path) -> Vec<(PathBuf, SystemTime, Vec<u8>)> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .map(|path| {
            let modified = path.metadata().unwrap().modified().unwrap();
            let bytes = std::fs::read(&path).unwrap();
            (path, modified, bytes)
        })
        .collect();
    files.sort();
    files
}

/// A run where `read_only` can't be written to, the administrator not excepted.
fn run_read_only(place: &mut Place, read_only: &Path) -> Ended {
    const SCRIPT: &str = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && \"$@\"";
    let path = read_only.to_str().unwrap();
    let arguments = [namespace(), "--mount", "sh", "-c", SCRIPT, path];
    let driver = Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")));
    let driver = driver.through(Path::new("unshare"), &arguments);
    driver.start(place.server.url(), &place.folder().join("journal.db"), WORK, &Shim::default()).wait()
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_leaves_and_left_as_it_is() {
    let mut place = Place::new();
    let (folder, journal) = (place.folder(), place.folder().join("journal.db"));
    // Where there is none yet, where there is one that was closed, and one whose process was killed.
    for round in 0..3 {
        match round {
            0 => {}
            1 => drop(place.run(Work { count: 4, ..WORK }, &Shim::default())),
            _ => {
                let kill = Shim::default().only("recv", "socket").at(3, Action::Kill);
                assert!(place.run(Work { first: 4, ..WORK }, &kill).killed);
            }
        }
        let (before, accepted) = (contents(&folder), place.server.total_accepted());
        for read_only in [&folder, &journal] {
            if round == 0 && read_only == &journal {
                continue;
            }
            let ended = run_read_only(&mut place, read_only);
            let refused =
                ended.errors.iter().any(|line| line.starts_with("refused") && line.contains("journal"));
            assert!(refused && ended.told.is_empty(), "{read_only:?}: {ended:?}");
            assert_eq!(place.server.total_accepted(), accepted);
            assert!(contents(&folder) == before, "{round}, {read_only:?}: it was changed");
        }
    }
}
