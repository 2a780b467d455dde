//! The types of the program's functions that the library calls.

use std::ffi::{c_char, c_void};

use super::completion::pm_completion;
use super::event::pm_event;

/// A function that is given what a submitted call ended in; it frees the
/// completion with pm_completion_free(), now or later.
///
/// It is called on the library's own thread, where no lock is held and all
/// signals are blocked. Every submitted call of the process waits until it
/// returns, so it must not block. It must not throw, longjmp out or end
/// the thread: the program ends then (abort()), with a line on standard error that says
/// so. It may submit, cancel, close and free; a call that waits is refused in it.
pub type pm_callback = Option<unsafe extern "C" fn(completion: *mut pm_completion, user_data: *mut c_void)>;

/// A function that is called at every step of a call; the event lives until it returns.
///
/// It is called on the thread that the call runs on: the one that is in
/// pm_client_send(), or the library's own for a submitted call; so it may be
/// called by several threads at once. What pm_callback says holds for it, too.
pub type pm_event_callback = Option<unsafe extern "C" fn(event: *const pm_event, user_data: *mut c_void)>;

/// A function that releases what another one was given; see pm_options_set_event_handler().
pub type pm_release_callback = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// A function that is given a line for people, without a line feed; the string lives
/// until it returns.
///
/// It is called on whatever thread has something to say, by several at once. It must
/// not throw or longjmp out; a call that waits is refused in it.
pub type pm_log_callback = Option<unsafe extern "C" fn(line: *const c_char, user_data: *mut c_void)>;
