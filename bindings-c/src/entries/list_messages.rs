//! Lists of messages, one after another or page by page.

use std::ffi::c_void;

use partner_messaging::{Client, Effect, Error, ListPosition};

use super::boundary;
use crate::handles::call::{Destination, pm_call, submit};
use crate::handles::call_kind::{PM_CALL_NEXT, PM_CALL_NEXT_PAGE};
use crate::handles::callback::pm_callback;
use crate::handles::client::pm_client;
use crate::handles::filter::pm_filter;
use crate::handles::generated::{pm_error, pm_page, pm_record};
use crate::handles::message_iter::pm_message_iter;
use crate::handles::options::pm_call_options;
use crate::handles::queue::pm_queue;
use crate::handles::status::pm_status;

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
    boundary::read(iter, error, || {
        let client = pm_client::require(client)?.clone();
        let position = ListPosition::new(&pm_filter::filter(filter)?)?.into();
        let options = pm_call_options::options(options)?;
        Ok(pm_message_iter { client, options, position })
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
    boundary::wait_for_option(record, error, || {
        let iter = pm_message_iter::require(iter)?;
        Ok(iter.client.blocking.next_of(&iter.position, &iter.options)?.map(Into::into))
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
    boundary::wait_for_option(page, error, || {
        let iter = pm_message_iter::require(iter)?;
        Ok(iter.client.blocking.next_page_of(&iter.position, &iter.options)?.map(Into::into))
    })
}

/// Begins a pm_message_iter_next() in the background; never waits. The completion
/// has the message, or nothing after the last one, with PM_OK: exactly one comes to the
/// queue if this returns PM_OK, none otherwise. It is submitted to the list's client.
///
/// @param iter       The list; it may be freed afterwards.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_submit_next(
    iter: Option<&pm_message_iter>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Read, call, error, || {
        let iter = pm_message_iter::require(iter)?;
        submit_next(iter, Destination::queue(queue, user_data)?)
    })
}

/// Like pm_message_iter_submit_next(), with a function in place of the queue:
/// see pm_client_submit_callback().
///
/// @param iter       The list; it may be freed afterwards.
/// @param callback   The function; see pm_callback for what it may do.
/// @param user_data  Given to the function, and by pm_completion_user_data().
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_submit_next_callback(
    iter: Option<&pm_message_iter>,
    callback: pm_callback,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Read, call, error, || {
        let iter = pm_message_iter::require(iter)?;
        submit_next(iter, Destination::callback(callback, user_data)?)
    })
}

fn submit_next(iter: &pm_message_iter, destination: Destination) -> Result<pm_call, Error> {
    let position = iter.position.clone();
    let next = async move |client: Client, options| client.next_of(&position, &options).await;
    submit(&iter.client, iter.options.clone(), destination, (PM_CALL_NEXT, Effect::Read), next)
}

/// Begins a pm_message_iter_next_page() in the background; never waits. The completion
/// has the page, or nothing after the last one, with PM_OK: exactly one comes to the
/// queue if this returns PM_OK, none otherwise. It is submitted to the list's client.
///
/// @param iter       The list; it may be freed afterwards.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_submit_next_page(
    iter: Option<&pm_message_iter>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Read, call, error, || {
        let iter = pm_message_iter::require(iter)?;
        submit_next_page(iter, Destination::queue(queue, user_data)?)
    })
}

/// Like pm_message_iter_submit_next_page(), with a function in place of the queue:
/// see pm_client_submit_callback().
///
/// @param iter       The list; it may be freed afterwards.
/// @param callback   The function; see pm_callback for what it may do.
/// @param user_data  Given to the function, and by pm_completion_user_data().
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_iter_submit_next_page_callback(
    iter: Option<&pm_message_iter>,
    callback: pm_callback,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Read, call, error, || {
        let iter = pm_message_iter::require(iter)?;
        submit_next_page(iter, Destination::callback(callback, user_data)?)
    })
}

fn submit_next_page(iter: &pm_message_iter, destination: Destination) -> Result<pm_call, Error> {
    let position = iter.position.clone();
    let next = async move |client: Client, options| client.next_page_of(&position, &options).await;
    submit(&iter.client, iter.options.clone(), destination, (PM_CALL_NEXT_PAGE, Effect::Read), next)
}
