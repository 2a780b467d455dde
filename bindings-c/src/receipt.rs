//! Receipts: opaque handles with getters.

use std::ffi::{CString, c_char};
use std::time::Duration;

use partner_messaging::Receipt;

use crate::error::milliseconds;
use crate::ffi::{self, c_text, pointer};

/// The service's word that it accepted a message: its outcome is PM_OUTCOME_SENT.
pub struct pm_receipt {
    message_id: CString,
    recipient: Option<CString>,
    channel: Option<CString>,
    status: Option<CString>,
    cost: Option<CString>,
    currency: Option<CString>,
    message: Option<CString>,
    raw: CString,
    attempts: u32,
    elapsed: Duration,
}

impl From<Receipt> for pm_receipt {
    fn from(receipt: Receipt) -> Self {
        Self {
            raw: c_text(receipt.raw()),
            message_id: c_text(receipt.message_id),
            recipient: receipt.recipient.map(c_text),
            channel: receipt.channel.map(c_text),
            status: receipt.status.map(c_text),
            cost: receipt.cost.map(|cost| c_text(cost.to_string())),
            currency: receipt.currency.map(c_text),
            message: receipt.message.map(c_text),
            attempts: receipt.attempts,
            elapsed: receipt.elapsed,
        }
    }
}

/// The service's id of the message.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_message_id(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.map(|receipt| &receipt.message_id)))
}

/// The recipient as the service gave it back, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_recipient(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.and_then(|receipt| receipt.recipient.as_ref())))
}

/// The channel as the service gave it back, for example "SMS", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_channel(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.and_then(|receipt| receipt.channel.as_ref())))
}

/// The message's status, for example "SENT", or NULL. It is an open set.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_status(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.and_then(|receipt| receipt.status.as_ref())))
}

/// What the message costs as exact decimal text, for example "0.12", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_cost(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.and_then(|receipt| receipt.cost.as_ref())))
}

/// The currency of the cost, for example "SGD", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_currency(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.and_then(|receipt| receipt.currency.as_ref())))
}

/// The service's own remark, for example "Message sent successfully.", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_message(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.and_then(|receipt| receipt.message.as_ref())))
}

/// The whole "data" object of the answer, as JSON text.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_raw(receipt: Option<&pm_receipt>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(receipt.map(|receipt| &receipt.raw)))
}

/// How many requests it took: 1, unless earlier ones provably sent nothing or
/// were refused.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_attempts(receipt: Option<&pm_receipt>) -> u32 {
    ffi::entry(0, || receipt.map_or(0, |receipt| receipt.attempts))
}

/// The time from the start of the call to the receipt, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_elapsed_ms(receipt: Option<&pm_receipt>) -> i64 {
    ffi::entry(0, || receipt.map_or(0, |receipt| milliseconds(receipt.elapsed)))
}

/// Frees a receipt that a function handed over; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_free(receipt: Option<Box<pm_receipt>>) {
    ffi::entry((), || drop(receipt));
}
