//! Lists of messages, one after another or page by page.

use std::ffi::{CString, c_char};
use std::sync::{Arc, Mutex, PoisonError};

use partner_messaging::{CallOptions, Page, Pager, blocking};

use crate::callback;
use crate::client::pm_client;
use crate::error::pm_error;
use crate::fault::Fault;
use crate::ffi::{self, c_text, pointer};
use crate::filter::pm_filter;
use crate::options::pm_call_options;
use crate::record::pm_record;
use crate::signals::NoSigpipe;
use crate::status::{PM_OUTCOME_NONE, pm_status};

/// The messages of a list, from as many pages as it has. It keeps what it needs
/// of its client, which may be freed before it. Of several threads that ask it
/// for the next message at once, each is given another.
pub struct pm_message_iter {
    client: Arc<blocking::Client>,
    options: CallOptions,
    place: Mutex<Place>,
}

/// How far a list has got.
struct Place {
    pager: Pager,
    /// What is left of the page at hand.
    at_hand: std::vec::IntoIter<partner_messaging::MessageRecord>,
}

impl pm_message_iter {
    fn given(iter: Option<&Self>) -> Result<&Self, pm_error> {
        let fault = Fault { field: "iter", problem: "must be a list of messages, and is NULL" };
        iter.ok_or_else(|| pm_error::config(fault).of_read())
    }

    fn next_page(&self, place: &mut Place) -> Result<Option<Page>, pm_error> {
        let _quiet = NoSigpipe::new();
        Ok(self.client.next_page(&mut place.pager, &self.options).transpose()?)
    }

    fn next(&self) -> Result<Option<pm_record>, pm_error> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(record) = place.at_hand.next() {
                return Ok(Some(record.into()));
            }
            match self.next_page(&mut place)? {
                Some(page) => place.at_hand = page.messages.into_iter(),
                None => return Ok(None),
            }
        }
    }
}

/// Begins a list of messages: all pages, each fetched when it is needed. No I/O
/// happens before the first message or page is asked for. The published
/// document doesn't describe this: see pm_options_set_endpoint().
///
/// @param client   The client.
/// @param filter   NULL, or which messages; it is copied.
/// @param options  NULL, or what each of the calls has different from its client.
/// @param iter     NULL, or where the list is written, to be freed with
///                 pm_message_iter_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_list_messages(
    client: Option<&pm_client>,
    filter: Option<&pm_filter>,
    options: Option<&pm_call_options>,
    iter: *mut *mut pm_message_iter,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(iter, error, PM_OUTCOME_NONE, || {
        let client = pm_client::given(client).map_err(pm_error::of_read)?.blocking.clone();
        let pager = Pager::new(&pm_filter::filter(filter)?)?;
        let options = pm_call_options::options(options).map_err(pm_error::of_read)?;
        let place = Mutex::new(Place { pager, at_hand: Vec::new().into_iter() });
        Ok(Box::new(pm_message_iter { client, options, place }))
    })
}

/// Gives the next message of a list, waiting for its page if need be. An error
/// ends the list.
///
/// @param iter    The list.
/// @param record  NULL, or where the message is written, to be freed with
///                pm_record_free(); NULL after the last one (and PM_OK is
///                returned), and on failure.
/// @param error   NULL, or where the error is written, to be freed with
///                pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_next(
    iter: Option<&pm_message_iter>,
    record: *mut *mut pm_record,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call_for_some(record, error, || {
        callback::refuse_to_wait().map_err(pm_error::of_read)?;
        Ok(pm_message_iter::given(iter)?.next()?.map(Box::new))
    })
}

/// Gives the next page of a list; what is left of the page at hand is passed
/// over. An error ends the list. The first page is given even if it is empty.
///
/// @param iter   The list.
/// @param page   NULL, or where the page is written, to be freed with
///               pm_page_free(); NULL after the last one (and PM_OK is
///               returned), and on failure.
/// @param error  NULL, or where the error is written, to be freed with
///               pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_next_page(
    iter: Option<&pm_message_iter>,
    page: *mut *mut pm_page,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call_for_some(page, error, || {
        callback::refuse_to_wait().map_err(pm_error::of_read)?;
        let iter = pm_message_iter::given(iter)?;
        let mut place = iter.place.lock().unwrap_or_else(PoisonError::into_inner);
        place.at_hand = Vec::new().into_iter();
        Ok(iter.next_page(&mut place)?.map(|page| Box::new(page.into())))
    })
}

/// Frees a list; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_free(iter: Option<Box<pm_message_iter>>) {
    ffi::entry((), || drop(iter));
}

/// One page of a list of messages.
pub struct pm_page {
    messages: Vec<pm_record>,
    number: u32,
    limit: Option<u64>,
    total: Option<u64>,
    total_pages: Option<u64>,
    has_more: Option<bool>,
    raw: CString,
}

impl From<Page> for pm_page {
    fn from(page: Page) -> Self {
        Self {
            raw: c_text(page.raw()),
            number: page.page,
            limit: page.limit,
            total: page.total,
            total_pages: page.total_pages,
            has_more: page.has_more,
            messages: page.messages.into_iter().map(Into::into).collect(),
        }
    }
}

/// How many messages the page has.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_count(page: Option<&pm_page>) -> usize {
    ffi::entry(0, || page.map_or(0, |page| page.messages.len()))
}

/// The message at index, from 0, in the service's order; NULL beyond the last.
/// It belongs to the page: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_message(page: Option<&pm_page>, index: usize) -> Option<&pm_record> {
    ffi::entry(None, || page?.messages.get(index))
}

/// The page's number, from 1, as it was asked for; 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_number(page: Option<&pm_page>) -> u32 {
    ffi::entry(0, || page.map_or(0, |page| page.number))
}

/// How many messages a page has, as the service says; -1 when it doesn't.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_limit(page: Option<&pm_page>) -> i64 {
    ffi::entry(-1, || told(page.and_then(|page| page.limit)))
}

/// How many messages there are in all, as the service says; -1 when it doesn't.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_total(page: Option<&pm_page>) -> i64 {
    ffi::entry(-1, || told(page.and_then(|page| page.total)))
}

/// How many pages there are in all, as the service says; -1 when it doesn't.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_total_pages(page: Option<&pm_page>) -> i64 {
    ffi::entry(-1, || told(page.and_then(|page| page.total_pages)))
}

fn told(number: Option<u64>) -> i64 {
    number.map_or(-1, |number| i64::try_from(number).unwrap_or(i64::MAX))
}

/// Whether there are more pages, as the service says: 1 or 0; -1 when it doesn't.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_has_more(page: Option<&pm_page>) -> i32 {
    ffi::entry(-1, || page.and_then(|page| page.has_more).map_or(-1, i32::from))
}

/// The whole "data" of the answer, as JSON text.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_raw(page: Option<&pm_page>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(page.map(|page| &page.raw)))
}

/// Frees a page with its messages; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_free(page: Option<Box<pm_page>>) {
    ffi::entry((), || drop(page));
}
