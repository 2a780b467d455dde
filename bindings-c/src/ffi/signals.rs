//! Signals stay the program's business: none is raised by this library, and
//! none is delivered to its threads.

use std::mem::MaybeUninit;

/// While this lives, every signal is blocked on the thread that made it; a
/// thread started meanwhile inherits that and never runs a signal handler.
pub(crate) struct AllBlocked {
    before: libc::sigset_t,
}

impl AllBlocked {
    pub(crate) fn new() -> Self {
        let mut all = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: `sigfillset` initialises the set that `pthread_sigmask` reads;
        // that call can't fail with SIG_SETMASK, and initialises `before`.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            Self { before: before.assume_init() }
        }
    }
}

impl Drop for AllBlocked {
    fn drop(&mut self) {
        // SAFETY: `before` was initialised by `pthread_sigmask`.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut()) };
    }
}

/// While this lives, a write to a connection that the peer has closed doesn't
/// raise SIGPIPE on the thread that made it.
///
/// SIGPIPE goes to the thread that writes: it is blocked here, and one that
/// became pending meanwhile is taken away before it is unblocked again.
pub(crate) struct NoSigpipe {
    before: libc::sigset_t,
    /// Whether one was pending already: that one is the program's own.
    pending: bool,
}

impl NoSigpipe {
    /// `None` where the program ignores SIGPIPE, as servers do: there it does no
    /// harm, and blocking it would cost a call three system calls.
    pub(crate) fn new() -> Option<Self> {
        (!sigpipe_is_ignored()).then(Self::blocking)
    }

    fn blocking() -> Self {
        let pipe = only_sigpipe();
        let mut before = MaybeUninit::uninit();
        // SAFETY: `pthread_sigmask` can't fail with SIG_BLOCK, and initialises
        // `before`; `sigismember` reads it.
        let (before, blocked) = unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const pipe, before.as_mut_ptr());
            let before = before.assume_init();
            (before, libc::sigismember(&raw const before, libc::SIGPIPE) == 1)
        };
        // It can only be pending if it was blocked.
        Self { before, pending: blocked && sigpipe_is_pending() }
    }
}

impl Drop for NoSigpipe {
    fn drop(&mut self) {
        if !self.pending {
            take_sigpipe();
        }
        // SAFETY: `before` was initialised by `pthread_sigmask`.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut()) };
    }
}

fn only_sigpipe() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigemptyset` initialises the set that `sigaddset` changes.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE);
        set.assume_init()
    }
}

fn sigpipe_is_ignored() -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action `sigaction` only writes `action`, unless it fails.
    unsafe {
        libc::sigaction(libc::SIGPIPE, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

/// Takes a pending one away.
#[cfg(not(target_vendor = "apple"))]
fn take_sigpipe() {
    let pipe = only_sigpipe();
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: all pointers are valid or null, as `sigtimedwait` allows.
    unsafe { libc::sigtimedwait(&raw const pipe, std::ptr::null_mut(), &raw const at_once) };
}

/// The same without `sigtimedwait`, which Apple's systems lack: `sigwait` doesn't wait for
/// what is pending.
#[cfg(target_vendor = "apple")]
fn take_sigpipe() {
    if sigpipe_is_pending() {
        let (pipe, mut taken) = (only_sigpipe(), 0);
        // SAFETY: both pointers are valid.
        unsafe { libc::sigwait(&raw const pipe, &raw mut taken) };
    }
}

fn sigpipe_is_pending() -> bool {
    let mut pending = MaybeUninit::uninit();
    // SAFETY: `sigpending` initialises the set unless it fails.
    unsafe {
        libc::sigpending(pending.as_mut_ptr()) == 0 && libc::sigismember(pending.as_ptr(), libc::SIGPIPE) == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_blocked(signal: i32) -> bool {
        let mut now = MaybeUninit::uninit();
        // SAFETY: without a new mask `pthread_sigmask` only writes `now`.
        unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), now.as_mut_ptr());
            libc::sigismember(now.as_ptr(), signal) == 1
        }
    }

    fn raise_sigpipe() {
        // SAFETY: `raise` has no preconditions; the tests run with SIGPIPE ignored or blocked.
        unsafe { libc::raise(libc::SIGPIPE) };
    }

    #[test]
    fn masks_are_put_back() {
        std::thread::spawn(|| {
            {
                let _blocked = AllBlocked::new();
                assert!(is_blocked(libc::SIGTERM) && is_blocked(libc::SIGUSR1));
            }
            assert!(!is_blocked(libc::SIGTERM));
            {
                let _quiet = NoSigpipe::blocking();
                assert!(is_blocked(libc::SIGPIPE) && !is_blocked(libc::SIGTERM));
                raise_sigpipe();
            }
            assert!(!is_blocked(libc::SIGPIPE));
            // Rust's own start-up has it ignored.
            assert!(sigpipe_is_ignored() && NoSigpipe::new().is_none());
        })
        .join()
        .unwrap();
    }
}
