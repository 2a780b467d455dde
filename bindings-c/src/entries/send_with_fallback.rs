//! One message after another, until one is accepted.

use std::ffi::c_void;

use partner_messaging::{Client, Effect, Error};

use super::boundary;
use crate::ffi::{self, slice};
use crate::handles::call::{Destination, pm_call, submit};
use crate::handles::call_kind::PM_CALL_SEND_WITH_FALLBACK;
use crate::handles::callback::pm_callback;
use crate::handles::client::{ClientState, pm_client};
use crate::handles::generated::{pm_error, pm_receipt, pm_trail};
use crate::handles::message::{as_messages, pm_message};
use crate::handles::options::pm_call_options;
use crate::handles::queue::pm_queue;
use crate::handles::status::pm_status;

/// Sends the first of these messages that the service takes, and waits until it
/// is known what became of it, at most until the one deadline over all.
///
/// A message that the service refuses because its channel can't be used is
/// followed by the next one: see pm_call_options_add_fallback_code(). Any other
/// refusal ends the call, and so does an unknown outcome, since the message may
/// arrive; what was not sent is retried, and never skipped. All messages
/// are checked before the first is sent.
///
/// @param client    The client.
/// @param messages  The messages, in an array of const pm_message *; they are
///                  not changed.
/// @param count     How many they are, at least one.
/// @param options   NULL, or what this call has different from its client.
/// @param receipt   NULL, or where the receipt is written, to be freed with
///                  pm_receipt_free(); NULL on failure.
/// @param trail     NULL, or where it is written what became of each message
///                  that was tried, on success and on failure, to be freed with
///                  pm_trail_free(); NULL when none was tried.
/// @param error     NULL, or where the error is written, to be freed with
///                  pm_error_free(); NULL on success. It is that of the last
///                  message that was tried; pm_error_field() names one that
///                  can't be sent, for example "messages[1].to".
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_send_with_fallback(
    client: Option<&pm_client>,
    messages: *const Option<&pm_message>,
    count: usize,
    options: Option<&pm_call_options>,
    receipt: *mut *mut pm_receipt,
    trail: *mut *mut pm_trail,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::write_out(trail, None);
    boundary::wait(Effect::Send, receipt, error, || {
        let client = pm_client::require(client)?;
        let messages = pm_message::prepare_all(slice(messages, count))?;
        let options = pm_call_options::options(options)?;
        match client.blocking.send_with_fallback_opts(&as_messages(&messages), &options) {
            Ok(accepted) => {
                ffi::write_out(trail, pm_trail::of(&accepted.trail).map(Box::new));
                Ok(accepted.receipt.into())
            }
            Err(failure) => {
                ffi::write_out(trail, pm_trail::of(failure.trail()).map(Box::new));
                Err(failure)
            }
        }
    })
}

/// Begins a pm_client_send_with_fallback() in the background; never waits. What
/// became of it comes as a completion to the queue, with a receipt or an error
/// and with a trail: exactly one if this returns PM_OK, none otherwise.
///
/// @param client     The client.
/// @param messages   The messages, in an array of const pm_message *; they may
///                   be changed or freed afterwards.
/// @param count      How many they are, at least one.
/// @param options    NULL, or what this call has different from its client.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_with_fallback(
    client: Option<&pm_client>,
    messages: *const Option<&pm_message>,
    count: usize,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Send, call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::queue(queue, user_data)?;
        submit_send(client, slice(messages, count), options, destination)
    })
}

/// Like pm_client_submit_with_fallback(), with a function in place of the queue:
/// see pm_client_submit_callback().
///
/// @param client     The client.
/// @param messages   The messages, in an array of const pm_message *; they may
///                   be changed or freed afterwards.
/// @param count      How many they are, at least one.
/// @param options    NULL, or what this call has different from its client.
/// @param callback   The function; see pm_callback for what it may do.
/// @param user_data  Given to the function, and by pm_completion_user_data().
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_with_fallback_callback(
    client: Option<&pm_client>,
    messages: *const Option<&pm_message>,
    count: usize,
    options: Option<&pm_call_options>,
    callback: pm_callback,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::submit(Effect::Send, call, error, || {
        let client = pm_client::require(client)?;
        let destination = Destination::callback(callback, user_data)?;
        submit_send(client, slice(messages, count), options, destination)
    })
}

fn submit_send(
    client: &ClientState,
    messages: &[Option<&pm_message>],
    options: Option<&pm_call_options>,
    destination: Destination,
) -> Result<pm_call, Error> {
    let messages = pm_message::prepare_all(messages)?;
    let options = pm_call_options::options(options)?;
    let send = async move |client: Client, options| {
        client.send_with_fallback_opts(&as_messages(&messages), &options).await
    };
    submit(client, options, destination, (PM_CALL_SEND_WITH_FALLBACK, Effect::Send), send)
}
