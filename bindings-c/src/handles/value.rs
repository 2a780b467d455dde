//! What getters give.

use std::ffi::{CString, c_char};
use std::time::Duration;

use crate::ffi::{self, entry, pointer};

/// The body of a getter; `absent` is what it gives without a handle.
pub(crate) fn get<H, T: Copy>(handle: Option<&H>, absent: T, value: impl FnOnce(&H) -> T) -> T {
    entry(absent, || handle.map_or(absent, value))
}

/// The body of a getter that gives the first value of this name, in whatever case.
pub(crate) fn get_by_name(pairs: Option<&[(CString, CString)]>, name: *const c_char) -> *const c_char {
    entry(std::ptr::null(), || {
        let Ok(name) = ffi::string(name) else { return std::ptr::null() };
        let is_named = |pair: &&(CString, CString)| pair.0.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        pointer(pairs.unwrap_or_default().iter().find(is_named).map(|(_, value)| value))
    })
}

/// Milliseconds for C.
pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A number for C, which has -1 for what is absent.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
