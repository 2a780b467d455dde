//! The functions that free what others give. They stand first in the header, so
//! that a compiler knows what frees what.

use std::ffi::c_char;

use crate::ffi::{self, entry};
use crate::handles::call::pm_call;
use crate::handles::client::pm_client;
use crate::handles::completion::pm_completion;
use crate::handles::filter::pm_filter;
use crate::handles::generated::{
    pm_balance, pm_error, pm_journal_counts, pm_journal_record, pm_page, pm_receipt, pm_record, pm_reply,
    pm_spending, pm_trail,
};
use crate::handles::journal::{pm_journal, pm_journal_iter};
use crate::handles::message::pm_message;
use crate::handles::message_iter::pm_message_iter;
use crate::handles::options::{pm_call_options, pm_options};
use crate::handles::queue::pm_queue;
use crate::handles::request::pm_request;
use crate::handles::sandbox::pm_sandbox;

/// Frees an error that a function wrote out; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_free(error: Option<Box<pm_error>>) {
    entry((), || drop(error));
}

/// Frees a receipt that a function wrote out; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_free(receipt: Option<Box<pm_receipt>>) {
    entry((), || drop(receipt));
}

/// Frees options; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_free(options: Option<Box<pm_options>>) {
    entry((), || drop(options));
}

/// Frees options of a call; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_free(options: Option<Box<pm_call_options>>) {
    entry((), || drop(options));
}

/// Frees a trail; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_free(trail: Option<Box<pm_trail>>) {
    entry((), || drop(trail));
}

/// Frees a record that a function wrote out; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_free(record: Option<Box<pm_record>>) {
    entry((), || drop(record));
}

/// Frees a filter; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_filter_free(filter: Option<Box<pm_filter>>) {
    entry((), || drop(filter));
}

/// Frees a page with its messages; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_page_free(page: Option<Box<pm_page>>) {
    entry((), || drop(page));
}

/// Frees a balance; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_free(balance: Option<Box<pm_balance>>) {
    entry((), || drop(balance));
}

/// Frees the entries; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_free(spending: Option<Box<pm_spending>>) {
    entry((), || drop(spending));
}

/// Frees a request; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_free(request: Option<Box<pm_request>>) {
    entry((), || drop(request));
}

/// Frees an answer; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_free(reply: Option<Box<pm_reply>>) {
    entry((), || drop(reply));
}

/// Frees a journal; NULL is fine. It is closed once no client has it any more; see
/// pm_journal_close().
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_free(journal: Option<Box<pm_journal>>) {
    entry((), || drop(journal));
}

/// Frees a record of a journal; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_free(record: Option<Box<pm_journal_record>>) {
    entry((), || drop(record));
}

/// Frees the records of a journal that a function wrote out; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_iter_free(iter: Option<Box<pm_journal_iter>>) {
    entry((), || drop(iter));
}

/// Frees the counts of a journal; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_free(counts: Option<Box<pm_journal_counts>>) {
    entry((), || drop(counts));
}

/// Frees a message; NULL is fine. Sends that were submitted don't need it any more.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_free(message: Option<Box<pm_message>>) {
    entry((), || drop(message));
}

/// Frees a client; NULL is fine. No thread may be in a call with it. Calls that
/// were submitted go on, and end in their completions or callbacks as before; to
/// end them now, call pm_client_close() first.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_free(client: Option<Box<pm_client>>) {
    entry((), || drop(client));
}

/// Frees the handle of a submitted call; NULL is fine. The call goes on.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_free(call: Option<Box<pm_call>>) {
    entry((), || drop(call));
}

/// Frees a queue with the completions in it; NULL is fine. No thread may be in
/// a call with it. What was submitted to it goes on, and nobody learns what
/// becomes of it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_queue_free(queue: Option<Box<pm_queue>>) {
    entry((), || drop(queue));
}

/// Frees a completion with all that it holds; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_free(completion: Option<Box<pm_completion>>) {
    entry((), || drop(completion));
}

/// Frees a list; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_free(iter: Option<Box<pm_message_iter>>) {
    entry((), || drop(iter));
}

/// Frees a sandbox; NULL is fine. One that still runs is stopped: this is the
/// one free function that waits, for the moment that its thread takes to end.
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_free(sandbox: Option<Box<pm_sandbox>>) {
    entry((), || drop(sandbox));
}

/// Frees a string that a function of this library wrote out; NULL is fine.
/// Only pm_sandbox_control() writes one out: other strings belong to their handle.
#[unsafe(no_mangle)]
pub extern "C" fn pm_string_free(text: *mut c_char) {
    entry((), || drop(ffi::take_string(text)));
}
