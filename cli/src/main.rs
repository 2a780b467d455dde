//! The program `partner-messaging`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(partner_messaging_cli::run(std::env::args_os(), "cli"))
}
