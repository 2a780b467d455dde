//! `pthread_cancel` of a thread that is inside of the library.

use std::ffi::c_int;

// The libc crate doesn't have it.
unsafe extern "C" {
    fn pthread_setcancelstate(state: c_int, old: *mut c_int) -> c_int;
}

/// The same number in glibc and musl.
#[cfg(target_os = "linux")]
const PTHREAD_CANCEL_DISABLE: c_int = 1;
#[cfg(not(target_os = "linux"))]
const PTHREAD_CANCEL_DISABLE: c_int = 0;

/// While this lives, `pthread_cancel` of the thread that made it is held off.
///
/// It would unwind the thread's stack through frames of Rust, which ends the
/// process; a request that is held off takes effect after the library has returned.
pub(super) struct NotCancellable {
    before: c_int,
}

impl NotCancellable {
    pub(super) fn new() -> Self {
        let mut before = 0;
        // SAFETY: it only writes to `before`, and can't fail with this state.
        unsafe { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &raw mut before) };
        Self { before }
    }
}

impl Drop for NotCancellable {
    fn drop(&mut self) {
        // SAFETY: `before` is a state that `pthread_setcancelstate` gave.
        unsafe { pthread_setcancelstate(self.before, std::ptr::null_mut()) };
    }
}
