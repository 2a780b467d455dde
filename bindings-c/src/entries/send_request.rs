//! Any other endpoint of the service.

use std::ffi::c_void;

use partner_messaging::{Client, Error};

use super::boundary;
use crate::handles::call::{Destination, pm_call, submit};
use crate::handles::call_kind::PM_CALL_REQUEST;
use crate::handles::callback::pm_callback;
use crate::handles::client::{ClientState, pm_client};
use crate::handles::generated::{pm_error, pm_reply};
use crate::handles::options::pm_call_options;
use crate::handles::queue::pm_queue;
use crate::handles::request::pm_request;
use crate::handles::status::pm_status;

/// Makes a request, and waits for the answer, at most until the deadline.
///
/// A GET is a read: it is retried as reads are, and its error has no
/// outcome. Any other method changes something: it is never made twice unless
/// it is idempotent, and pm_error_outcome() says what became of it.
///
/// @param client   The client.
/// @param request  The request; it is not changed.
/// @param options  NULL, or what this call has different from its client.
/// @param reply    NULL, or where the answer is written, to be freed with
///                 pm_reply_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_request(
    client: Option<&pm_client>,
    request: Option<&pm_request>,
    options: Option<&pm_call_options>,
    reply: *mut *mut pm_reply,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::wait(pm_request::effect(request), reply, error, || {
        let client = pm_client::require(client)?;
        let request = pm_request::require(request)?;
        let options = pm_call_options::options(options)?;
        Ok(client.blocking.request_opts(request, &options)?.into())
    })
}

/// Begins a pm_client_request() in the background; never waits. The answer or
/// the error comes as a completion to the queue: exactly one if this returns
/// PM_OK, none otherwise.
///
/// @param client     The client.
/// @param request    The request; it may be changed or freed afterwards.
/// @param options    NULL, or what this call has different from its client.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_request(
    client: Option<&pm_client>,
    request: Option<&pm_request>,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(pm_request::effect(request), call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::queue(queue, user_data)?;
        submit_request(client, request, options, destination)
    })
}

/// Like pm_client_submit_request(), with a function in place of the queue:
/// see pm_client_submit_callback().
///
/// @param client     The client.
/// @param request    The request; it may be changed or freed afterwards.
/// @param options    NULL, or what this call has different from its client.
/// @param callback   The function; see pm_callback for what it may do.
/// @param user_data  Given to the function, and by pm_completion_user_data().
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_request_callback(
    client: Option<&pm_client>,
    request: Option<&pm_request>,
    options: Option<&pm_call_options>,
    callback: pm_callback,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(pm_request::effect(request), call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::callback(callback, user_data)?;
        submit_request(client, request, options, destination)
    })
}

fn submit_request(
    client: &ClientState,
    request: Option<&pm_request>,
    options: Option<&pm_call_options>,
    destination: Destination,
) -> Result<pm_call, Error> {
    let effect = pm_request::effect(request);
    let request = pm_request::require(request)?.clone();
    let options = pm_call_options::options(options)?;
    let make = async move |client: Client, options| client.request_opts(&request, &options).await;
    submit(client, options, destination, (PM_CALL_REQUEST, effect), make)
}
