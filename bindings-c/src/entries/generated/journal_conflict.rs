//! The getters of `pm_journal_conflict`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::pointer;
use crate::handles::generated::pm_journal_conflict;
use crate::handles::status::{PM_OUTCOME_NONE, outcome_of, pm_outcome};
use crate::handles::value::get;

/// What became of the message according to the call.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_conflict_outcome(journal_conflict: Option<&pm_journal_conflict>) -> pm_outcome {
    get(journal_conflict, PM_OUTCOME_NONE.code(), |it| outcome_of(Some(it.outcome)).code())
}

/// The service's id of the message, if it accepted one. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_conflict_message_id(
    journal_conflict: Option<&pm_journal_conflict>,
) -> *const c_char {
    get(journal_conflict, std::ptr::null(), |it| pointer(it.message_id.as_ref()))
}

/// When the call told it: RFC 3339, UTC, to the millisecond.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_conflict_at(journal_conflict: Option<&pm_journal_conflict>) -> *const c_char {
    get(journal_conflict, std::ptr::null(), |it| it.at.as_ptr())
}
