//! The setters of `pm_request`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::handles::request::pm_request;
use crate::handles::settings::{set, set_pair, set_string};

/// A parameter of the query.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_add_query(
    request: Option<&mut pm_request>,
    name: *const c_char,
    value: *const c_char,
) {
    set_pair(request, "query", name, value, |it, name, value| it.query(name, value));
}

/// The body: the text of any JSON value, sent to the byte.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_set_json(request: Option<&mut pm_request>, json: *const c_char) {
    set_string(request, "json", json, |it, value| it.json(value));
}

/// Whether making the request twice does no more than making it once. Only then it
/// is tried again when its outcome is unknown. Default: true for "GET", false for
/// the others.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_set_idempotent(request: Option<&mut pm_request>, idempotent: bool) {
    set(request, |it| it.idempotent(idempotent));
}
