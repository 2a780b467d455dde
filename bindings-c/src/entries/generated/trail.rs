//! The getters of `pm_trail`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::{entry, pointer};
use crate::handles::generated::pm_trail;
use crate::handles::status::{PM_OUTCOME_NONE, outcome_of, pm_outcome};
use crate::handles::value::get;

/// How many entries there are.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_count(trail: Option<&pm_trail>) -> usize {
    entry(0, || trail.map_or(0, |list| list.0.len()))
}

/// The message's channel, for the entry at index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_channel(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    get(pm_trail::entry(trail, index), std::ptr::null(), |it| it.channel.as_ptr())
}

/// What became of it, for the entry at index. PM_OUTCOME_NONE when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_outcome(trail: Option<&pm_trail>, index: usize) -> pm_outcome {
    get(pm_trail::entry(trail, index), PM_OUTCOME_NONE.code(), |it| outcome_of(it.outcome).code())
}

/// What went wrong, unless it was sent, for the entry at index. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_kind(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    get(pm_trail::entry(trail, index), std::ptr::null(), |it| pointer(it.kind.as_ref()))
}

/// The HTTP status of the answer, if it failed and there was one, for the entry at
/// index. 0 when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_http_status(trail: Option<&pm_trail>, index: usize) -> i32 {
    get(pm_trail::entry(trail, index), 0, |it| it.status.map_or(0, i32::from))
}

/// The service's code, if it refused, for the entry at index. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_code(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    get(pm_trail::entry(trail, index), std::ptr::null(), |it| pointer(it.code.as_ref()))
}

/// The message's id, if it was sent, for the entry at index. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_message_id(trail: Option<&pm_trail>, index: usize) -> *const c_char {
    get(pm_trail::entry(trail, index), std::ptr::null(), |it| pointer(it.message_id.as_ref()))
}

/// How many requests it took, for the entry at index.
#[unsafe(no_mangle)]
pub extern "C" fn pm_trail_attempts(trail: Option<&pm_trail>, index: usize) -> u32 {
    get(pm_trail::entry(trail, index), 0, |it| it.attempts)
}
