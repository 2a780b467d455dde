//! The version of the library, and its strings.

use std::ffi::{CStr, c_char};

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// The version of the library that runs, for example "0.1.0"; PM_VERSION is
/// that of the header the program was compiled with. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn pm_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The same as a number that can be compared: PM_VERSION_NUMBER of the library that runs.
#[unsafe(no_mangle)]
pub extern "C" fn pm_version_number() -> u32 {
    VERSION_NUMBER
}

const VERSION_NUMBER: u32 = number(env!("CARGO_PKG_VERSION_MAJOR")) * 10_000
    + number(env!("CARGO_PKG_VERSION_MINOR")) * 100
    + number(env!("CARGO_PKG_VERSION_PATCH"));

const fn number(digits: &str) -> u32 {
    match u32::from_str_radix(digits, 10) {
        Ok(number) => number,
        Err(_) => 0,
    }
}
