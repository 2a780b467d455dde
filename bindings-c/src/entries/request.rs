//! A request to any other endpoint.

use std::ffi::c_char;

use crate::ffi::entry;
use crate::handles::request::pm_request;

/// A request with a method ("GET", "POST", "PUT", "PATCH" or "DELETE") and a
/// path that begins with a slash. Free it with pm_request_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_new(method: *const c_char, path: *const c_char) -> Option<Box<pm_request>> {
    entry(None, || Some(Box::new(pm_request::new(method, path))))
}
