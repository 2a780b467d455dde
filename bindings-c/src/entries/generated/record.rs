//! The getters of `pm_record`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::pointer;
use crate::handles::generated::pm_record;
use crate::handles::value::get;

/// The service's id of the message.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_message_id(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| it.message_id.as_ptr())
}

/// The recipient. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_recipient(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| pointer(it.recipient.as_ref()))
}

/// The channel. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_channel(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| pointer(it.channel.as_ref()))
}

/// The status, for example "SENT" or "DELIVERED"; an open set. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_status(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| pointer(it.status.as_ref()))
}

/// What the message costs, exactly as the service wrote it. Exact decimal text, for
/// example "0.12"; NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_cost(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| pointer(it.cost.as_ref()))
}

/// The currency of "cost". NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_currency(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| pointer(it.currency.as_ref()))
}

/// When the service took the message, as it wrote it ("createdAt"). NULL when
/// absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_created_at(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| pointer(it.created_at.as_ref()))
}

/// When the status last changed, as the service wrote it ("updatedAt"). NULL when
/// absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_updated_at(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| pointer(it.updated_at.as_ref()))
}

/// The whole record: JSON, as the service wrote it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_record_raw(record: Option<&pm_record>) -> *const c_char {
    get(record, std::ptr::null(), |it| it.raw.as_ptr())
}
