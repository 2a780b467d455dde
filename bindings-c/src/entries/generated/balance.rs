//! The getters of `pm_balance`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::pointer;
use crate::handles::generated::pm_balance;
use crate::handles::value::get;

/// The amount, exactly as the service wrote it. Exact decimal text, for example
/// "0.12".
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_amount(balance: Option<&pm_balance>) -> *const c_char {
    get(balance, std::ptr::null(), |it| it.amount.as_ptr())
}

/// Its currency, for example "SGD". NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_currency(balance: Option<&pm_balance>) -> *const c_char {
    get(balance, std::ptr::null(), |it| pointer(it.currency.as_ref()))
}

/// The envelope's whole "data" object: JSON, as the service wrote it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_raw(balance: Option<&pm_balance>) -> *const c_char {
    get(balance, std::ptr::null(), |it| it.raw.as_ptr())
}
