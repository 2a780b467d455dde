//! Sending one message.

use std::ffi::c_void;

use partner_messaging::{Client, Effect, Error};

use super::boundary;
use crate::handles::call::{Destination, pm_call, submit};
use crate::handles::call_kind::PM_CALL_SEND;
use crate::handles::callback::pm_callback;
use crate::handles::client::{ClientState, pm_client};
use crate::handles::generated::{pm_error, pm_receipt};
use crate::handles::message::pm_message;
use crate::handles::options::pm_call_options;
use crate::handles::queue::pm_queue;
use crate::handles::status::pm_status;

/// Sends one message and waits until it is known what became of it, at most
/// until the deadline.
///
/// @param client   The client.
/// @param message  The message; it is not changed.
/// @param options  NULL, or what this call has different from its client.
/// @param receipt  NULL, or where the receipt is written, to be freed with
///                 pm_receipt_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
/// @return PM_OK: the service accepted the message. Anything else:
///         pm_error_outcome() says what became of it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_send(
    client: Option<&pm_client>,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    receipt: *mut *mut pm_receipt,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::wait(Effect::Send, receipt, error, || {
        let client = pm_client::require(client)?;
        let message = pm_message::prepare(message)?;
        let options = pm_call_options::options(options)?;
        Ok(client.blocking.send_opts(&message, &options)?.into())
    })
}

/// Begins to send one message in the background; never waits. What became of
/// it comes as a completion to the queue: exactly one if this returns PM_OK,
/// none otherwise.
///
/// @param client     The client.
/// @param message    The message; it may be changed or freed afterwards.
/// @param options    NULL, or what this call has different from its client.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the send is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit(
    client: Option<&pm_client>,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Send, call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::queue(queue, user_data)?;
        submit_send(client, message, options, destination)
    })
}

/// Begins to send one message in the background; never waits. A function
/// is called with its completion, on the library's own thread: exactly once
/// if this returns PM_OK, and never otherwise. That call may come before this
/// has returned, and after the client was freed, but not after pm_client_close()
/// has returned. On a closed client nothing begins.
///
/// @param client     The client.
/// @param message    The message; it may be changed or freed afterwards.
/// @param options    NULL, or what this call has different from its client.
/// @param callback   The function; see pm_callback for what it may do.
/// @param user_data  Given to the function, and by pm_completion_user_data().
/// @param call       NULL, or where a handle to cancel the send is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_callback(
    client: Option<&pm_client>,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    callback: pm_callback,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Send, call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::callback(callback, user_data)?;
        submit_send(client, message, options, destination)
    })
}

fn submit_send(
    client: &ClientState,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    destination: Destination,
) -> Result<pm_call, Error> {
    let message = pm_message::prepare(message)?;
    let options = pm_call_options::options(options)?;
    let send = async move |client: Client, options| client.send_opts(&message, &options).await;
    submit(client, options, destination, (PM_CALL_SEND, Effect::Send), send)
}
