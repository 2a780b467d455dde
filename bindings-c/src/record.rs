//! What the service says of messages that were sent before.

use std::ffi::{CString, c_char, c_void};

use partner_messaging::{Client, MessageRecord};

use crate::call::{Destination, pm_call, submit};
use crate::callback;
use crate::client::pm_client;
use crate::error::pm_error;
use crate::fault::Faults;
use crate::ffi::{self, c_text, pointer};
use crate::options::pm_call_options;
use crate::queue::pm_queue;
use crate::signals::NoSigpipe;
use crate::status::{PM_OUTCOME_NONE, pm_status};

/// A message as the service has it now. Reading messages is not in the
/// published document: that a record has the members of a receipt, and the
/// names of its timestamps, are assumptions.
pub struct pm_record {
    message_id: CString,
    recipient: Option<CString>,
    channel: Option<CString>,
    status: Option<CString>,
    cost: Option<CString>,
    currency: Option<CString>,
    created_at: Option<CString>,
    updated_at: Option<CString>,
    raw: CString,
}

impl From<MessageRecord> for pm_record {
    fn from(record: MessageRecord) -> Self {
        Self {
            raw: c_text(record.raw()),
            message_id: c_text(record.message_id),
            recipient: record.recipient.map(c_text),
            channel: record.channel.map(c_text),
            status: record.status.map(c_text),
            cost: record.cost.map(|cost| c_text(cost.to_string())),
            currency: record.currency.map(c_text),
            created_at: record.created_at.map(c_text),
            updated_at: record.updated_at.map(c_text),
        }
    }
}

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
    ffi::call(record, error, PM_OUTCOME_NONE, || {
        callback::refuse_to_wait().map_err(pm_error::of_read)?;
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        let id = given_text("message_id", message_id)?;
        let options = pm_call_options::options(options).map_err(pm_error::of_read)?;
        let _quiet = NoSigpipe::new();
        Ok(Box::new(client.blocking.get_message_with(id, &options)?.into()))
    })
}

/// Waits until a message's status is final, or the call's deadline passes,
/// looking again and again at growing intervals. Gives the message as it was
/// seen last: where its status is not final, the time was over.
///
/// @param client          The client.
/// @param message_id      The message's id, from its receipt.
/// @param final_statuses  The statuses to wait for, in capitals or not. NULL:
///                        "DELIVERED", "READ", "FAILED", "UNDELIVERED",
///                        "REJECTED" and "EXPIRED"; an assumption.
/// @param count           How many they are, at least one; not looked at with NULL.
/// @param options         NULL, or what this call has different from its client.
/// @param record          NULL, or where the record is written, to be freed
///                        with pm_record_free(); NULL on failure.
/// @param error           NULL, or where the error is written, to be freed with
///                        pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_wait_for_status(
    client: Option<&pm_client>,
    message_id: *const c_char,
    final_statuses: *const *const c_char,
    count: usize,
    options: Option<&pm_call_options>,
    record: *mut *mut pm_record,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(record, error, PM_OUTCOME_NONE, || {
        callback::refuse_to_wait().map_err(pm_error::of_read)?;
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        let id = given_text("message_id", message_id)?;
        let statuses = given_texts("final_statuses", final_statuses, count)?;
        let options = pm_call_options::options(options).map_err(pm_error::of_read)?;
        let _quiet = NoSigpipe::new();
        Ok(Box::new(client.blocking.wait_for_status_with(id, statuses.as_deref(), &options)?.into()))
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
    ffi::call(call, error, PM_OUTCOME_NONE, || {
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        let to = Destination::queue(queue, user_data).map_err(pm_error::of_read)?;
        let id = given_text("message_id", message_id)?.to_owned();
        let options = pm_call_options::options(options).map_err(pm_error::of_read)?;
        let get = async move |client: Client, options| client.get_message_with(&id, &options).await;
        submit(client, options, to, PM_OUTCOME_NONE, get)
    })
}

/// Begins a pm_client_wait_for_status() in the background; never waits. The
/// record or the error comes as a completion to the queue: exactly one if this
/// returns PM_OK, none otherwise.
///
/// @param client          The client.
/// @param message_id      The message's id, from its receipt; it is copied.
/// @param final_statuses  The statuses to wait for, or NULL: see
///                        pm_client_wait_for_status(); they are copied.
/// @param count           How many they are, at least one; not looked at with NULL.
/// @param options         NULL, or what this call has different from its client.
/// @param queue           Where the completion goes.
/// @param user_data       Handed back by pm_completion_user_data(); not looked into.
/// @param call            NULL, or where a handle to cancel the call is written, to be
///                        freed with pm_call_free() at any time; NULL on failure.
/// @param error           NULL, or where the error is written, to be freed with
///                        pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_wait_for_status(
    client: Option<&pm_client>,
    message_id: *const c_char,
    final_statuses: *const *const c_char,
    count: usize,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(call, error, PM_OUTCOME_NONE, || {
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        let to = Destination::queue(queue, user_data).map_err(pm_error::of_read)?;
        let id = given_text("message_id", message_id)?.to_owned();
        let statuses = given_texts("final_statuses", final_statuses, count)?;
        let options = pm_call_options::options(options).map_err(pm_error::of_read)?;
        let wait = async move |client: Client, options| {
            client.wait_for_status_with(&id, statuses.as_deref(), &options).await
        };
        submit(client, options, to, PM_OUTCOME_NONE, wait)
    })
}

/// An argument of a read that must be a text.
pub(crate) fn given_text<'a>(field: &'static str, argument: *const c_char) -> Result<&'a str, pm_error> {
    let mut faults = Faults::default();
    let text = faults.text_or_empty(field, argument);
    match faults.first() {
        Some(fault) => Err(pm_error::config(fault).of_read()),
        None => Ok(text),
    }
}

/// The same for an array of texts; `None` for NULL.
fn given_texts(
    field: &'static str,
    texts: *const *const c_char,
    count: usize,
) -> Result<Option<Vec<String>>, pm_error> {
    if texts.is_null() {
        return Ok(None);
    }
    let texts = ffi::slice(texts, count).iter();
    texts.map(|text| given_text(field, *text).map(str::to_owned)).collect::<Result<_, _>>().map(Some)
}

/// The service's id of the message.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_message_id(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.map(|record| &record.message_id)))
}

/// The recipient, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_recipient(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.and_then(|record| record.recipient.as_ref())))
}

/// The channel, for example "SMS", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_channel(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.and_then(|record| record.channel.as_ref())))
}

/// The status, for example "DELIVERED", or NULL. It is an open set.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_status(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.and_then(|record| record.status.as_ref())))
}

/// What the message costs as exact decimal text, for example "0.12", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_cost(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.and_then(|record| record.cost.as_ref())))
}

/// The currency of the cost, for example "SGD", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_currency(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.and_then(|record| record.currency.as_ref())))
}

/// When the service took the message, as it wrote it, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_created_at(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.and_then(|record| record.created_at.as_ref())))
}

/// When the status last changed, as the service wrote it, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_updated_at(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.and_then(|record| record.updated_at.as_ref())))
}

/// The whole record as JSON text.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_raw(record: Option<&pm_record>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(record.map(|record| &record.raw)))
}

/// Frees a record that a function handed over; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_free(record: Option<Box<pm_record>>) {
    ffi::entry((), || drop(record));
}
