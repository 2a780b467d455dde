//! The getters of `pm_receipt`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::pointer;
use crate::handles::generated::pm_receipt;
use crate::handles::value::{get, milliseconds};

/// The service's id of the message.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_message_id(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| it.message_id.as_ptr())
}

/// The recipient, as the service gave it back. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_recipient(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| pointer(it.recipient.as_ref()))
}

/// The channel, as the service gave it back. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_channel(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| pointer(it.channel.as_ref()))
}

/// The message's status, for example "SENT"; an open set. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_status(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| pointer(it.status.as_ref()))
}

/// What the message costs, exactly as the service wrote it. Exact decimal text, for
/// example "0.12"; NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_cost(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| pointer(it.cost.as_ref()))
}

/// The currency of "cost", for example "SGD". NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_currency(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| pointer(it.currency.as_ref()))
}

/// The envelope's own message, for example "Message sent successfully." NULL when
/// absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_message(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| pointer(it.message.as_ref()))
}

/// Whether the journal answered: the message was accepted before, and this call
/// sent nothing. Then there are "message_id", "channel", "cost" and "currency", and
/// no more.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_replayed(receipt: Option<&pm_receipt>) -> bool {
    get(receipt, false, |it| it.replayed)
}

/// How many requests it took: 1 unless earlier ones provably sent nothing or were
/// refused; 0 where the journal answered.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_attempts(receipt: Option<&pm_receipt>) -> u32 {
    get(receipt, 0, |it| it.attempts)
}

/// The time from the start of the call to the receipt, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_elapsed_ms(receipt: Option<&pm_receipt>) -> i64 {
    get(receipt, 0, |it| milliseconds(it.elapsed))
}

/// The envelope's whole "data" object: JSON, as the service wrote it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_receipt_raw(receipt: Option<&pm_receipt>) -> *const c_char {
    get(receipt, std::ptr::null(), |it| it.raw.as_ptr())
}
