//! The getters of `pm_journal_record`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::{entry, pointer};
use crate::handles::generated::{pm_journal_conflict, pm_journal_record};
use crate::handles::status::{PM_OUTCOME_NONE, outcome_of, pm_outcome};
use crate::handles::value::get;

/// The key, as the caller gave it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_key(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| it.key.as_ptr())
}

/// What became of the message; absent while its call is in progress.
/// PM_OUTCOME_NONE when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_outcome(journal_record: Option<&pm_journal_record>) -> pm_outcome {
    get(journal_record, PM_OUTCOME_NONE.code(), |it| outcome_of(it.outcome).code())
}

/// Whether a person said so, or a look at the service's list: the call itself did
/// not.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_resolved(journal_record: Option<&pm_journal_record>) -> bool {
    get(journal_record, false, |it| it.resolved)
}

/// The channel: of the accepted message, else of the one that was to be sent. NULL
/// when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_channel(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| pointer(it.channel.as_ref()))
}

/// Why the call failed, if it did. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_kind(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| pointer(it.kind.as_ref()))
}

/// The service's own code, if it refused with one. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_code(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| pointer(it.code.as_ref()))
}

/// The service's id of the accepted message. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_message_id(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| pointer(it.message_id.as_ref()))
}

/// What the message cost, exact. Exact decimal text, for example "0.12"; NULL when
/// absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_cost(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| pointer(it.cost.as_ref()))
}

/// The currency of "cost". NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_currency(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| pointer(it.currency.as_ref()))
}

/// When the key was claimed for the call: RFC 3339, UTC, to the millisecond.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_claimed_at(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| it.claimed_at.as_ptr())
}

/// After this moment nothing of the call leaves its process any more.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_deadline(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| it.deadline.as_ptr())
}

/// When the outcome was recorded or resolved. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_ended_at(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| pointer(it.ended_at.as_ref()))
}

/// The id of the claim: each call that claims the key has another.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_claim_id(journal_record: Option<&pm_journal_record>) -> *const c_char {
    get(journal_record, std::ptr::null(), |it| it.claim_id.as_ptr())
}

/// What contradicts the record, if anything does. NULL when absent. It belongs to
/// the record: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_record_conflict(
    journal_record: Option<&pm_journal_record>,
) -> Option<&pm_journal_conflict> {
    entry(None, || journal_record?.conflict.as_ref())
}
