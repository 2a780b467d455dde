//! SQLite's system calls, replaced where its own assumptions don't hold for a journal.
//!
//! **Locks.** A POSIX lock is lost as soon as any descriptor of the file is closed, by
//! whomever in the process: Python's `sqlite3` reading the same file is enough. It then
//! takes itself for the last user and unlinks the write-ahead log under us. So `fcntl`
//! takes open-file-description locks, which belong to our descriptor alone, and which
//! other SQLites respect, in this process too. What [closing](super::descriptors) would do to
//! theirs stands apart.
//!
//! **Forks.** A child inherits SQLite's tables of open files, which it must not believe. So
//! it sees other device numbers than its parent did, and never finds the parent's files
//! in those tables. What else a [fork](crate::fork) needs stands apart.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::fs::File;
use std::os::fd::{FromRawFd, IntoRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::OnceLock;

use rusqlite::ffi;

use super::descriptors;
use crate::fork::{self, remember};

/// Replaces the system calls, once in this process.
///
/// # Errors
/// When this SQLite is not one for Unix.
pub(crate) fn install() -> Result<(), &'static str> {
    static INSTALLED: OnceLock<Result<(), &'static str>> = OnceLock::new();
    fork::watch()?;
    *INSTALLED.get_or_init(|| {
        // SAFETY: a null name asks for the default VFS, which is never unregistered.
        let vfs = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) };
        // SAFETY: it is null or points to a VFS that lives as long as the process.
        let set = unsafe { vfs.as_ref() }
            .and_then(|vfs| vfs.xSetSystemCall)
            .ok_or("its VFS has no system calls")?;
        let replace = |name: &CStr, call: *const c_void| {
            // SAFETY: both are pointers to functions or null; the type of SQLite's pointers
            // to system calls stands for all of their types, and each function here has the
            // signature that SQLite calls the system call of this name with.
            let status = unsafe {
                let call = std::mem::transmute::<*const c_void, ffi::sqlite3_syscall_ptr>(call);
                set(vfs, name.as_ptr(), call)
            };
            if status == ffi::SQLITE_OK { Ok(()) } else { Err("a system call of it can't be replaced") }
        };
        replace(c"open", open as *const c_void)?;
        replace(c"close", close as *const c_void)?;
        replace(c"fstat", fstat as *const c_void)?;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        replace(c"fcntl", fcntl as *const c_void)?;
        Ok(())
    })
}

thread_local! {
    /// The files that SQLite has open on this thread, if it is a journal's.
    static OPEN_FILES: RefCell<Option<Vec<OpenFile>>> = const { RefCell::new(None) };
}

struct OpenFile {
    path: Box<[u8]>,
    descriptor: c_int,
}

/// From now on the files that SQLite opens on this thread are a journal's.
pub(crate) fn watch_thread() {
    OPEN_FILES.with_borrow_mut(|files| {
        files.get_or_insert_default();
    });
}

/// The device and inode of the file that this thread has open by this path, if it has.
pub(crate) fn open_file(path: &Path) -> Option<(u64, u64)> {
    let path = path.as_os_str().as_bytes();
    let descriptor = OPEN_FILES.with_borrow(|files| {
        let files = files.as_ref()?;
        files.iter().find(|file| &*file.path == path).map(|file| file.descriptor)
    })?;
    let mut status = std::mem::MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: `status` is writable memory of the size of a `stat`, which is initialised
    // where the call succeeds; any number may be given as a descriptor.
    let status = unsafe {
        if libc::fstat(descriptor, status.as_mut_ptr()) != 0 {
            return None;
        }
        status.assume_init()
    };
    Some((status.st_dev as u64, status.st_ino as u64))
}

/// `None` on a thread that is no journal's, or ends.
fn with_open_files<T>(change: impl FnOnce(&mut Vec<OpenFile>) -> T) -> Option<T> {
    let changed = OPEN_FILES.try_with(|files| files.try_borrow_mut().ok()?.as_mut().map(change));
    changed.ok().flatten()
}

extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    // SAFETY: SQLite passes what it would pass to `open`: a path that ends in a NUL.
    let open = || unsafe { libc::open(path, flags, mode) };
    if with_open_files(|_| ()).is_none() {
        return open();
    }
    // SAFETY: as above.
    let name = unsafe { CStr::from_ptr(path) };
    let kept = descriptors::take(Path::new(OsStr::from_bytes(name.to_bytes())), flags);
    let descriptor = kept.map_or_else(
        || {
            let descriptor = open();
            if descriptor >= 0 {
                remember(descriptor);
            }
            descriptor
        },
        IntoRawFd::into_raw_fd,
    );
    if descriptor >= 0 {
        with_open_files(|files| files.push(OpenFile { path: name.to_bytes().into(), descriptor }));
    }
    descriptor
}

extern "C" fn close(descriptor: c_int) -> c_int {
    let is_journals = with_open_files(|files| {
        let at = files.iter().position(|file| file.descriptor == descriptor);
        at.map(|at| files.swap_remove(at)).is_some()
    });
    if is_journals != Some(true) {
        // SAFETY: SQLite closes a descriptor that it opened and doesn't use any more.
        return unsafe { libc::close(descriptor) };
    }
    // SAFETY: as above.
    descriptors::close(unsafe { File::from_raw_fd(descriptor) });
    0
}

extern "C" fn fstat(descriptor: c_int, status: *mut libc::stat) -> c_int {
    // SAFETY: SQLite passes what it would pass to `fstat`: memory for a `stat`.
    let result = unsafe { libc::fstat(descriptor, status) };
    let generation = fork::generation();
    if result == 0 && generation != 0 {
        // SAFETY: as above. SQLite knows a file by its device and inode; of a device it wants nothing else.
        unsafe { (*status).st_dev ^= generation.rotate_right(16) as libc::dev_t };
    }
    result
}

/// Called by SQLite as the variadic `fcntl`, always with one argument of a pointer's or an
/// integer's size: on Linux such an argument is passed to a variadic function as to any other.
#[cfg(any(target_os = "linux", target_os = "android"))]
extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: *mut c_void) -> c_int {
    let own = match command {
        libc::F_GETLK => libc::F_OFD_GETLK,
        libc::F_SETLK => libc::F_OFD_SETLK,
        libc::F_SETLKW => libc::F_OFD_SETLKW,
        // SAFETY: SQLite passes what it would pass to `fcntl`.
        other => return unsafe { libc::fcntl(descriptor, other, argument) },
    };
    // SAFETY: with these commands the argument points to a `flock`. Its process id must be
    // 0 for these locks, and SQLite doesn't use it.
    unsafe {
        (*argument.cast::<libc::flock>()).l_pid = 0;
        libc::fcntl(descriptor, own, argument)
    }
}

/// A lock on one byte of a file, or on all of it, as an open-file-description lock.
pub(crate) mod byte_lock {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;

    fn command(file: &File, command: libc::c_int, kind: libc::c_int, at: u64) -> io::Result<libc::flock> {
        range_command(file, command, kind, at, 1)
    }

    /// A length of 0 is all to the end of the file, and beyond.
    fn range_command(
        file: &File,
        command: libc::c_int,
        kind: libc::c_int,
        at: u64,
        length: libc::off_t,
    ) -> io::Result<libc::flock> {
        // SAFETY: a `flock` is made of integers; zero is a value of each.
        let mut range: libc::flock = unsafe { std::mem::zeroed() };
        range.l_type = kind as libc::c_short;
        range.l_whence = libc::SEEK_SET as libc::c_short;
        range.l_start = at as libc::off_t;
        range.l_len = length;
        // SAFETY: the descriptor is open, and `range` a valid `flock`, which the call may write.
        match unsafe { libc::fcntl(file.as_raw_fd(), command, &raw mut range) } {
            0 => Ok(range),
            _ => Err(io::Error::last_os_error()),
        }
    }

    #[cfg(not(target_os = "macos"))]
    const SET: libc::c_int = libc::F_OFD_SETLK;
    #[cfg(not(target_os = "macos"))]
    const GET: libc::c_int = libc::F_OFD_GETLK;
    // <sys/fcntl.h> has them; the libc crate doesn't name them.
    #[cfg(target_os = "macos")]
    const SET: libc::c_int = 90;
    #[cfg(target_os = "macos")]
    const GET: libc::c_int = 92;

    /// Locks the byte until the file is closed, in every process that has it open.
    pub(crate) fn lock(file: &File, at: u64) -> io::Result<()> {
        command(file, SET, libc::F_WRLCK as libc::c_int, at).map(drop)
    }

    /// The same, with others who share it.
    pub(crate) fn share(file: &File, at: u64) -> io::Result<()> {
        command(file, SET, libc::F_RDLCK as libc::c_int, at).map(drop)
    }

    pub(crate) fn unlock(file: &File, at: u64) -> io::Result<()> {
        command(file, SET, libc::F_UNLCK as libc::c_int, at).map(drop)
    }

    /// Whether somebody else has the byte locked, or shares it.
    pub(crate) fn is_locked(file: &File, at: u64) -> io::Result<bool> {
        let found = command(file, GET, libc::F_WRLCK as libc::c_int, at)?;
        Ok(found.l_type != libc::F_UNLCK as libc::c_short)
    }

    /// Locks all of the file.
    pub(crate) fn lock_all(file: &File) -> io::Result<()> {
        range_command(file, SET, libc::F_WRLCK as libc::c_int, 0, 0).map(drop)
    }

    pub(crate) fn unlock_all(file: &File) -> io::Result<()> {
        range_command(file, SET, libc::F_UNLCK as libc::c_int, 0, 0).map(drop)
    }

    /// Whether somebody else has any of it locked.
    pub(crate) fn is_any_locked(file: &File) -> io::Result<bool> {
        let found = range_command(file, GET, libc::F_WRLCK as libc::c_int, 0, 0)?;
        Ok(found.l_type != libc::F_UNLCK as libc::c_short)
    }
}

/// The id of this boot of the machine.
#[cfg(target_os = "macos")]
pub(crate) fn boot_session() -> Option<String> {
    let mut text = [0u8; 64];
    let mut length = text.len();
    // SAFETY: the name ends in a NUL; `text` has room for `length` bytes, which the call sets.
    let status = unsafe {
        libc::sysctlbyname(
            c"kern.bootsessionuuid".as_ptr(),
            text.as_mut_ptr().cast(),
            &raw mut length,
            std::ptr::null_mut(),
            0,
        )
    };
    let text = text.get(..length).filter(|_| status == 0)?;
    Some(CStr::from_bytes_until_nul(text).ok()?.to_string_lossy().into_owned())
}
