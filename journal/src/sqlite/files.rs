//! The files of a journal beside what SQLite does with them: `NAME` itself, and
//! `NAME-lock`, which tells who is alive and how far the journal has got.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use partner_messaging::journal::StoreError;

use super::descriptors::read_head;
use super::schema::{APPLICATION_ID, FORMAT};
use super::system_calls::byte_lock;
use crate::fork::{forget, remember};

/// What tells one file of this machine from all others.
pub(super) type FileId = (u64, u64);

/// The folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// That files have their names must outlive a loss of power, too.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

pub(super) fn id_of(path: &Path) -> Option<FileId> {
    path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// A file that belongs to `path`: `NAME-wal` and the like.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// What an SQLite file has at its beginning.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

pub(super) const FOREIGN: &str = "it is another program's file, and was left as it is";

/// Refuses what is no journal of this format, without touching it. It is read by
/// itself: SQLite would begin with repairing another program's file.
pub(super) fn check_header(path: &Path) -> Result<(), StoreError> {
    let metadata =
        path.metadata().map_err(|error| StoreError::broken(format!("it can't be read: {error}")))?;
    if !metadata.is_file() {
        return Err(StoreError::broken("it is no file"));
    }
    let mut header = [0; 100];
    let (length, refusal) = read_head(path, &mut header)
        .map_err(|error| StoreError::broken(format!("it can't be read: {error}")))?;
    let header = &header[..length];
    let number =
        |at: usize| header.get(at..at + 4).map(|bytes| bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b)));
    if header.get(..16) != Some(MAGIC) || number(68) != Some(APPLICATION_ID) {
        return Err(StoreError::broken(FOREIGN));
    }
    check_format(number(60).unwrap_or(0))?;
    match refusal {
        None => Ok(()),
        Some(error) => Err(StoreError::broken(format!("it can't be written to: {error}"))),
    }
}

/// Refuses a format that this version doesn't know.
pub(super) fn check_format(format: u32) -> Result<(), StoreError> {
    if format > FORMAT {
        return Err(StoreError::broken(format!(
            "it has format {format} and this version knows {FORMAT}: it needs a newer version, and was left as it is"
        )));
    }
    Ok(())
}

/// Refuses a journal that lacks synced transactions: what was claimed in them could be sent again.
pub(super) fn check_lost_claims(count: u64, mark: u64) -> Result<(), StoreError> {
    if count >= mark {
        return Ok(());
    }
    Err(StoreError::broken(format!(
        "it has lost claims: {count} synced transactions are in it, and there were {mark}. Was it restored from a \
         backup, or its write-ahead log (-wal) damaged? Whoever knows better removes its lock file (-lock)"
    )))
}

pub(super) fn lock_file_error(error: io::Error) -> StoreError {
    StoreError::broken(format!("its lock file (-lock) can't be used: {error}"))
}

/// Where neither locks nor shared memory can be relied upon.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn check_file_system(path: &Path) -> Result<(), StoreError> {
    /// From Linux's magic.h and the sources of those outside of it.
    const NETWORKS: [(i64, &str); 9] = [
        (0x6969, "NFS"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB"),
        (0x517b, "SMB"),
        (0x00c3_6400, "Ceph"),
        (0x5346_414f, "AFS"),
        (0x0102_1997, "9P"),
        (0x0bd0_0bd0, "Lustre"),
        (0x4750_4653, "GPFS"),
    ];
    let Ok(status) = rustix::fs::statfs(path) else { return Ok(()) };
    // Its type, and whether a magic beyond 2³¹ is negative in it, differ by platform.
    let is = |magic: i64| (status.f_type as u64) & 0xffff_ffff == magic.cast_unsigned();
    match NETWORKS.iter().find(|(magic, _)| is(*magic)) {
        None => Ok(()),
        Some((_, name)) => Err(StoreError::broken(format!(
            "it lies on a network file system ({name}), where locks don't hold: use a local disk, or PostgreSQL"
        ))),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn check_file_system(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// `NAME-lock`. Each owner of claims has the byte locked whose number is its own, far
/// beyond the end of the file; nobody ever has the same. Who has the journal open shares
/// one more. At the file's beginning stands how many synced transactions the journal has
/// at least, and in what state it was left.
pub(super) struct LockFile {
    file: File,
    id: FileId,
}

/// The lowest number of an owner; they are less than [`OPEN`].
pub(super) const FIRST_OWNER: u64 = 1 << 16;

/// The byte that everybody shares who has the journal open.
const OPEN: u64 = 1 << 62;

/// The byte of who makes the journal.
const CREATION: u64 = OPEN + 1;

/// Where the numbers stand: each part has its own check.
const MARK: u64 = 0;
const STAMP: u64 = 64;

impl LockFile {
    /// Opens the file and locks the byte of `owner`.
    pub(super) fn open(journal: &Path, owner: u64) -> io::Result<Self> {
        let file = open_lock_file(journal)?;
        let metadata = file.metadata()?;
        byte_lock::lock(&file, owner)?;
        remember(file.as_raw_fd());
        Ok(Self { id: (metadata.dev(), metadata.ino()), file })
    }

    /// Whether the path still leads to this file.
    pub(super) fn is_current(&self, journal: &Path) -> bool {
        id_of(&beside(journal, "-lock")) == Some(self.id)
    }

    /// Whether an owner is gone: its byte is free. This process's own looks free, too.
    pub(super) fn is_gone(&self, owner: u64) -> bool {
        !byte_lock::is_locked(&self.file, owner).unwrap_or(true)
    }

    /// This process has the journal open from now on. Tells whether it is the only one.
    pub(super) fn join(&self) -> io::Result<bool> {
        let only = !byte_lock::is_locked(&self.file, OPEN)?;
        byte_lock::share(&self.file, OPEN)?;
        Ok(only)
    }

    /// This process has the journal closed. The last one notes in what state it is, if
    /// that is `sound`.
    pub(super) fn leave(&self, journal: &Path, sound: bool) -> io::Result<()> {
        byte_lock::unlock(&self.file, OPEN)?;
        match state_of(journal).filter(|_| sound) {
            Some(state) if !byte_lock::is_locked(&self.file, OPEN)? => self.write(STAMP, state),
            _ => Ok(()),
        }
    }

    /// Whether the journal is as the last one left it who had it open.
    pub(super) fn was_left_clean(&self, journal: &Path) -> bool {
        read::<4>(&self.file, STAMP).is_some_and(|state| state_of(journal) == Some(state))
    }

    /// How many synced transactions the journal has had at least; 0 if that can't be told.
    pub(super) fn mark(&self) -> u64 {
        mark(&self.file)
    }

    /// Notes how many synced transactions the journal has. Not synced itself: what is
    /// lost of it makes the count too small, never too large.
    pub(super) fn set_mark(&self, count: u64) -> io::Result<()> {
        self.write(MARK, [count])
    }

    fn write<const N: usize>(&self, at: u64, numbers: [u64; N]) -> io::Result<()> {
        let numbers = numbers.iter().copied().chain([check_of(&numbers)]);
        let bytes: Vec<u8> = numbers.flat_map(u64::to_be_bytes).collect();
        self.file.write_all_at(&bytes, at)
    }
}

/// Numbers that stand at a place, if they are as they were written.
fn read<const N: usize>(file: &File, at: u64) -> Option<[u64; N]> {
    let mut bytes = vec![0; (N + 1) * 8];
    file.read_exact_at(&mut bytes, at).ok()?;
    let mut numbers =
        bytes.chunks_exact(8).map(|chunk| chunk.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)));
    let found = std::array::from_fn(|_| numbers.next().unwrap_or_default());
    (numbers.next() == Some(check_of(&found))).then_some(found)
}

fn mark(file: &File) -> u64 {
    read::<1>(file, MARK).map_or(0, |[count]| count)
}

fn open_lock_file(journal: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.custom_flags(libc::O_NOFOLLOW).open(beside(journal, "-lock"))
}

/// Held by who makes the journal: one process at a time.
pub(super) struct CreationLock(File);

impl CreationLock {
    /// # Errors
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) while another process has it.
    pub(super) fn take(journal: &Path) -> io::Result<Self> {
        let file = open_lock_file(journal)?;
        byte_lock::lock(&file, CREATION)?;
        Ok(Self(file))
    }

    /// [`LockFile::mark`].
    pub(super) fn mark(&self) -> u64 {
        mark(&self.0)
    }
}

/// FNV-1a: it is to find a torn or a foreign file, and an odd byte. Not 0 for zeros.
fn check_of(numbers: &[u64]) -> u64 {
    let bytes = numbers.iter().flat_map(|number| number.to_be_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What changes with the file: its inode, its size and the times of its last changes.
/// `None` while there is a log that isn't in it yet.
fn state_of(journal: &Path) -> Option<[u64; 4]> {
    let has_rest = |suffix: &str| beside(journal, suffix).metadata().is_ok_and(|rest| rest.len() > 0);
    if has_rest("-wal") || has_rest("-journal") {
        return None;
    }
    let it = journal.metadata().ok()?;
    let nanos =
        |seconds: i64, nanos: i64| seconds.wrapping_mul(1_000_000_000).wrapping_add(nanos).cast_unsigned();
    Some([it.ino(), it.size(), nanos(it.mtime(), it.mtime_nsec()), nanos(it.ctime(), it.ctime_nsec())])
}

impl Drop for LockFile {
    fn drop(&mut self) {
        forget(self.file.as_raw_fd());
    }
}
