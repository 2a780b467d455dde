//! One message after another, until one is accepted.

use std::ffi::{CString, c_char, c_void};

use partner_messaging::{Client, Envelope, FallbackStep, Message};

use crate::call::{Destination, pm_call, submit};
use crate::callback::{self, pm_callback};
use crate::client::pm_client;
use crate::error::pm_error;
use crate::ffi::{self, c_text, pointer};
use crate::message::pm_message;
use crate::options::pm_call_options;
use crate::queue::pm_queue;
use crate::receipt::pm_receipt;
use crate::signals::NoSigpipe;
use crate::status::{
    PM_OUTCOME_NONE, PM_OUTCOME_NOT_SENT, PM_OUTCOME_UNKNOWN, outcome_of, pm_outcome, pm_status,
};

/// What became of each message of a send with fallback that was tried, in order.
pub struct pm_trail(Vec<Step>);

struct Step {
    channel: CString,
    outcome: pm_outcome,
    kind: Option<CString>,
    code: Option<CString>,
    message_id: Option<CString>,
    http_status: i32,
    attempts: u32,
}

impl pm_trail {
    /// `None` when nothing was tried.
    pub(crate) fn new(steps: &[FallbackStep]) -> Option<Box<Self>> {
        let step = |step: &FallbackStep| Step {
            channel: c_text(step.channel.as_str()),
            outcome: outcome_of(step.outcome),
            kind: step.kind.map(|kind| c_text(kind.as_str())),
            code: step.code.as_deref().map(c_text),
            message_id: step.message_id.as_deref().map(c_text),
            http_status: step.status.map_or(0, i32::from),
            attempts: step.attempts,
        };
        (!steps.is_empty()).then(|| Box::new(Self(steps.iter().map(step).collect())))
    }

    fn step(trail: Option<&Self>, index: usize) -> Option<&Step> {
        trail?.0.get(index)
    }
}

/// Sends the first of these messages that the service takes, and waits until it
/// is known what became of it, at most until the one deadline over all.
///
/// A message that the service refuses because its channel can't be used is
/// followed by the next one: see pm_call_options_add_fallback_code(). Any other
/// refusal ends the call, and so does an unknown outcome, since the message may
/// arrive; what was not sent is tried again, and never skipped. All messages
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
    ffi::hand_over(trail, None);
    ffi::call(receipt, error, PM_OUTCOME_UNKNOWN, || {
        callback::refuse_to_wait()?;
        let client = pm_client::given(client)?;
        let envelopes = pm_message::envelopes(ffi::slice(messages, count))?;
        let options = pm_call_options::options(options)?;
        let _quiet = NoSigpipe::new();
        match client.blocking.send_with_fallback_with(&as_messages(&envelopes), &options) {
            Ok(accepted) => {
                ffi::hand_over(trail, pm_trail::new(&accepted.trail));
                Ok(Box::new(accepted.receipt.into()))
            }
            Err(failure) => {
                ffi::hand_over(trail, pm_trail::new(failure.trail()));
                Err(failure.into())
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
    ffi::call(call, error, PM_OUTCOME_NOT_SENT, || {
        let client = pm_client::given(client)?;
        let to = Destination::queue(queue, user_data)?;
        submit_send(client, ffi::slice(messages, count), options, to)
    })
}

/// The same for a function, which is told what became of it as it is by
/// pm_client_submit_callback().
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
    ffi::call(call, error, PM_OUTCOME_NOT_SENT, || {
        let client = pm_client::given(client)?;
        let to = Destination::callback(callback, user_data)?;
        submit_send(client, ffi::slice(messages, count), options, to)
    })
}

fn submit_send(
    client: &pm_client,
    messages: &[Option<&pm_message>],
    options: Option<&pm_call_options>,
    to: Destination,
) -> Result<Box<pm_call>, pm_error> {
    let envelopes = pm_message::envelopes(messages)?;
    let options = pm_call_options::options(options)?;
    let send = async move |client: Client, options| {
        client.send_with_fallback_with(&as_messages(&envelopes), &options).await
    };
    submit(client, options, to, PM_OUTCOME_UNKNOWN, send)
}

fn as_messages(envelopes: &[Envelope]) -> Vec<&dyn Message> {
    envelopes.iter().map(|envelope| envelope as &dyn Message).collect()
}

/// How many messages were tried.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_count(trail: Option<&pm_trail>) -> usize {
    ffi::entry(0, || trail.map_or(0, |trail| trail.0.len()))
}

/// The channel of the message at index, from 0; NULL beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_channel(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(pm_trail::step(trail, index).map(|step| &step.channel)))
}

/// What became of the message at index; PM_OUTCOME_NONE beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_outcome(trail: Option<&pm_trail>, index: usize) -> pm_outcome {
    ffi::entry(PM_OUTCOME_NONE, || pm_trail::step(trail, index).map_or(PM_OUTCOME_NONE, |step| step.outcome))
}

/// What went wrong with the message at index, in the words of pm_error_kind();
/// NULL when it was sent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_kind(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(pm_trail::step(trail, index).and_then(|step| step.kind.as_ref())))
}

/// The service's code for the message at index, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_code(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(pm_trail::step(trail, index).and_then(|step| step.code.as_ref())))
}

/// The HTTP status of the answer to the message at index, if it failed; 0 when
/// there was none.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_http_status(trail: Option<&pm_trail>, index: usize) -> i32 {
    ffi::entry(0, || pm_trail::step(trail, index).map_or(0, |step| step.http_status))
}

/// The id of the message at index, if it was sent, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_message_id(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    ffi::entry(std::ptr::null(), || {
        pointer(pm_trail::step(trail, index).and_then(|step| step.message_id.as_ref()))
    })
}

/// How many requests the message at index took.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_attempts(trail: Option<&pm_trail>, index: usize) -> u32 {
    ffi::entry(0, || pm_trail::step(trail, index).map_or(0, |step| step.attempts))
}

/// Frees a trail; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_free(trail: Option<Box<pm_trail>>) {
    ffi::entry((), || drop(trail));
}
