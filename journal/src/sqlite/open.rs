//! Opening a file: whether it is a journal, whether it is whole, and who uses it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use partner_messaging::journal::{Identity, OpenStore, Store, StoreError};
use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::Fault;
use super::files::{self, FileId, LockFile, lock_file_error};
use super::inspect::{self, Depth, connection_to, inspect};
use super::migrate::migrate;
use super::store::SqliteStore;
use super::system_calls;
use crate::fork::{self, Inside, enter};

/// For how long opening waits for others that open or close the same file.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// The same where another may be reading all of a large file first.
const MAX_CHECKING: Duration = Duration::from_secs(30);

/// A journal's file, which is opened on the thread that uses it.
pub(crate) struct SqliteFile {
    path: PathBuf,
    process: Mutex<Process>,
}

/// What belongs to this process: a forked child is a new owner.
#[derive(Default)]
struct Process {
    generation: u64,
    owner: Option<(u64, Arc<LockFile>)>,
    /// Whether the file was opened before: then it is opened anew after an error.
    opened: bool,
}

impl SqliteFile {
    /// `path` is the file's own: absolute, without links in it.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, process: Mutex::default() }
    }

    /// This process's number as an owner of claims, its byte locked, and whether the
    /// file was open before.
    fn own(&self) -> Result<(u64, Arc<LockFile>, bool), StoreError> {
        // Nobody forks while this is locked.
        let _inside = enter();
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = fork::generation();
        if process.generation != generation {
            // The parent's: its descriptor was closed when this process was forked, and the
            // number may be another file's by now.
            std::mem::forget(std::mem::replace(&mut *process, Process { generation, ..Process::default() }));
        }
        let opened = std::mem::replace(&mut process.opened, true);
        if let Some((owner, lock)) = &process.owner
            && lock.is_current(&self.path)
        {
            return Ok((*owner, lock.clone(), opened));
        }
        let owner = match &process.owner {
            Some((owner, _)) => *owner,
            None => random_owner()?,
        };
        let lock = Arc::new(LockFile::open(&self.path, owner).map_err(lock_file_error)?);
        process.owner = Some((owner, lock.clone()));
        Ok((owner, lock, opened))
    }

    fn open_file(&self) -> Result<SqliteStore, StoreError> {
        system_calls::watch_thread();
        let path = &self.path;
        files::check_file_system(path)?;
        {
            let _inside = enter();
            files::check_header(path)?;
        }
        let file = files::id_of(path).ok_or_else(|| StoreError::broken("it was removed"))?;
        let boot = boot_id()?;
        let in_use = FileInUse::begin(file)?;
        let (owner, lock, opened_before) = self.own()?;
        let (membership, is_alone) = Membership::begin(lock.clone(), path).map_err(lock_file_error)?;
        let is_trusted = !opened_before && (!is_alone || lock.was_left_clean(path));
        let depth = if is_trusted { Depth::Head } else { Depth::Whole };
        let (database, secret) = while_busy(|| {
            if is_alone {
                inspect(path, depth, lock.mark())?;
            }
            let depth = if is_alone { Depth::Head } else { depth };
            let (connection, secret) = connect(path, depth, lock.mark())?;
            Ok((Database { connection, inside: None }, secret))
        })?;
        while_busy(|| {
            let connection = &database.connection;
            if opened_before {
                empty_log(connection)?;
            }
            migrate(connection)?;
            let sql = "INSERT OR IGNORE INTO owners VALUES (?1, ?2)";
            connection.execute(sql, (owner.cast_signed(), &boot))?;
            Ok(())
        })?;
        // The log's name, which another process may have made and not synced.
        files::sync_folder(path).map_err(|error| StoreError::broken(format!("its folder: {error}")))?;
        let identity = Identity { secret, owner };
        let open = Open { database, path: path.clone(), file, lock, membership, _in_use: in_use };
        open.set_sound(true);
        Ok(SqliteStore::new(open, identity, boot))
    }
}

/// The open file. Dropping it closes it, from the top down.
pub(super) struct Open {
    pub(super) database: Database,
    pub(super) path: PathBuf,
    pub(super) file: FileId,
    pub(super) lock: Arc<LockFile>,
    membership: Membership,
    _in_use: FileInUse,
}

impl Open {
    /// One of the files is not where it was: what is there now is nobody's work here.
    pub(super) fn distrust(&self) {
        self.membership.is_sound.set(false);
    }

    /// Whether the log may be brought home when the file is closed, and the file noted as
    /// left clean: not after an error that nobody knows the reach of.
    pub(super) fn set_sound(&self, is_sound: bool) {
        let kept =
            self.database.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !is_sound);
        self.membership.is_sound.set(is_sound && kept.is_ok());
    }
}

/// A connection that no fork happens to while it is closed.
pub(super) struct Database {
    pub(super) connection: Connection,
    /// Dropped after the connection.
    inside: Option<Inside>,
}

impl Drop for Database {
    fn drop(&mut self) {
        self.inside = Some(enter());
    }
}

/// This process has the file open.
struct Membership {
    lock: Arc<LockFile>,
    path: PathBuf,
    is_sound: Cell<bool>,
}

impl Membership {
    /// Tells, too, whether no other process has it open.
    fn begin(lock: Arc<LockFile>, path: &Path) -> std::io::Result<(Self, bool)> {
        let is_alone = lock.join()?;
        Ok((Self { lock, path: path.to_owned(), is_sound: Cell::new(false) }, is_alone))
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        // Where it can't be noted that the file was left clean, the next one looks.
        let _ = self.lock.leave(&self.path, self.is_sound.get());
    }
}

impl OpenStore for SqliteFile {
    fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        if !fork::is_usable() {
            return Err(StoreError::failed(
                "this process was forked while its parent was writing to a journal; start it anew",
            ));
        }
        Ok(Box::new(self.open_file()?))
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn is_local(&self) -> bool {
        true
    }

    fn is_loopback(&self) -> bool {
        true
    }
}

/// Opens a file that may be used. What is written is synced, and the log is kept when the
/// connection is closed, until both are told otherwise. Gives the journal's secret, too.
fn connect(path: &Path, depth: Depth, mark: u64) -> Result<(Connection, [u8; 32]), Fault> {
    let connection = connection_to(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // The errors of an automatic checkpoint are told to nobody.
    connection.execute_batch(
        "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; \
         PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON",
    )?;
    let secret = inspect::check(&connection, depth, mark)?;
    // Another program may have changed it.
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    match mode.eq_ignore_ascii_case("wal") {
        true => Ok((connection, secret)),
        false => Err(StoreError::broken(
            "its folder has no room for the shared memory (-shm) of a write-ahead log",
        )
        .into()),
    }
}

/// After an error of a sync nobody knows what of the log has reached the disk, and later
/// syncs don't tell. So all of it is brought home, and a new log is begun.
fn empty_log(connection: &Connection) -> Result<(), Fault> {
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    match connection.query_row(sql, (), |row| row.get::<_, i64>(0))? {
        0 => Ok(()),
        _ => Err(Fault::Busy),
    }
}

/// Tries again for a while what others that open or close the file have locked.
fn while_busy<T>(mut attempt: impl FnMut() -> Result<T, Fault>) -> Result<T, Fault> {
    let begun = Instant::now();
    loop {
        let result = {
            let _inside = enter();
            attempt()
        };
        match result {
            Err(fault) if fault.is_busy() && begun.elapsed() < MAX_CHECKING => {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}

/// The number of an owner, which is also the place of its byte: not 0, and less than 2⁶².
fn random_owner() -> Result<u64, StoreError> {
    let mut bytes = [0; 8];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return Err(StoreError::broken("this machine gives no random numbers"));
    }
    Ok((u64::from_be_bytes(bytes) >> 2).max(files::FIRST_OWNER))
}

/// What tells this boot of the machine from all others: the owners of another one are gone.
fn boot_id() -> Result<String, StoreError> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    #[cfg(target_os = "macos")]
    let id = system_calls::boot_session();
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
    let id: Option<String> = None;
    let id = id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    id.ok_or_else(|| StoreError::broken("this machine doesn't tell one boot from another"))
}

/// One file is open once in a process: who opens it anew waits until it is closed.
pub(super) struct FileInUse(u64, FileId);

static IN_USE: Mutex<Option<BTreeSet<(u64, FileId)>>> = Mutex::new(None);

fn in_use() -> MutexGuard<'static, Option<BTreeSet<(u64, FileId)>>> {
    IN_USE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FileInUse {
    fn begin(file: FileId) -> Result<Self, StoreError> {
        let begun = Instant::now();
        let key = (fork::generation(), file);
        loop {
            {
                // Nobody forks while the set is locked.
                let _inside = enter();
                if in_use().get_or_insert_default().insert(key) {
                    return Ok(Self(key.0, key.1));
                }
            }
            if begun.elapsed() > MAX_WAIT {
                return Err(StoreError::failed("this process is still closing it"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for FileInUse {
    fn drop(&mut self) {
        let _inside = enter();
        if let Some(files) = &mut *in_use() {
            files.remove(&(self.0, self.1));
        }
    }
}
