//! Out-parameters.

use std::ffi::{CString, c_char};

/// Writes a value where the caller wants it, who frees it from then on; where
/// it isn't wanted, it is dropped.
pub(crate) fn write_out<T>(out: *mut *mut T, value: Option<Box<T>>) {
    if !out.is_null() {
        // SAFETY: by contract `out` can be written to. It may be uninitialised,
        // so it is written to without being read or dropped.
        unsafe { out.write(value.map_or(std::ptr::null_mut(), Box::into_raw)) };
    }
}

/// Like [`write_out`] for a string, which the caller frees with `pm_string_free`.
pub(crate) fn write_string(out: *mut *mut c_char, string: Option<CString>) {
    if !out.is_null() {
        // SAFETY: as in `write_out`.
        unsafe { out.write(string.map_or(std::ptr::null_mut(), CString::into_raw)) };
    }
}

/// Like [`write_out`] for a number.
pub(crate) fn write_number(out: *mut u64, number: u64) {
    if !out.is_null() {
        // SAFETY: as in `write_out`.
        unsafe { out.write(number) };
    }
}
