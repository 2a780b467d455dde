//! What Rust's standard library keeps of the program's main thread.

use std::cell::Cell;
use std::sync::OnceLock;
use std::thread::Thread;

thread_local! {
    static LOOKED: Cell<bool> = const { Cell::new(false) };
}

static MAIN_THREAD: OnceLock<Thread> = OnceLock::new();

/// Has what the standard library keeps of a thread reachable to the end of the program.
///
/// Of a thread it is freed when that ends; of the main thread of a C program never, and
/// all that refers to it is a pointer into its middle, which tools that look for leaks
/// take for chance.
pub(super) fn keep_reachable() {
    if LOOKED.replace(true) {
        return;
    }
    if is_main() {
        let _ = MAIN_THREAD.set(std::thread::current());
    }
}

#[cfg(target_os = "linux")]
fn is_main() -> bool {
    // SAFETY: neither has preconditions. By the system call: glibc has a function for it only
    // from 2.30 on.
    unsafe { libc::syscall(libc::SYS_gettid) == libc::c_long::from(libc::getpid()) }
}

#[cfg(not(target_os = "linux"))]
fn is_main() -> bool {
    // SAFETY: it has no preconditions.
    unsafe { libc::pthread_main_np() == 1 }
}
