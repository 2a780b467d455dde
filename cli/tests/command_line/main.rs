//! The real program against a real sandbox.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod bulk_crash;
mod bulk_input;
mod bulk_run;
mod commands;
mod documents;
mod journal;
mod manners;
mod support;
mod terminal;
