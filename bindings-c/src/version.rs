//! The version of the library.

use std::ffi::{CStr, c_char};

use crate::ffi;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// The version of the library that runs, for example "0.1.0"; PM_VERSION is
/// that of the header the program was compiled with. The text is static.
#[unsafe(no_mangle)]
pub extern "C" fn pm_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Frees a text that a function of this library handed over; NULL is fine.
/// Only pm_sandbox_control() hands one over: other texts belong to their handle.
#[unsafe(no_mangle)]
pub extern "C" fn pm_string_free(text: *mut c_char) {
    ffi::entry((), || drop(ffi::take_text(text)));
}
