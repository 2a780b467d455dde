//! The Node addon: converts between JavaScript's values and the core's, and
//! awaits. It is private to the package; `index.cjs` is what programs see.
//!
//! Nothing here throws for a reason of the service: what can fail gives back
//! either its result or a [`failure::Failure`], and the package throws the class
//! of that name, so that the classes exist once and errors have the caller's stack.

pub mod call_queue;
pub mod cancel;
pub mod client;
pub mod command_line;
mod events;
pub mod failure;
pub mod generated;
pub mod journal;
pub mod list;
mod option_values;
pub mod options;
mod results;
pub mod sandbox;
pub mod send_many;

use napi_derive::napi;

/// The recipient with only its last four characters left.
#[napi(catch_unwind)]
pub fn mask_recipient(recipient: String) -> String {
    partner_messaging::mask_recipient(&recipient)
}

/// Calls allocate on one thread and free on another, which the system's allocator
/// makes them pay for: a seventh of what a send costs.
///
/// mimalloc 2 and not 3, whose thread-local state is that of the thread that first
/// loaded the addon: when that is a worker which ends, the next thread that loads the
/// addon crashes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
