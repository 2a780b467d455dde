//! The getters of `pm_journal_totals`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::{entry, pointer};
use crate::handles::generated::pm_journal_totals;
use crate::handles::status::{PM_OUTCOME_NONE, outcome_of, pm_outcome};
use crate::handles::value::get;

/// How many entries there are.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_totals_count(journal_totals: Option<&pm_journal_totals>) -> usize {
    entry(0, || journal_totals.map_or(0, |list| list.0.len()))
}

/// What became of these messages; absent while their calls are in progress, for the
/// entry at index. PM_OUTCOME_NONE when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_totals_outcome(
    journal_totals: Option<&pm_journal_totals>,
    index: usize,
) -> pm_outcome {
    get(pm_journal_totals::entry(journal_totals, index), PM_OUTCOME_NONE.code(), |it| {
        outcome_of(it.outcome).code()
    })
}

/// Their channel, for the entry at index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_totals_channel(
    journal_totals: Option<&pm_journal_totals>,
    index: usize,
) -> *const c_char {
    get(pm_journal_totals::entry(journal_totals, index), std::ptr::null(), |it| it.channel.as_ptr())
}

/// The currency of their costs, if the receipts say, for the entry at index. NULL
/// when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_totals_currency(
    journal_totals: Option<&pm_journal_totals>,
    index: usize,
) -> *const c_char {
    get(pm_journal_totals::entry(journal_totals, index), std::ptr::null(), |it| pointer(it.currency.as_ref()))
}

/// How many there are, for the entry at index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_totals_messages(
    journal_totals: Option<&pm_journal_totals>,
    index: usize,
) -> u64 {
    get(pm_journal_totals::entry(journal_totals, index), 0, |it| it.messages)
}

/// The sum of their costs, exact, for the entry at index. Exact decimal text, for
/// example "0.12".
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_totals_cost(
    journal_totals: Option<&pm_journal_totals>,
    index: usize,
) -> *const c_char {
    get(pm_journal_totals::entry(journal_totals, index), std::ptr::null(), |it| it.cost.as_ptr())
}

/// How many accepted ones have no cost, so that "cost" is without theirs, for the
/// entry at index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_totals_unpriced(
    journal_totals: Option<&pm_journal_totals>,
    index: usize,
) -> u64 {
    get(pm_journal_totals::entry(journal_totals, index), 0, |it| it.unpriced)
}
