//! The getters and setters, made of the core's public types by `cargo xtask generate`.

pub mod balance;
pub mod call_options;
pub mod error;
pub mod filter;
pub mod journal_conflict;
pub mod journal_counts;
pub mod journal_record;
pub mod journal_totals;
pub mod options;
pub mod page;
pub mod receipt;
pub mod record;
pub mod reply;
pub mod request;
pub mod spending;
pub mod trail;
