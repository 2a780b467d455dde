//! The stores, by the trait that the core uses them through.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

#[cfg(target_os = "linux")]
mod company;
mod conformance;
mod file;
mod server;
mod tls;
