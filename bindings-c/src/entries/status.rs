//! The names of statuses and outcomes.

use std::ffi::c_char;

use crate::handles::status::{OUTCOMES, OutcomeCode, STATUSES, Status, pm_outcome, pm_status};

/// The name of a status, for example "PM_OK"; "?" for a number that is none,
/// never NULL. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn pm_status_name(status: pm_status) -> *const c_char {
    let known = STATUSES.into_iter().find(|known| known.code() == status);
    known.map_or(c"?", Status::name).as_ptr()
}

/// The stable word for an outcome: "none", "sent", "rejected", "not_sent" or
/// "unknown"; "?" for any other number, never NULL. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn pm_outcome_name(outcome: pm_outcome) -> *const c_char {
    let known = OUTCOMES.into_iter().find(|known| known.code() == outcome);
    known.map_or(c"?", OutcomeCode::name).as_ptr()
}
