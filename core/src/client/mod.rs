//! The clients: for asynchronous programs, for those that block, and for bindings.

pub mod background;
mod background_thread;
mod batch;
pub mod blocking;
mod build;
mod callback_watch;
#[allow(clippy::module_inception)]
mod client;
#[cfg(unix)]
mod completion_queue;
#[cfg(test)]
mod keyed_tests;
mod list_position;
mod messages;
mod reconcile;
mod send_many;

pub use client::Client;
pub use list_position::ListPosition;
pub use messages::{Messages, Pages};
pub use send_many::SendMany;
