//! The command line, for the program `partner-messaging` of the archive alone: it is not in
//! the header.

use std::ffi::{c_char, c_int};

use crate::ffi::program_arguments;

/// Does what the program `partner-messaging` does, and gives its exit status.
#[unsafe(no_mangle)]
pub extern "C" fn pm_run_command_line(count: c_int, arguments: *const *const c_char) -> c_int {
    let arguments = program_arguments(count, arguments);
    partner_messaging_cli::run(arguments, "c").into()
}
