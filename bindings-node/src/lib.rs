//! The Node addon: converts between JavaScript's values and the core's, and
//! awaits. It is private to the package; `index.cjs` is what programs see.
//!
//! Nothing here throws for a reason of the service: what can fail gives back
//! either its result or a [`failure::Failure`], and the package throws the class
//! of that name, so that the classes exist once and errors have the caller's stack.

pub mod calls;
pub mod cancel;
pub mod client;
mod event;
mod facts;
pub mod failure;
pub mod list;
pub mod options;
pub mod sandbox;

use napi_derive::napi;

/// The recipient with only its last four characters left.
#[napi(catch_unwind)]
pub fn mask_recipient(recipient: String) -> String {
    partner_messaging::mask_recipient(&recipient)
}

/// Calls allocate on one thread and free on another, which the system's allocator
/// makes them pay for: a seventh of what a send costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
