//! Which messages to list.

use crate::ffi::entry;
use crate::handles::filter::pm_filter;

/// A filter for all messages. Free it with pm_filter_free(), at the earliest
/// when pm_client_list_messages() has returned.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_new() -> Option<Box<pm_filter>> {
    entry(None, || Some(Box::default()))
}
