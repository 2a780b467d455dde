//! Which messages to list.

use std::ffi::c_char;

use partner_messaging::MessageFilter;

use crate::error::pm_error;
use crate::fault::Faults;
use crate::ffi;

/// Which messages to list, and in pages of what size. The names of the query's
/// parameters are assumptions: those of the setters.
///
/// A setter never fails: an argument that can't be used is kept, and
/// pm_client_list_messages() refuses the filter, naming the one at fault.
#[derive(Default)]
pub struct pm_filter {
    filter: MessageFilter,
    faults: Faults,
}

impl pm_filter {
    /// The filter as the core takes it; NULL is all messages.
    pub(crate) fn filter(filter: Option<&Self>) -> Result<MessageFilter, pm_error> {
        let Some(filter) = filter else { return Ok(MessageFilter::new()) };
        match filter.faults.first() {
            Some(fault) => Err(pm_error::config(fault).of_read()),
            None => Ok(filter.filter.clone()),
        }
    }
}

fn set_text(
    filter: Option<&mut pm_filter>,
    field: &'static str,
    text: *const c_char,
    change: impl FnOnce(MessageFilter, &str) -> MessageFilter,
) {
    ffi::entry((), || {
        if let Some(filter) = filter
            && let Some(text) = filter.faults.text(field, text)
        {
            filter.filter = change(std::mem::take(&mut filter.filter), text);
        }
    });
}

fn set(filter: Option<&mut pm_filter>, change: impl FnOnce(MessageFilter) -> MessageFilter) {
    ffi::entry((), || {
        if let Some(filter) = filter {
            filter.filter = change(std::mem::take(&mut filter.filter));
        }
    });
}

/// A filter for all messages. Free it with pm_filter_free(), at the earliest
/// when pm_client_list_messages() has returned.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_new() -> Option<Box<pm_filter>> {
    ffi::entry(None, || Some(Box::default()))
}

/// Only those of one channel, for example "SMS".
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_channel(filter: Option<&mut pm_filter>, channel: *const c_char) {
    set_text(filter, "channel", channel, |filter, channel| filter.channel(channel));
}

/// Only those with one status, for example "DELIVERED".
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_status(filter: Option<&mut pm_filter>, status: *const c_char) {
    set_text(filter, "status", status, |filter, status| filter.status(status));
}

/// Only those to one recipient.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_recipient(filter: Option<&mut pm_filter>, recipient: *const c_char) {
    set_text(filter, "recipient", recipient, |filter, recipient| filter.recipient(recipient));
}

/// Only those from one sender: a phone number or a sender's name.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_sender(filter: Option<&mut pm_filter>, sender: *const c_char) {
    set_text(filter, "sender", sender, |filter, sender| filter.sender(sender));
}

/// Only those taken at this time or later: a date, or a time with its offset
/// from UTC (RFC 3339), such as "2026-11-23T09:00:00Z".
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_since(filter: Option<&mut pm_filter>, time: *const c_char) {
    set_text(filter, "since", time, |filter, time| filter.since(time));
}

/// Only those taken before this time.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_until(filter: Option<&mut pm_filter>, time: *const c_char) {
    set_text(filter, "until", time, |filter, time| filter.until(time));
}

/// The page to begin with, from 1. Default: 1.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_page(filter: Option<&mut pm_filter>, page: u32) {
    set(filter, |filter| filter.page(page));
}

/// How many messages to ask for at a time: 1 to 1000. Default: 50.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_set_limit(filter: Option<&mut pm_filter>, limit: u32) {
    set(filter, |filter| filter.limit(limit));
}

/// Adds any further parameter of the query.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_add_query(
    filter: Option<&mut pm_filter>,
    name: *const c_char,
    value: *const c_char,
) {
    ffi::entry((), || {
        if let Some(filter) = filter
            && let Some(name) = filter.faults.text("query", name)
            && let Some(value) = filter.faults.text("query", value)
        {
            filter.filter = std::mem::take(&mut filter.filter).query(name, value);
        }
    });
}

/// Frees a filter; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_free(filter: Option<Box<pm_filter>>) {
    ffi::entry((), || drop(filter));
}
