//! The getters of `pm_page`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::entry;
use crate::handles::generated::{pm_page, pm_record};
use crate::handles::value::{get, signed};

/// How many messages there are.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_count(page: Option<&pm_page>) -> usize {
    entry(0, || page.map_or(0, |it| it.messages.len()))
}

/// The messages, in the service's order. The one at index, from 0; NULL beyond the
/// last. It belongs to the page: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_message(page: Option<&pm_page>, index: usize) -> Option<&pm_record> {
    entry(None, || page?.messages.get(index))
}

/// The page's number, from 1, as it was asked for.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_number(page: Option<&pm_page>) -> u32 {
    get(page, 0, |it| it.page)
}

/// How many messages a page has, if the service says so. -1 when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_limit(page: Option<&pm_page>) -> i64 {
    get(page, -1, |it| it.limit.map_or(-1, signed))
}

/// How many messages there are in all, if the service says so. -1 when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_total(page: Option<&pm_page>) -> i64 {
    get(page, -1, |it| it.total.map_or(-1, signed))
}

/// How many pages there are in all, if the service says so. -1 when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_total_pages(page: Option<&pm_page>) -> i64 {
    get(page, -1, |it| it.total_pages.map_or(-1, signed))
}

/// Whether there are more pages, if the service says so. 1 or 0; -1 when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_has_more(page: Option<&pm_page>) -> i32 {
    get(page, -1, |it| it.has_more.map_or(-1, i32::from))
}

/// The envelope's whole "data": JSON, as the service wrote it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_raw(page: Option<&pm_page>) -> *const c_char {
    get(page, std::ptr::null(), |it| it.raw.as_ptr())
}
