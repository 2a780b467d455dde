//! What a program is started with.

use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;

use super::slice;

/// The arguments that `main` was given.
pub(crate) fn program_arguments(count: c_int, arguments: *const *const c_char) -> Vec<OsString> {
    let arguments = slice(arguments, usize::try_from(count).unwrap_or(0));
    arguments
        .iter()
        // SAFETY: by contract each of them is a string that ends in NUL and that nobody changes.
        .map(|argument| OsStr::from_bytes(unsafe { CStr::from_ptr(*argument) }.to_bytes()).to_owned())
        .collect()
}
