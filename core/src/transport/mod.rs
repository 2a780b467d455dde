//! The HTTP stack: one request and its answer, within bounds, and the proof of what
//! did not leave. The only folder that names the HTTP library.

mod barrier;
mod connection;
mod failure;
mod http;
mod keep_alive;
mod pool;
mod resolver;
mod tls;
mod tls_failure;

pub(crate) use barrier::{Barrier, Gate};
pub(crate) use failure::Failure;
pub(crate) use http::{Response, Transport};
