//! Closing files without dropping the locks of another SQLite in this process.
//!
//! A process's POSIX locks on a file are gone as soon as it closes any descriptor of it, whoever
//! opened that. Ours are of another kind; those of Python's `sqlite3`, say, are not. If we closed a
//! descriptor of a file that it has open, the next one to open the file would take itself for the
//! first, and cut the memory that the other reads.
//!
//! So a descriptor is closed only while it has the whole file locked: then nobody has a lock in
//! it, nor gets one meanwhile. Where others have some, it is kept, for the next time that the file
//! is opened, and closed when that can be. On macOS, where SQLite's own locks are POSIX locks,
//! nothing is kept.

use std::ffi::c_int;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::files::FileId;
use super::system_calls::byte_lock;
use crate::fork::{forget, generation, remember};

const KEEPS: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// What is open for nobody now. Whoever locks it is inside SQLite, so that nobody forks meanwhile.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

struct Kept {
    /// The process it was opened in.
    generation: u64,
    id: FileId,
    /// Whether it may be written to.
    access: c_int,
    file: File,
}

/// Those of this process.
fn kept() -> MutexGuard<'static, Vec<Kept>> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    // The parent's were closed when this process was forked; the numbers may be others' by now.
    let inherited = kept.extract_if(.., |it| it.generation != generation());
    inherited.for_each(std::mem::forget);
    kept
}

/// A descriptor of the file at this path, if one was kept that is open as `flags` say.
pub(super) fn take(path: &Path, flags: c_int) -> Option<File> {
    let mut kept = kept();
    let metadata = path.symlink_metadata().ok();
    let wanted = metadata.filter(|_| flags & (libc::O_EXCL | libc::O_TRUNC) == 0).map(|it| id_of(&it));
    let is_it = |it: &Kept| Some(it.id) == wanted && it.access == flags & libc::O_ACCMODE;
    let found = kept.iter().position(is_it).map(|at| kept.swap_remove(at));
    close_unused(&mut kept);
    found.map(|it| it.file)
}

/// Closes a file, now or when it can be.
pub(super) fn close(file: File) {
    let mut kept = kept();
    let access = rustix::fs::fcntl_getfl(&file).map_or(libc::O_RDWR, |flags| flags.bits().cast_signed());
    match file.metadata() {
        // The lowest numbers are a program's standard streams, which SQLite wants to leave free.
        Ok(metadata) if KEEPS && metadata.is_file() && file.as_raw_fd() > 2 => kept.push(Kept {
            generation: generation(),
            id: id_of(&metadata),
            access: access & libc::O_ACCMODE,
            file,
        }),
        _ => {
            forget(file.as_raw_fd());
            drop(file);
        }
    }
    close_unused(&mut kept);
}

/// Closes what nobody has a lock on.
fn close_unused(kept: &mut Vec<Kept>) {
    kept.retain(|Kept { file, access, .. }| {
        let is_removed = file.metadata().is_ok_and(|metadata| metadata.nlink() == 0);
        if !is_removed && !is_lockable(file, *access) {
            let _ = byte_lock::unlock_all(file);
            return true;
        }
        forget(file.as_raw_fd());
        // Its own lock goes after the process's.
        false
    });
}

/// Whether nobody else has a lock on the file, nor gets one until it is closed.
fn is_lockable(file: &File, access: c_int) -> bool {
    match access == libc::O_RDONLY {
        // It can't be locked by this; but neither can the journal in it be used.
        true => !byte_lock::is_any_locked(file).unwrap_or(true),
        false => byte_lock::lock_all(file).is_ok(),
    }
}

fn id_of(metadata: &Metadata) -> FileId {
    (metadata.dev(), metadata.ino())
}

/// Reads the beginning of a file, as many bytes of it as there are and have room. Gives their
/// number, and why the file can't be written to, if it can't.
///
/// # Errors
/// When it can't be read.
pub(super) fn read_head(path: &Path, buffer: &mut [u8]) -> io::Result<(usize, Option<io::Error>)> {
    let open = |access| match take(path, access) {
        Some(file) => Ok(file),
        None => {
            let mut options = File::options();
            options.read(true).write(access == libc::O_RDWR).custom_flags(libc::O_NOFOLLOW);
            options.open(path).inspect(|file| remember(file.as_raw_fd()))
        }
    };
    // What can be written to can be locked.
    let (file, refusal) = match open(libc::O_RDWR) {
        Ok(file) => (file, None),
        Err(refusal) => (open(libc::O_RDONLY)?, Some(refusal)),
    };
    let mut filled = 0;
    let result = loop {
        match file.read_at(&mut buffer[filled..], filled as u64) {
            Ok(0) => break Ok((filled, refusal)),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    close(file);
    result
}
