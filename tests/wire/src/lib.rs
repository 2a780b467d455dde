//! Fault tests of the core on real sockets.
//!
//! [`Server`] speaks just enough HTTP to be wrong in every way: it reads a
//! request up to a chosen byte, records a message the moment its whole request
//! has arrived and before it answers, writes chosen bytes, and ends the
//! connection in a chosen way. [`Ledger`] holds what the callers were told
//! against what the server got.

#![forbid(unsafe_code)]

mod certificates;
pub mod http2;
mod ledger;
mod plan;
mod proxy;
mod server;
mod socks;

pub use certificates::{Authority, Leaf};
pub use ledger::Ledger;
pub use plan::{End, Plan, ReadUntil, Turn, answer, chunked, sent_body};
pub use proxy::{Proxy, ProxyAnswer};
pub use server::{Server, Stream};
pub use socks::Socks;
