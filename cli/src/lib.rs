//! The command line of Partner Messaging.
//!
//! [`run`] is the whole program: the thin binary `partner-messaging` calls it, and so do
//! the console script of the Python wheel, the `bin` of the npm package and the program of the
//! C archive, inside the shared objects that they have already.

#![deny(missing_docs, unsafe_code)]

mod arguments;
mod bulk;
mod commands;
mod connection;
mod fault;
mod files;
mod interrupt;
mod message_arguments;
mod output;
mod status;
mod terminal;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser;

pub use interrupt::ignore_hangups;
pub use status::Status;

/// Does what the arguments say, as a program does: what it finds goes to standard output,
/// what people are told to standard error. Gives the exit status.
///
/// `arguments` begin with the program's name. `language` is what the client's `User-Agent`
/// names. It listens to signals from then on, so it is for processes that do nothing else.
///
/// ```
/// let status = partner_messaging_cli::run(["partner-messaging".into(), "--version".into()], "cli");
/// assert_eq!(status, 0);
/// ```
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>, language: &'static str) -> u8 {
    interrupt::ignore_closed_pipes();
    let status = fault::catch_panics(|| parse_and_execute(arguments, language));
    // A host that isn't Rust's own program does not do it at the end of the process. Who closed
    // standard output wants no more of it.
    let _ = io::stdout().flush();
    status.code()
}

fn parse_and_execute(arguments: impl IntoIterator<Item = OsString>, language: &'static str) -> Status {
    let parsed = match arguments::Cli::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(problem) => {
            // To standard output where help or the version was asked for. Who closed it
            // wants no more of it.
            let _ = problem.print();
            return if problem.use_stderr() { Status::Usage } else { Status::Success };
        }
    };
    commands::execute(parsed, language)
}

/// The description of all commands, from which help, completions and the man pages are made.
#[must_use]
pub fn command() -> clap::Command {
    arguments::command()
}
