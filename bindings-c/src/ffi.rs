//! The border: what C callers pass in and what they are given.
//!
//! What C passes in is trusted here, and here only. The header states the
//! caller's side of the contract: a handle is NULL or alive, a string is NULL or
//! ends in NUL, an out-parameter is NULL or can be written to. All `unsafe` code
//! of this crate is in this folder.

pub(crate) mod callback;
mod cancellation;
mod main_thread;
mod panic;
mod program;
pub(crate) mod signals;
mod string;
mod write;

pub(crate) use panic::entry;
pub(crate) use program::program_arguments;
pub(crate) use string::{InvalidString, c_string, pointer, slice, string, take_string};
pub(crate) use write::{write_number, write_out, write_string};
