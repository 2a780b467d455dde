//! Ctrl-C, SIGTERM and a closed terminal, alike in every package.
//!
//! While nothing is at stake the first of them ends the process. While messages are on their way
//! the first asks for an orderly end, and the second ends the process at once.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use crate::status::Status;

/// Makes a reader that went away an error of the write, as Rust's own programs have it.
pub(crate) fn ignore_closed_pipes() {
    system::ignore_closed_pipes();
}

/// Has the process go on when its terminal is closed, as `nohup` asks for; for hosts that undo
/// what it does before they give us control.
pub fn ignore_hangups() {
    system::ignore_hangups();
}

/// Whether the end was asked for.
#[derive(Debug, Default)]
pub(crate) struct Interrupt {
    deferred: AtomicBool,
    requested: Mutex<bool>,
    changed: Condvar,
}

impl Interrupt {
    /// The process's own; it listens to signals from the first use on.
    pub(crate) fn of_process() -> io::Result<&'static Self> {
        static INTERRUPT: OnceLock<Interrupt> = OnceLock::new();
        static LISTENING: Mutex<bool> = Mutex::new(false);
        let interrupt = INTERRUPT.get_or_init(Self::default);
        let mut listening = LISTENING.lock().unwrap_or_else(PoisonError::into_inner);
        if !*listening {
            system::listen(|| interrupt.receive())?;
            *listening = true;
        }
        Ok(interrupt)
    }

    /// From now on the first signal asks for an orderly end.
    pub(crate) fn defer(&self) {
        self.deferred.store(true, Ordering::SeqCst);
    }

    /// Whether an orderly end was asked for.
    pub(crate) fn is_requested(&self) -> bool {
        *self.requested.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the end is asked for.
    pub(crate) fn wait(&self) {
        let mut requested = self.requested.lock().unwrap_or_else(PoisonError::into_inner);
        while !*requested {
            requested = self.changed.wait(requested).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn receive(&self) {
        let before = {
            let mut requested = self.requested.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *requested, true)
        };
        if before || !self.deferred.load(Ordering::SeqCst) {
            system::leave(Status::Interrupted.code());
        }
        self.changed.notify_all();
    }
}

#[cfg(unix)]
#[allow(unsafe_code)]
mod system {
    use std::io;

    /// Calls `receive`, on a thread of its own, for each SIGINT, SIGTERM and SIGHUP.
    ///
    /// SIGHUP stays ignored where it was: who started the program by `nohup` wants it to
    /// outlive the terminal.
    pub(super) fn listen(receive: impl FnMut() + Send + 'static) -> io::Result<()> {
        // SAFETY: an absent new action changes nothing, and the old one is written whole.
        let hangup_ignored = unsafe {
            let mut old: libc::sigaction = std::mem::zeroed();
            libc::sigaction(libc::SIGHUP, std::ptr::null(), &raw mut old) == 0
                && old.sa_sigaction == libc::SIG_IGN
        };
        ctrlc::set_handler(receive).map_err(io::Error::other)?;
        if hangup_ignored {
            ignore(libc::SIGHUP);
        }
        Ok(())
    }

    pub(super) fn ignore_closed_pipes() {
        ignore(libc::SIGPIPE);
    }

    pub(super) fn ignore_hangups() {
        ignore(libc::SIGHUP);
    }

    fn ignore(signal: libc::c_int) {
        // SAFETY: ignoring a signal has no requirements.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }

    /// Ends the process without the ends of others' threads and exit handlers: the
    /// interpreter that we may be a guest of has a thread in the middle of a call.
    pub(super) fn leave(code: u8) -> ! {
        // SAFETY: it doesn't return, and runs nothing of this process any more.
        unsafe { libc::_exit(code.into()) }
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    pub(super) fn listen(receive: impl FnMut() + Send + 'static) -> io::Result<()> {
        ctrlc::set_handler(receive).map_err(io::Error::other)
    }

    /// There is no such signal, nor the next.
    pub(super) fn ignore_closed_pipes() {}

    pub(super) fn ignore_hangups() {}

    pub(super) fn leave(code: u8) -> ! {
        std::process::exit(code.into())
    }
}
