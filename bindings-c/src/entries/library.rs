//! What concerns the library as a whole.

use std::ffi::c_void;

use partner_messaging::{background, set_log_writer};

use crate::ffi::callback::{StringCallback, UserData, is_running};
use crate::ffi::{c_string, entry};
use crate::handles::callback::pm_log_callback;

/// Ends the library's background threads, and waits for that; for the end of a
/// program, so that tools which look for leaks find none.
///
/// Nothing is cut off: it waits until the submitted calls of all clients have ended,
/// at their deadlines at the latest (with pm_client_close() before, at once), and
/// until the system's resolver has given up the names it was asked for. When it
/// returns true, every completion is in its queue and every callback has returned.
/// Calls that block go on in their threads.
///
/// Everything stays usable: the next submitted call starts a thread again. Sandboxes
/// and journals have a thread of their own, which ends with them: see pm_journal_close().
/// Within a callback nothing happens.
///
/// @return Whether the threads have ended: false within a callback.
#[unsafe(no_mangle)]
pub extern "C" fn pm_shutdown() -> bool {
    entry(false, || {
        if is_running() {
            return false;
        }
        background::shutdown();
        true
    })
}

/// Names a function for the lines that would go to standard error: what
/// PARTNER_MESSAGING_LOG=debug asks for, and faults of this library (panics), without
/// anything of a message. It holds for the whole process, from now on; another
/// thread may be calling the one before until it has returned.
///
/// @param callback   The function; NULL: standard error again.
/// @param user_data  Given to the function; not looked into.
#[unsafe(no_mangle)]
pub extern "C" fn pm_set_log_callback(callback: pm_log_callback, user_data: *mut c_void) {
    entry((), || {
        let Some(function) = callback else { return set_log_writer(None) };
        let callback = StringCallback::new(function, UserData::new(user_data));
        set_log_writer(Some(Box::new(move |line| callback.call(&c_string(line)))));
    });
}
