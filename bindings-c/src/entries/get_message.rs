//! What became of a message that was sent before.

use std::ffi::{c_char, c_void};

use partner_messaging::{Client, Effect, Error};

use super::boundary;
use crate::handles::argument::require_string;
use crate::handles::call::{Destination, pm_call, submit};
use crate::handles::call_kind::PM_CALL_GET_MESSAGE;
use crate::handles::callback::pm_callback;
use crate::handles::client::{ClientState, pm_client};
use crate::handles::generated::{pm_error, pm_record};
use crate::handles::options::pm_call_options;
use crate::handles::queue::pm_queue;
use crate::handles::status::pm_status;

/// Asks what became of a message that was accepted before, and waits for the
/// answer, at most until the deadline. The published document doesn't describe
/// this: see pm_options_set_endpoint().
///
/// @param client      The client.
/// @param message_id  The message's id, from its receipt.
/// @param options     NULL, or what this call has different from its client.
/// @param record      NULL, or where the record is written, to be freed with
///                    pm_record_free(); NULL on failure.
/// @param error       NULL, or where the error is written, to be freed with
///                    pm_error_free(); NULL on success. Its outcome is
///                    PM_OUTCOME_NONE, as of every read.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_get_message(
    client: Option<&pm_client>,
    message_id: *const c_char,
    options: Option<&pm_call_options>,
    record: *mut *mut pm_record,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::wait(Effect::Read, record, error, || {
        let client = pm_client::require(client)?;
        let id = require_string("message_id", message_id)?;
        let options = pm_call_options::options(options)?;
        Ok(client.blocking.get_message_opts(id, &options)?.into())
    })
}

/// Begins a pm_client_get_message() in the background; never waits. The record
/// or the error comes as a completion to the queue: exactly one if this returns
/// PM_OK, none otherwise.
///
/// @param client      The client.
/// @param message_id  The message's id, from its receipt; it is copied.
/// @param options     NULL, or what this call has different from its client.
/// @param queue       Where the completion goes.
/// @param user_data   Handed back by pm_completion_user_data(); not looked into.
/// @param call        NULL, or where a handle to cancel the call is written, to be
///                    freed with pm_call_free() at any time; NULL on failure.
/// @param error       NULL, or where the error is written, to be freed with
///                    pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_get_message(
    client: Option<&pm_client>,
    message_id: *const c_char,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Read, call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::queue(queue, user_data)?;
        submit_get_message(client, message_id, options, destination)
    })
}

/// Like pm_client_submit_get_message(), with a function in place of the queue:
/// see pm_client_submit_callback().
///
/// @param client      The client.
/// @param message_id  The message's id, from its receipt; it is copied.
/// @param options     NULL, or what this call has different from its client.
/// @param callback    The function; see pm_callback for what it may do.
/// @param user_data   Given to the function, and by pm_completion_user_data().
/// @param call        NULL, or where a handle to cancel the call is written, to be
///                    freed with pm_call_free() at any time; NULL on failure.
/// @param error       NULL, or where the error is written, to be freed with
///                    pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_get_message_callback(
    client: Option<&pm_client>,
    message_id: *const c_char,
    options: Option<&pm_call_options>,
    callback: pm_callback,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Read, call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::callback(callback, user_data)?;
        submit_get_message(client, message_id, options, destination)
    })
}

fn submit_get_message(
    client: &ClientState,
    message_id: *const c_char,
    options: Option<&pm_call_options>,
    destination: Destination,
) -> Result<pm_call, Error> {
    let id = require_string("message_id", message_id)?.to_owned();
    let options = pm_call_options::options(options)?;
    let get = async move |client: Client, options| client.get_message_opts(&id, &options).await;
    submit(client, options, destination, (PM_CALL_GET_MESSAGE, Effect::Read), get)
}
