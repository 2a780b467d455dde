//! Submitted calls.

use crate::ffi::entry;
use crate::handles::call::pm_call;

/// Cancels a submitted call; never waits. A send ends at once with its true
/// outcome: not sent if its request had not left, unknown if it had, or sent or
/// rejected if its answer is there already. A read has no outcome. The
/// completion comes all the same. Cancelling twice, or when the call has ended,
/// is fine, and so is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_cancel(call: Option<&pm_call>) {
    entry((), || {
        if let Some(call) = call {
            call.cancel.cancel();
        }
    });
}
