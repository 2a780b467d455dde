//! The getters of `pm_reply`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::{entry, pointer};
use crate::handles::generated::pm_reply;
use crate::handles::value::{get, get_by_name, milliseconds};

/// The HTTP status, 200 to 299.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_http_status(reply: Option<&pm_reply>) -> i32 {
    get(reply, 0, |it| i32::from(it.status))
}

/// The envelope's own message. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_message(reply: Option<&pm_reply>) -> *const c_char {
    get(reply, std::ptr::null(), |it| pointer(it.message.as_ref()))
}

/// How many headers there are: see pm_reply_header_name().
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_header_count(reply: Option<&pm_reply>) -> usize {
    entry(0, || reply.map_or(0, |it| it.headers.len()))
}

/// The name of the header at index, from 0; NULL beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_header_name(reply: Option<&pm_reply>, index: usize) -> *const c_char {
    get(reply.and_then(|it| it.headers.get(index)), std::ptr::null(), |pair| pair.0.as_ptr())
}

/// The value of the header at index, from 0; NULL beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_header_value(reply: Option<&pm_reply>, index: usize) -> *const c_char {
    get(reply.and_then(|it| it.headers.get(index)), std::ptr::null(), |pair| pair.1.as_ptr())
}

/// The first value of a header, by its name in whatever case; NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_header(reply: Option<&pm_reply>, name: *const c_char) -> *const c_char {
    get_by_name(reply.map(|it| &*it.headers), name)
}

/// Whether the journal answered: the request was carried out before, and this call
/// made none. Then there is nothing of the answer: no data, no headers, status 200.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_replayed(reply: Option<&pm_reply>) -> bool {
    get(reply, false, |it| it.replayed)
}

/// How many requests it took; 0 where the journal answered.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_attempts(reply: Option<&pm_reply>) -> u32 {
    get(reply, 0, |it| it.attempts)
}

/// The time from the start of the call to the answer, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_elapsed_ms(reply: Option<&pm_reply>) -> i64 {
    get(reply, 0, |it| milliseconds(it.elapsed))
}

/// The envelope's "data": JSON, as the service wrote it. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_data(reply: Option<&pm_reply>) -> *const c_char {
    get(reply, std::ptr::null(), |it| pointer(it.data.as_ref()))
}
