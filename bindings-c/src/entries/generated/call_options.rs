//! The setters of `pm_call_options`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;
use std::time::Duration;

use crate::handles::options::pm_call_options;
use crate::handles::settings::{add_string, set, set_pair, set_string};

/// The call's deadline, from its start, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_set_timeout_ms(options: Option<&mut pm_call_options>, timeout_ms: u64) {
    set(options, |it| it.timeout(Duration::from_millis(timeout_ms)));
}

/// How often this call may be tried again.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_set_max_retries(options: Option<&mut pm_call_options>, retries: u32) {
    set(options, |it| it.max_retries(retries));
}

/// A header to send with this call; it replaces the client's of the same name.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_add_header(
    options: Option<&mut pm_call_options>,
    name: *const c_char,
    value: *const c_char,
) {
    set_pair(options, "headers", name, value, |it, name, value| it.header(name, value));
}

/// For pm_client_send_with_fallback(): the codes of the service after which the
/// next message is tried. Default: "CHANNEL_CONFIG_NOT_FOUND" and
/// "CHANNEL_CREDENTIALS_NOT_FOUND". Adds one; the first takes the place of the
/// default.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_add_fallback_code(
    options: Option<&mut pm_call_options>,
    code: *const c_char,
) {
    add_string(options, "fallback_codes", code, |it| &mut it.fallback_codes);
}

/// The caller's name for what this call is to do at most once: whatever crashes, is
/// repeated or runs twice at a time, under one key of the client's journal a
/// message is accepted at most once. Of a pm_client_send_with_fallback() it is one
/// key for all messages.
///
/// A key is 1 to 255 bytes of UTF-8 without control characters. It stands for one
/// message: another one with the same key is refused.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_set_key(options: Option<&mut pm_call_options>, key: *const c_char) {
    set_string(options, "key", key, |it, value| it.key(value));
}
