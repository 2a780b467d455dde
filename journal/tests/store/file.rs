//! What only a file can go through: damage, other programs, and company.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partner_messaging::journal::{
    Affordability, Budget, Claimed, Ending, OpenStore, Spending, Store, StoreError,
};
use partner_messaging::{ErrorClass, Kind, Outcome};
use partner_messaging_journal::{Journal, sqlite_store};
use tempfile::TempDir;

use crate::conformance::{claim, ended, look_up, make_claim, sent, settle, try_key};

struct File {
    folder: TempDir,
    store: Arc<dyn OpenStore>,
}

impl File {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite_store(folder.path().join("journal.db")).unwrap();
        Self { folder, store }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("journal.db{suffix}"))
    }
}

impl OpenStore for File {
    fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        self.store.open()
    }

    fn name(&self) -> String {
        self.store.name()
    }

    fn is_local(&self) -> bool {
        self.store.is_local()
    }

    fn is_loopback(&self) -> bool {
        self.store.is_loopback()
    }
}

#[test]
fn a_file_is_a_store() {
    crate::conformance::check(&mut || Box::new(File::new()));
}

/// All files of a folder with their contents.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap_or_default())).collect()
}

#[test]
fn its_files_are_for_their_owner_only() {
    let file = File::new();
    let mut store = file.open().unwrap();
    make_claim(&mut *store, "k");
    for suffix in ["", "-wal", "-shm", "-lock"] {
        let mode = fs::metadata(file.beside(suffix)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}

#[test]
fn what_is_no_journal_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let newer = {
        let file = File::new();
        drop(file.open().unwrap());
        let mut bytes = fs::read(file.path()).unwrap();
        bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
        bytes
    };
    let mut other_sqlite = newer.clone();
    other_sqlite[68..72].copy_from_slice(&0u32.to_be_bytes());
    let long = b"not a database at all\n".repeat(1_000);
    let files: [(&str, &[u8]); 5] = [
        ("text", b"key,phone\n"),
        ("long", &long),
        ("magic", b"SQLite format 3\0"),
        ("other", &other_sqlite),
        ("newer", &newer),
    ];
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let before = contents(folder.path());
        let error = Journal::open(&path).unwrap_err();
        assert_eq!((error.class(), error.kind()), (ErrorClass::Journal, Kind::Journal), "{name}");
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        let wanted = if name == "newer" { "format 99" } else { "another program" };
        assert!(error.to_string().contains(wanted), "{name}: {error}");
        assert_eq!(contents(folder.path()), before, "{name}");
    }
    let missing = Journal::open(folder.path().join("no/such/folder.db")).unwrap_err();
    assert_eq!(missing.class(), ErrorClass::Journal);
    assert_eq!(Journal::open(folder.path()).unwrap_err().class(), ErrorClass::Journal);
    for path in ["", ":memory:", "mysql://host/name"] {
        let error = Journal::open(path).unwrap_err();
        assert_eq!((error.class(), error.field()), (ErrorClass::Config, Some("journal")), "{path}");
    }
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let path = folder.path().join(format!("{round}.db"));
        // What a process leaves that is killed while it makes the file.
        for suffix in ["-new", "-new-journal", "-new-wal"] {
            fs::write(folder.path().join(format!("{round}.db{suffix}")), b"half of it").unwrap();
        }
        if round % 2 == 1 {
            fs::write(&path, b"").unwrap();
        }
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    start.wait();
                    sqlite_store(&path).unwrap();
                });
            }
            start.wait();
            let begun = std::time::Instant::now();
            loop {
                assert!(begun.elapsed().as_secs() < 60);
                let Ok(bytes) = fs::read(&path) else { continue };
                if bytes.is_empty() && round % 2 == 1 {
                    continue;
                }
                assert!(bytes.len() > 4_096 && bytes.starts_with(b"SQLite format 3\0"), "{}", bytes.len());
                break;
            }
        });
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        make_claim(&mut *sqlite_store(&path).unwrap().open().unwrap(), "k");
    }
    let rests = contents(folder.path()).into_iter().map(|(path, _)| path);
    let rests: Vec<_> = rests.filter(|path| path.to_string_lossy().contains("-new")).collect();
    assert!(rests.is_empty(), "{rests:?}");
}

#[test]
fn a_name_that_has_a_history_gets_no_new_file() {
    let file = File::new();
    let mut store = file.open().unwrap();
    make_claim(&mut *store, "k");
    let copy = tempfile::tempdir().unwrap();
    for suffix in ["-wal", "-lock"] {
        fs::copy(file.beside(suffix), copy.path().join(format!("journal.db{suffix}"))).unwrap();
    }
    let path = copy.path().join("journal.db");
    for (gone, problem) in [("", "lost claims"), ("-lock", "-wal is there")] {
        if !gone.is_empty() {
            fs::remove_file(copy.path().join(format!("journal.db{gone}"))).unwrap();
        }
        let log = fs::read(copy.path().join("journal.db-wal")).unwrap();
        let error = Journal::open(&path).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
        assert!(!path.exists() && fs::read(copy.path().join("journal.db-wal")).unwrap() == log);
    }
}

/// The files of a journal as a process leaves them that is killed, changed by `change`.
fn killed(change: &dyn Fn(&Path)) -> TempDir {
    let file = File::new();
    let mut store = file.open().unwrap();
    for n in 0..100 {
        make_claim(&mut *store, &format!("key {n}"));
    }
    let copy = tempfile::tempdir().unwrap();
    for suffix in ["", "-wal", "-shm", "-lock"] {
        fs::copy(file.beside(suffix), copy.path().join(format!("journal.db{suffix}"))).unwrap();
    }
    change(copy.path());
    copy
}

/// Changes a file as another program does of which nothing is left then.
fn run_sql(folder: &Path, sql: &str) {
    let script = "import os, sqlite3, sys\n\
        c = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
        c.executescript(sys.argv[2])\n\
        os._exit(0)";
    let path = folder.join("journal.db");
    let run = std::process::Command::new("python3").args(["-c", script]).arg(path).arg(sql).status();
    assert!(run.unwrap().success());
}

#[test]
fn what_is_refused_stays_byte_for_byte() {
    type Change<'a> = &'a dyn Fn(&Path);
    let change = |suffix: &'static str, change: fn(&mut Vec<u8>)| {
        move |folder: &Path| {
            let path = folder.join(format!("journal.db{suffix}"));
            let mut bytes = fs::read(&path).unwrap();
            change(&mut bytes);
            fs::write(&path, bytes).unwrap();
        }
    };
    let sql = |sql: &'static str| move |folder: &Path| run_sql(folder, sql);
    let half = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2);
    // What SQL changes stands in the log alone.
    let cases: [(Change<'_>, &str); 6] = [
        (&change("-wal", half), "lost claims"),
        (&change("-wal", Vec::clear), "lost claims"),
        (&sql("PRAGMA user_version = 99"), "format 99"),
        (&sql("PRAGMA application_id = 7"), "another program"),
        (&sql("UPDATE entries SET owner = 1 WHERE key = 'key 7'"), "damaged"),
        (&sql("DELETE FROM journal WHERE name = 'secret'"), "damaged"),
    ];
    for (number, (change, problem)) in cases.into_iter().enumerate() {
        let folder = killed(change);
        let before = contents(folder.path());
        // As often as somebody tries.
        for _ in 0..3 {
            let error = Journal::open(folder.path().join("journal.db")).unwrap_err();
            assert!(error.to_string().contains(problem), "case {number}: {error}");
            assert!(contents(folder.path()) == before, "case {number}: a file was changed");
        }
    }
    // The same where all of it is in the file.
    let folder = killed(&sql("PRAGMA wal_checkpoint(TRUNCATE)"));
    fs::remove_file(folder.path().join("journal.db-wal")).unwrap();
    fs::remove_file(folder.path().join("journal.db-shm")).unwrap();
    let path = folder.path().join("journal.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let before = contents(folder.path());
    for _ in 0..3 {
        assert!(Journal::open(&path).is_err());
        assert!(contents(folder.path()) == before, "a file was changed");
    }
}

#[test]
fn a_file_of_format_1_is_brought_to_this_one() {
    let file = File::new();
    let mut store = file.store.open().unwrap();
    for (key, cost) in [("a", "0.30"), ("b", "0.05"), ("c", "0.10")] {
        let claimed = make_claim(&mut *store, key);
        settle(&mut *store, &claimed, Ending { cost: cost.parse().ok(), ..sent(key) });
    }
    let before = store.summary().unwrap();
    drop(store);
    let format = || fs::read(file.path()).unwrap()[63];
    run_sql(
        file.folder.path(),
        "DROP TABLE highest; PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE)",
    );
    assert_eq!(format(), 1);
    let mut store = sqlite_store(file.path()).unwrap().open().unwrap();
    assert_eq!(store.summary().unwrap(), before);
    let budget = Budget {
        limits: vec![("SGD".to_owned(), "0.80".parse().unwrap())],
        max_cost: Vec::new(),
        channels: vec!["SMS".to_owned()],
        besides: Spending::default(),
    };
    let spending = store.spending().unwrap();
    assert_eq!(spending.check(&budget), Affordability::Now, "0.45, and one may cost 0.30");
    let less = Budget { limits: vec![("SGD".to_owned(), "0.74".parse().unwrap())], ..budget };
    assert!(matches!(spending.check(&less), Affordability::Never(_)));
    assert_eq!(look_up(&mut *store, "a").unwrap().outcome(), Some(Outcome::Sent));
    drop(store);
    assert_eq!(format(), 2, "what knew format 1 alone refuses it from now on");
}

#[test]
fn a_file_is_opened_once_however_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let first = Journal::open(&path).unwrap();
    std::os::unix::fs::symlink(&path, folder.path().join("link")).unwrap();
    fs::hard_link(&path, folder.path().join("hard")).unwrap();
    for name in ["journal.db", "./journal.db", "link", "hard"] {
        assert!(Journal::open(folder.path().join(name)).unwrap().is_same(&first), "{name}");
    }
    first.close().wait().unwrap();
    let second = Journal::open(&path).unwrap();
    assert!(!second.is_same(&first));
    assert_eq!(second.summary().wait().unwrap().sent, 0);
}

/// A journal with some of everything, and its keys.
fn filled(count: usize) -> (File, Vec<String>) {
    let file = File::new();
    let mut store = file.open().unwrap();
    let keys: Vec<_> = (0..count).map(|n| format!("key {:04}", n * 7_919 % 10_000)).collect();
    for (n, key) in keys.iter().enumerate() {
        let claimed = make_claim(&mut *store, key);
        match n % 4 {
            0 => settle(&mut *store, &claimed, sent(key)),
            1 => settle(&mut *store, &claimed, ended(Outcome::Rejected)),
            2 => settle(&mut *store, &claimed, ended(Outcome::Unknown)),
            _ => continue,
        };
    }
    drop(store);
    (file, keys)
}

/// What a copy of a journal's files is good for: it is refused, or the outcome under each
/// key is what it was, but for what may not be known any more.
fn check_copy(original: &[Option<Outcome>], keys: &[String], path: &Path, what: &str) -> bool {
    let opened = sqlite_store(path)
        .map_err(|error| error.to_string())
        .and_then(|store| store.open().map_err(|error| error.to_string()));
    let Ok(mut store) = opened else { return false };
    let names: Vec<_> = keys.iter().map(String::as_str).collect();
    // An operation that is refused sends nothing.
    let Ok(found) = store.look_up(&names) else { return false };
    for ((before, key), found) in original.iter().zip(keys).zip(found) {
        let after = found.unwrap_or_else(|| panic!("{what}: {key} is gone")).outcome();
        // Claims of a process that is gone are unknown; so is what wasn't synced.
        assert!(
            after == *before || after == Some(Outcome::Unknown),
            "{what}: {key} was {before:?}, is {after:?}"
        );
    }
    let mut again: Vec<_> = keys.iter().map(|key| claim(&*store, key)).collect();
    again.sort_by(|a, b| a.key.cmp(&b.key));
    let Ok(committed) = store.commit(&[], &again) else { return false };
    for (claim, found) in again.iter().zip(committed.claims) {
        let at = keys.iter().position(|key| *key == claim.key).unwrap();
        let was_free = matches!(original[at], Some(Outcome::Rejected | Outcome::NotSent));
        assert!(found != Claimed::Made || was_free, "{what}: {} was claimed again", claim.key);
    }
    true
}

fn outcomes(store: &mut dyn Store, keys: &[String]) -> Vec<Option<Outcome>> {
    keys.iter().map(|key| look_up(store, key).unwrap().outcome()).collect()
}

#[test]
fn a_flipped_byte_is_never_a_double() {
    let (file, keys) = filled(200);
    let original = outcomes(&mut *file.open().unwrap(), &keys);
    let (bytes, lock) = (fs::read(file.path()).unwrap(), fs::read(file.beside("-lock")).unwrap());
    assert!(!file.beside("-wal").exists());
    let folder = tempfile::tempdir().unwrap();
    let mut refused = 0;
    let places: Vec<_> = (0..bytes.len()).step_by(211).collect();
    for (n, at) in places.iter().enumerate() {
        let path = folder.path().join(format!("{n}.db"));
        let mut flipped = bytes.clone();
        flipped[*at] ^= 1 << (n % 8);
        fs::write(&path, &flipped).unwrap();
        fs::write(folder.path().join(format!("{n}.db-lock")), &lock).unwrap();
        refused += usize::from(!check_copy(&original, &keys, &path, &format!("byte {at}")));
    }
    assert!(refused > places.len() / 4, "{refused} of {}", places.len());
}

#[test]
fn a_damaged_log_is_never_a_double() {
    let file = File::new();
    let mut store = file.open().unwrap();
    let keys: Vec<_> = (0..40).map(|n| format!("key {n}")).collect();
    for key in &keys {
        let claimed = make_claim(&mut *store, key);
        settle(&mut *store, &claimed, sent(key));
    }
    let original = outcomes(&mut *store, &keys);
    // As a process leaves them that is killed.
    let read = |suffix: &str| fs::read(file.beside(suffix)).unwrap();
    let (bytes, log, lock) = (read(""), read("-wal"), read("-lock"));
    assert!(log.len() > 100_000);
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, log: &[u8]| {
        let path = folder.path().join(name);
        let write = |suffix: &str, bytes: &[u8]| {
            fs::write(folder.path().join(format!("{name}{suffix}")), bytes).unwrap();
        };
        write("", &bytes);
        write("-wal", log);
        write("-lock", &lock);
        check_copy(&original, &keys, &path, name)
    };
    assert!(check("whole", &log));
    for (n, length) in (0..log.len()).step_by(9_973).enumerate() {
        check(&format!("torn at {length}"), &log[..length]);
        let mut flipped = log.clone();
        flipped[length] ^= 1 << (n % 8);
        check(&format!("flipped at {length}"), &flipped);
    }
    assert!(!check("torn in the middle", &log[..log.len() / 2]));
    assert!(!check("gone", &[]));
}

#[test]
fn a_file_that_is_taken_away_is_not_written_to() {
    for suffix in ["", "-wal", "-lock"] {
        let file = File::new();
        let mut store = file.open().unwrap();
        make_claim(&mut *store, "k");
        fs::rename(file.beside(suffix), file.folder.path().join("moved")).unwrap();
        let again = claim(&*store, "l");
        let error = store.commit(&[], &[again]).unwrap_err();
        assert!(error.is_broken() && error.to_string().contains("moved"), "{suffix}: {error}");
        drop(store);
        let reopened = file.open();
        match suffix {
            // Who takes the lock file away says that its mark doesn't count; what was in the
            // log was brought home by the one who had it open.
            "-lock" | "-wal" => assert!(look_up(&mut *reopened.unwrap(), "k").is_some()),
            _ => assert!(reopened.is_err()),
        }
    }
}

#[test]
fn a_claim_is_over_when_its_owner_is() {
    let file = File::new();
    // Another process's: its lock file is open apart.
    let other = sqlite_store(file.path()).unwrap();
    let mut theirs = other.open().unwrap();
    let claimed = make_claim(&mut *theirs, "k");
    drop(theirs);
    let mut ours = file.open().unwrap();
    assert_eq!(look_up(&mut *ours, "k").unwrap().outcome(), None, "its owner is alive");
    drop(other);
    let entry = look_up(&mut *ours, "k").unwrap();
    assert_eq!(
        entry.ending.as_ref().map(|ending| (ending.outcome, ending.kind)),
        Some((Outcome::Unknown, Some(Kind::Interrupted)))
    );
    assert_eq!(try_key(&mut *ours, "k").unwrap(), entry, "unknown, never free");
    assert_eq!(ours.summary().unwrap().unknown, 1);
    // What it tells late still wins.
    settle(&mut *ours, &claimed, sent("m"));
    assert_eq!(look_up(&mut *ours, "k").unwrap().outcome(), Some(Outcome::Sent));
}

#[test]
fn another_sqlite_may_come_and_go() {
    let file = File::new();
    let mut store = file.open().unwrap();
    make_claim(&mut *store, "before");
    // Opening and closing the file is what drops a process's POSIX locks.
    for suffix in ["", "-wal", "-shm"] {
        drop(fs::File::open(file.beside(suffix)).unwrap());
    }
    let script = "import sqlite3, sys\n\
        c = sqlite3.connect(sys.argv[1])\n\
        print(c.execute('SELECT count(*) FROM entries').fetchone()[0])\n\
        c.close()";
    let output =
        std::process::Command::new("python3").args(["-c", script]).arg(file.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1", "{output:?}");
    assert!(file.beside("-wal").exists(), "it took itself for the last one");
    make_claim(&mut *store, "after");
    drop(store);
    assert!(look_up(&mut *file.open().unwrap(), "after").is_some());
}

#[test]
fn two_processes_take_turns() {
    let file = File::new();
    let other = sqlite_store(file.path()).unwrap();
    // Held as a process would that is stopped in the midst of a transaction, until it is told.
    let script = "import sqlite3, sys\n\
        c = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
        c.execute('BEGIN IMMEDIATE')\n\
        print('held', flush=True)\n\
        sys.stdin.read()\n\
        c.execute('ROLLBACK')\n\
        c.close()";
    drop(other);
    let mut store = file.open().unwrap();
    make_claim(&mut *store, "k");
    for works in [true, false] {
        let mut holder = std::process::Command::new("python3")
            .args(["-c", script])
            .arg(file.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(holder.stdout.take().unwrap()), &mut line)
            .unwrap();
        assert_eq!(line, "held\n");
        let claim = claim(&*store, &format!("works: {works}"));
        let mut go_on = holder.stdin.take();
        if works {
            let go_on = go_on.take();
            std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(500));
                drop(go_on);
            });
        }
        let result = store.commit(&[], &[claim]);
        assert_eq!(result.is_ok(), works, "{result:?}");
        if let Err(error) = result {
            assert!(!error.is_broken(), "{error}");
        }
        assert!(look_up(&mut *store, "k").is_some(), "reading goes on");
        drop(go_on);
        holder.wait().unwrap();
    }
    make_claim(&mut *store, "then");
}
