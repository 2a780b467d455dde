//! Functions of the program that the library calls.

use std::cell::Cell;
use std::ffi::c_void;

use crate::completion::pm_completion;
use crate::error::pm_error;
use crate::event::pm_event;
use crate::fault::Fault;

/// A function that is given what a submitted call ended in; it frees the
/// completion with pm_completion_free(), now or later.
///
/// It is called on the library's own thread, where no lock is held and all
/// signals are blocked. Every submitted call of the process waits until it
/// returns, so it must not block, and it must not throw or longjmp out. It may
/// submit, cancel, close and free; a call that waits is refused in it.
pub type pm_callback = Option<unsafe extern "C" fn(completion: *mut pm_completion, user_data: *mut c_void)>;

/// A function that is told a step of a call; the event lives until it returns.
///
/// It is called on the thread that the call runs on: the one that is in
/// pm_client_send(), or the library's own for a submitted call; so it may be
/// called by several threads at once. What pm_callback says holds for it, too.
pub type pm_event_callback = Option<unsafe extern "C" fn(event: *const pm_event, user_data: *mut c_void)>;

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// While this lives, this thread runs a function of the program.
pub(crate) struct Running {
    before: bool,
}

impl Running {
    pub(crate) fn new() -> Self {
        Self { before: RUNNING.replace(true) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.set(self.before);
    }
}

/// Whether this thread runs a function of the program, which must not wait.
pub(crate) fn is_running() -> bool {
    RUNNING.get()
}

/// Refuses a call that would wait within a callback: it might wait for itself.
pub(crate) fn refuse_to_wait() -> Result<(), pm_error> {
    if is_running() {
        let problem = "can't wait within a callback; submit the call";
        return Err(pm_error::config(Fault { field: "client", problem }));
    }
    Ok(())
}
