//! The client for programs that block: each call runs on the thread that makes it.
//!
//! There is no background thread: the calling thread drives a runtime of its
//! own client for as long as its call lasts. Between calls nothing runs.

#[allow(clippy::module_inception)]
mod client;
mod messages;
mod runtime;
mod send_many;

pub use client::Client;
pub use messages::{Messages, Pages};
pub use send_many::SendMany;
