//! Making the file: it is built beside its place and put there whole, so that whatever
//! happens meanwhile, there is a journal under its name or none.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use partner_messaging::journal::StoreError;
use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::{Connection, OpenFlags};

use super::fault::Fault;
use super::files::{self, CreationLock, beside};
use super::schema::{APPLICATION_ID, FORMAT, SCHEMA, SINCE_2};
use crate::fork::enter;

/// For how long one waits for another process that makes the same file.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// The file's own path. The file is made by this if it doesn't exist, or is empty.
pub(crate) fn create(path: &Path) -> Result<PathBuf, StoreError> {
    let place = own_path(path).map_err(unusable)?;
    if is_vacant(&place).map_err(unusable)? {
        // A forked child would keep the lock.
        let _inside = enter();
        let lock = lock_creation(&place)?;
        // Another process may have been faster.
        if is_vacant(&place).map_err(unusable)? {
            files::check_lost_claims(0, lock.mark())?;
            build(&place)?;
        }
    }
    Ok(place)
}

/// The path without links in it, of a file that need not exist.
fn own_path(path: &Path) -> io::Result<PathBuf> {
    match path.canonicalize() {
        // What a link leads to is not made.
        Err(error) if error.kind() == ErrorKind::NotFound && path.symlink_metadata().is_err() => {
            let name = path.file_name().ok_or(error)?;
            Ok(files::folder_of(path).canonicalize()?.join(name))
        }
        result => result,
    }
}

/// Whether there is nothing yet, or a file that is empty: somebody kept the name free.
fn is_vacant(place: &Path) -> io::Result<bool> {
    match place.metadata() {
        Ok(metadata) => Ok(metadata.is_file() && metadata.len() == 0),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn lock_creation(place: &Path) -> Result<CreationLock, StoreError> {
    let begun = Instant::now();
    loop {
        match CreationLock::take(place) {
            Err(error) if error.kind() == ErrorKind::WouldBlock && begun.elapsed() < MAX_WAIT => {
                std::thread::sleep(Duration::from_millis(2));
            }
            result => return result.map_err(files::lock_file_error),
        }
    }
}

/// Builds the file as `NAME-new`, which the holder of the lock alone does, and renames it.
fn build(place: &Path) -> Result<(), StoreError> {
    for suffix in ["-wal", "-journal"] {
        if beside(place, suffix).metadata().is_ok_and(|rest| rest.len() > 0) {
            // SQLite would take it for the new file's.
            return Err(StoreError::broken(format!("its {suffix} is there, and the file itself is not")));
        }
    }
    let new = beside(place, "-new");
    let remove_rests = || {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(beside(&new, suffix));
        }
    };
    remove_rests();
    let built = fill(&new).and_then(|()| {
        let renamed =
            File::open(&new).and_then(|file| file.sync_all()).and_then(|()| fs::rename(&new, place));
        renamed.and_then(|()| files::sync_folder(place)).map_err(unusable)
    });
    remove_rests();
    built
}

/// Makes an empty journal.
fn fill(new: &Path) -> Result<(), StoreError> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(new).map_err(unusable)?;
    let mut secret = [0; 32];
    if SystemRandom::new().fill(&mut secret).is_err() {
        return Err(StoreError::broken("this machine gives no random numbers"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let filled = || -> Result<String, Fault> {
        let connection = Connection::open_with_flags(new, flags)?;
        connection.execute_batch(&format!(
            "BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {SCHEMA} {SINCE_2}"
        ))?;
        connection.execute("INSERT INTO journal VALUES ('secret', ?1), ('synced', 0)", (&secret[..],))?;
        connection.execute_batch("COMMIT")?;
        let mode = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(mode)
    };
    match filled()?.eq_ignore_ascii_case("wal") {
        true => Ok(()),
        false => Err(StoreError::broken(
            "its folder has no room for the shared memory (-shm) of a write-ahead log",
        )),
    }
}

fn unusable(error: io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::failed("the disk is full"),
        _ => StoreError::broken(error.to_string()),
    }
}
