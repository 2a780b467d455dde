//! What a fork does to a journal.
//!
//! A child inherits descriptors, which keep the parent's locks and connections alive, and
//! whatever another thread had in hand. So a fork waits for a moment while a thread is where
//! none may happen, and the child closes the descriptors at once: it opens its journals anew.

#![allow(unsafe_code)]

use std::ffi::c_int;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Looks after forks from now on.
///
/// # Errors
/// When this process can't be told of them.
pub(crate) fn watch() -> Result<(), &'static str> {
    static WATCHED: OnceLock<Result<(), &'static str>> = OnceLock::new();
    *WATCHED.get_or_init(|| {
        // SAFETY: the three functions may run in a fork: they use atomics, sleep and close.
        match unsafe { libc::pthread_atfork(Some(before_fork), Some(in_parent), Some(in_child)) } {
            0 => Ok(()),
            _ => Err("no handler for forks can be set"),
        }
    })
}

/// Descriptors of this process's journals, for a child to close. 0: no entry.
static DESCRIPTORS: [AtomicI32; 1024] = [const { AtomicI32::new(0) }; 1024];

/// Remembers a descriptor, so that a forked child closes it.
pub(crate) fn remember(descriptor: c_int) {
    for slot in &DESCRIPTORS {
        if slot.compare_exchange(0, descriptor, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            return;
        }
    }
}

/// Forgets a descriptor that is about to be closed.
pub(crate) fn forget(descriptor: c_int) {
    for slot in &DESCRIPTORS {
        if slot.compare_exchange(descriptor, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            return;
        }
    }
}

/// How many forks this process is away from the one that forks were first watched in.
static GENERATION: AtomicU64 = AtomicU64::new(0);
/// How many threads are inside SQLite.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
/// How many threads are about to fork.
static FORKING: AtomicUsize = AtomicUsize::new(0);
/// Whether this process was forked while a thread was inside SQLite: what it inherited
/// may be locked for ever.
static UNUSABLE: AtomicBool = AtomicBool::new(false);

/// For how long a fork waits for the threads inside SQLite: one may hang on a dead disk.
const MAX_WAIT: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_micros(50);

/// While this lives, no fork happens.
pub(crate) struct Inside(());

/// Goes into SQLite, where no fork may happen.
pub(crate) fn enter() -> Inside {
    loop {
        while FORKING.load(Ordering::SeqCst) > 0 {
            std::thread::sleep(POLL);
        }
        INSIDE.fetch_add(1, Ordering::SeqCst);
        if FORKING.load(Ordering::SeqCst) == 0 {
            return Inside(());
        }
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether SQLite can be used in this process at all.
pub(crate) fn is_usable() -> bool {
    !UNUSABLE.load(Ordering::Relaxed)
}

/// Changes with each fork.
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

extern "C" fn before_fork() {
    FORKING.fetch_add(1, Ordering::SeqCst);
    let begun = Instant::now();
    while INSIDE.load(Ordering::SeqCst) > 0 && begun.elapsed() < MAX_WAIT {
        std::thread::sleep(POLL);
    }
}

extern "C" fn in_parent() {
    FORKING.fetch_sub(1, Ordering::SeqCst);
}

extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    if INSIDE.swap(0, Ordering::SeqCst) > 0 {
        UNUSABLE.store(true, Ordering::Relaxed);
    }
    FORKING.store(0, Ordering::SeqCst);
    for slot in &DESCRIPTORS {
        let descriptor = slot.swap(0, Ordering::AcqRel);
        if descriptor > 0 {
            // SAFETY: it was opened by a journal of the parent, which nothing in this
            // process uses: its thread is not here, and its handle opens the store anew.
            unsafe { libc::close(descriptor) };
        }
    }
}
