//! Whether a file is a journal that is whole: read without leaving a trace, since what is
//! refused must stay as it is, its log and its shared memory, too.

use std::path::{Path, PathBuf};
use std::time::Duration;

use partner_messaging::journal::StoreError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::fault::Fault;
use super::files::{self, beside};
use super::rows::{self, COLUMNS};
use super::schema::APPLICATION_ID;

/// How much of the file is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// What it is.
    Head,
    /// Everything: the structure of the file, and each entry's checks.
    Whole,
}

/// Checks a file that no other process has open. Gives the journal's secret.
pub(super) fn inspect(path: &Path, depth: Depth, mark: u64) -> Result<[u8; 32], Fault> {
    let has_log = beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0);
    if !has_log {
        // Then SQLite needs neither a log nor shared memory, and makes none.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI;
        let connection = connection_to(&immutable(path), flags)?;
        return check(&connection, depth, mark);
    }
    let connection = open_for_reading(path)?;
    // Locked for itself, it keeps the index of the log in its own memory.
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
    match check(&connection, depth, mark) {
        // Another program reads it.
        Err(fault) if fault.is_busy() => {
            drop(connection);
            check(&open_for_reading(path)?, depth, mark)
        }
        result => result,
    }
}

/// A connection that doesn't wait for others: who waits inside SQLite keeps the process from forking.
pub(super) fn connection_to(path: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Opens a file with what is in its log. It changes nothing when it is closed.
fn open_for_reading(path: &Path) -> Result<Connection, Fault> {
    // Whoever may only read can't lock it for itself.
    let connection = connection_to(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

/// The path as a URI that tells SQLite that nobody changes the file.
fn immutable(path: &Path) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/');
    PathBuf::from(format!("file:{}?immutable=1", percent_encode(path.as_os_str().as_bytes(), ENCODED)))
}

/// Whether it is a journal of this format that has lost no claims, and whole as far as
/// that is looked at. Gives its secret.
pub(super) fn check(connection: &Connection, depth: Depth, mark: u64) -> Result<[u8; 32], Fault> {
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN")?;
    let number = |pragma: &str| connection.query_row(pragma, (), |row| row.get::<_, u32>(0));
    if number("PRAGMA application_id")? != APPLICATION_ID {
        return Err(StoreError::broken(files::FOREIGN).into());
    }
    files::check_format(number("PRAGMA user_version")?)?;
    let value = |name| {
        let sql = "SELECT value FROM journal WHERE name = ?1";
        connection.query_row(sql, (name,), |row| row.get::<_, rusqlite::types::Value>(0)).optional()
    };
    let secret = match value("secret")? {
        Some(rusqlite::types::Value::Blob(secret)) => secret.try_into().ok(),
        _ => None,
    };
    let secret = secret.ok_or(Fault::Damaged("its secret is gone"))?;
    let Some(rusqlite::types::Value::Integer(synced)) = value("synced")? else {
        return Err(Fault::Damaged("its count of synced transactions is gone"));
    };
    files::check_lost_claims(rows::unsigned(synced), mark)?;
    if depth == Depth::Whole {
        verify(connection)?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(secret)
}

fn verify(connection: &Connection) -> Result<(), Fault> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
    if found != "ok" {
        return Err(Fault::Damaged("its structure is not consistent"));
    }
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM entries"))?;
    let mut entries = statement.query(())?;
    while let Some(row) = entries.next()? {
        rows::read(row)?;
    }
    Ok(())
}
