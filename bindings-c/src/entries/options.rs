//! Options, and whom to tell of events.

use std::ffi::{c_char, c_void};

use crate::ffi::callback::{BorrowingCallback, Released, UserData};
use crate::ffi::entry;
use crate::handles::callback::{pm_event_callback, pm_release_callback};
use crate::handles::journal::pm_journal;
use crate::handles::options::{EventCallback, pm_call_options, pm_options};

/// The options of a new client, all at their defaults. Free them with
/// pm_options_free(), at the earliest when pm_client_new() has returned.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_new() -> Option<Box<pm_options>> {
    entry(None, || Some(Box::default()))
}

/// Names a function that is called at every attempt, retry and end of the calls
/// of the clients made with these options; NULL for none. For the function and
/// what it must not do see pm_event_callback.
///
/// A call's last event comes before its result: none of a submitted call comes
/// after pm_client_close() has returned. Until then user_data has to be there.
///
/// Besides, a client that is made while the environment variable
/// PARTNER_MESSAGING_LOG is "debug" writes its events to standard error.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_event_callback(
    options: Option<&mut pm_options>,
    callback: pm_event_callback,
    user_data: *mut c_void,
) {
    entry((), || {
        if let Some(options) = options {
            options.on_event = callback.map(|function| EventCallback {
                callback: BorrowingCallback::new(function, UserData::new(user_data)),
                _released: None,
            });
        }
    });
}

/// Like pm_options_set_event_callback(), with a function that releases user_data.
///
/// It is called once, when nothing will call the callback any more: the options are freed or
/// have another callback, the clients made with them are, too, and their calls have ended. That
/// may be on any thread, and it must not wait, throw or longjmp. NULL for none. Where the
/// options or the callback are NULL it is called at once.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_event_handler(
    options: Option<&mut pm_options>,
    callback: pm_event_callback,
    user_data: *mut c_void,
    release: pm_release_callback,
) {
    entry((), || {
        let user_data = UserData::new(user_data);
        let released = release.map(|function| Released::new(function, user_data));
        if let Some(options) = options {
            options.on_event = callback.map(|function| EventCallback {
                callback: BorrowingCallback::new(function, user_data),
                _released: released,
            });
        }
    });
}

/// Whether the client has a background thread of its own: then no callback of another
/// client holds its submitted calls up, and its callbacks hold up none of another's.
/// Default: false, all such clients share one. It ends with the client and its calls.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_own_thread(options: Option<&mut pm_options>, own_thread: bool) {
    entry((), || {
        if let Some(options) = options {
            options.own_thread = own_thread;
        }
    });
}

/// Where it is remembered what became of messages that have a key: a journal, by the
/// path of its file, which is made if it doesn't exist, or by its URL. Each client opens it
/// for itself, and closes it with itself; a file that this process has open already is not
/// opened twice. It belongs to the origin of the client that first used it; a client
/// of another one is refused. See pm_call_options_set_key(). Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_journal(options: Option<&mut pm_options>, path_or_url: *const c_char) {
    entry((), || {
        if let Some(options) = options {
            options.set_journal(path_or_url);
        }
    });
}

/// Like pm_options_set_journal(), with a journal that is open: several clients may share
/// it. The options and the clients keep it, and the handle may be freed before them.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_journal_handle(
    options: Option<&mut pm_options>,
    journal: Option<&pm_journal>,
) {
    entry((), || {
        if let Some(options) = options {
            options.set_open_journal(journal);
        }
    });
}

/// The options of a call, everything as its client has it. They may be used for
/// any number of calls. Free them with pm_call_options_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_new() -> Option<Box<pm_call_options>> {
    entry(None, || Some(Box::default()))
}
