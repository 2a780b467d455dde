//! The setters of `pm_filter`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::handles::filter::pm_filter;
use crate::handles::settings::{set, set_pair, set_string};

/// Only those of one channel, for example "SMS".
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_channel(filter: Option<&mut pm_filter>, channel: *const c_char) {
    set_string(filter, "channel", channel, |it, value| it.channel(value));
}

/// Only those with one status, for example "DELIVERED".
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_status(filter: Option<&mut pm_filter>, status: *const c_char) {
    set_string(filter, "status", status, |it, value| it.status(value));
}

/// Only those to one recipient.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_recipient(filter: Option<&mut pm_filter>, recipient: *const c_char) {
    set_string(filter, "recipient", recipient, |it, value| it.recipient(value));
}

/// Only those from one sender: a phone number or a sender's name.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_sender(filter: Option<&mut pm_filter>, sender: *const c_char) {
    set_string(filter, "sender", sender, |it, value| it.sender(value));
}

/// Only those taken at this time or later: a date, or a time with its offset from
/// UTC (RFC 3339), such as "2026-11-23T09:00:00Z".
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_since(filter: Option<&mut pm_filter>, time: *const c_char) {
    set_string(filter, "since", time, |it, value| it.since(value));
}

/// Only those taken before this time, given as for "since".
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_until(filter: Option<&mut pm_filter>, time: *const c_char) {
    set_string(filter, "until", time, |it, value| it.until(value));
}

/// The page to begin with, from 1. Default: 1.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_page(filter: Option<&mut pm_filter>, page: u32) {
    set(filter, |it| it.page(page));
}

/// How many messages to ask for at a time: 1 to 1000. Default: 50.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_limit(filter: Option<&mut pm_filter>, limit: u32) {
    set(filter, |it| it.limit(limit));
}

/// Any further parameter of the query.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_add_query(
    filter: Option<&mut pm_filter>,
    name: *const c_char,
    value: *const c_char,
) {
    set_pair(filter, "query", name, value, |it, name, value| it.query(name, value));
}
