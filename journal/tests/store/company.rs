//! Another SQLite in this process, which locks by POSIX locks: they are gone once anybody in the
//! process closes any descriptor of the file.

use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use partner_messaging_journal::sqlite_store;

use crate::conformance::{make_claim, sent, settle};

/// The first of the bytes that SQLite locks of a database that it reads.
const SHARED: i64 = 0x4000_0002;

/// The byte of the shared memory's file that everybody locks who has it mapped.
const MAPPED: i64 = 128;

/// A file that another SQLite of this process has open, with one byte of it locked as SQLite
/// locks while it reads.
struct Locked {
    file: File,
    at: i64,
}

impl Locked {
    fn new(path: &Path, at: i64) -> Self {
        let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
        // SAFETY: a `flock` is made of integers; zero is a value of each.
        let mut range: libc::flock = unsafe { std::mem::zeroed() };
        (range.l_type, range.l_start, range.l_len) = (libc::F_RDLCK as libc::c_short, at, 1);
        // SAFETY: the descriptor is open, and `range` a valid `flock`.
        let status = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw const range) };
        let locked = Self { file, at };
        assert!(status == 0 && locked.is_locked());
        locked
    }

    /// Whether this process still has its POSIX lock, as the kernel lists it. What others lock and
    /// unlock while the list is read moves it, so that a lock can be missing in it: one that is
    /// gone always is.
    fn is_locked(&self) -> bool {
        (0..1000).any(|_| self.is_listed())
    }

    fn is_listed(&self) -> bool {
        let inode = self.file.metadata().unwrap().ino();
        let [kind, owner] = ["POSIX".to_owned(), std::process::id().to_string()];
        let place = [format!(":{inode}"), self.at.to_string()];
        std::fs::read_to_string("/proc/locks").unwrap().lines().any(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            words[1] == kind && words[4] == owner && words[5].ends_with(&place[0]) && words[6] == place[1]
        })
    }
}

/// The names of the files of a folder that this process has open.
fn open_files(folder: &Path) -> Vec<String> {
    let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let targets = links.filter_map(|link| std::fs::read_link(link.path()).ok());
    let targets = targets.filter(|target| target.starts_with(folder));
    targets.map(|target| target.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn what_another_sqlite_of_this_process_has_locked_stays_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut opener = sqlite_store(&path).unwrap();
    let mut store = opener.open().unwrap();
    make_claim(&mut *store, "k0");
    let others = [Locked::new(&path, SHARED), Locked::new(&folder.path().join("journal.db-shm"), MAPPED)];
    let check = |when: &str| assert!(others.iter().all(Locked::is_locked), "{when}");
    let mut counts = Vec::new();
    for round in 1..6 {
        drop((store, opener));
        check("closed");
        counts.push(open_files(folder.path()).len());
        // As another program would: what this handle had open before it would read as a whole.
        opener = sqlite_store(&path).unwrap();
        check("found");
        store = opener.open().unwrap();
        check("opened");
        let claimed = make_claim(&mut *store, &format!("k{round}"));
        settle(&mut *store, &claimed, sent(&format!("m{round}")));
        check("written");
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "what is kept is used again: {counts:?}");
    // And closed when nobody has it locked any more.
    drop((store, opener, others));
    let other = tempfile::tempdir().unwrap();
    drop(sqlite_store(other.path().join("other.db")).unwrap().open().unwrap());
    assert_eq!(open_files(folder.path()), [""; 0]);
}
