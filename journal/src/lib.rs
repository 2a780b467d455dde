//! The journal of [Partner Messaging](partner_messaging): what became of the message
//! under a key, over crashes, processes and machines.
//!
//! Under one key a message is accepted at most once, whatever crashes, is retried by a
//! task queue, or runs twice at a time. What is guaranteed, and what is not, says
//! [the README](https://docs.rs/crate/partner-messaging-journal).

#![deny(missing_docs, unsafe_code)]

mod codes;
mod fork;
mod journal;
mod postgres;
mod registry;
mod sqlite;
mod totals;

pub use journal::Journal;

/// The store of a file, for tests that put something between it and a journal.
///
/// # Errors
/// As [`Journal::open`].
#[doc(hidden)]
pub fn sqlite_store(
    path: impl AsRef<std::path::Path>,
) -> Result<std::sync::Arc<dyn partner_messaging::journal::OpenStore>, partner_messaging::Error> {
    journal::sqlite_store(path.as_ref())
}

/// The store at a URL, for the same.
///
/// # Errors
/// As [`Journal::open`].
#[doc(hidden)]
pub fn postgres_store(
    url: &str,
) -> Result<std::sync::Arc<dyn partner_messaging::journal::OpenStore>, partner_messaging::Error> {
    journal::postgres_store(url)
}
