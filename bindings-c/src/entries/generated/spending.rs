//! The getters of `pm_spending`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::{entry, pointer};
use crate::handles::generated::pm_spending;
use crate::handles::value::get;

/// How many entries there are.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_count(spending: Option<&pm_spending>) -> usize {
    entry(0, || spending.map_or(0, |list| list.0.len()))
}

/// The channel, as the receipts say, else as the messages said, for the entry at
/// index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_channel(spending: Option<&pm_spending>, index: usize) -> *const c_char {
    get(pm_spending::entry(spending, index), std::ptr::null(), |it| it.channel.as_ptr())
}

/// The currency, if the receipts say, for the entry at index. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_currency(spending: Option<&pm_spending>, index: usize) -> *const c_char {
    get(pm_spending::entry(spending, index), std::ptr::null(), |it| pointer(it.currency.as_ref()))
}

/// The sum of the costs, exact, for the entry at index. Exact decimal text, for
/// example "0.12".
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_cost(spending: Option<&pm_spending>, index: usize) -> *const c_char {
    get(pm_spending::entry(spending, index), std::ptr::null(), |it| it.cost.as_ptr())
}

/// How many messages were sent, for the entry at index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_messages(spending: Option<&pm_spending>, index: usize) -> u64 {
    get(pm_spending::entry(spending, index), 0, |it| it.messages)
}

/// How many of them have no cost on their receipt, so that "cost" is without
/// theirs, for the entry at index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_unpriced(spending: Option<&pm_spending>, index: usize) -> u64 {
    get(pm_spending::entry(spending, index), 0, |it| it.unpriced)
}
