//! Scripts that complete commands and options.

use std::io::{self, Write};

use clap_complete::{Shell as Generator, generate};

use crate::arguments::{CompletionsArgs, Shell, command};
use crate::status::{Failure, Status};

pub(super) fn run(arguments: &CompletionsArgs) -> Result<Status, Failure> {
    let generator = match arguments.shell {
        Shell::Bash => Generator::Bash,
        Shell::Zsh => Generator::Zsh,
        Shell::Fish => Generator::Fish,
    };
    // Into memory first: the generator panics where its writer fails.
    let mut script = Vec::new();
    generate(generator, &mut command(), "partner-messaging", &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script).and_then(|()| out.flush()).map_err(Failure::output)?;
    Ok(Status::Success)
}
