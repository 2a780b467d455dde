//! The command line, in a terminal, against a sandbox and a PostgreSQL server: its own binary,
//! and what each package installs.

use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::machine::debian_package;
use crate::process::{output, run};
use crate::rust::TESTED;
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

/// What depends on the process that the program runs in, and is tried with each package.
const OF_A_PROCESS: [&str; 7] = [
    "bulk_crash::killed_and_resumed_it_sends_each_once",
    "bulk_run::a_first_ctrl_c_ends_in_order",
    "commands::a_message_is_sent_from_standard_input",
    "manners::a_reader_that_goes_ends_a_list_quietly",
    "manners::ctrl_c_ends_a_send_with_its_outcome",
    "manners::help_and_version_go_to_standard_output",
    "manners::nohup_has_it_ignore_a_closed_terminal",
];

/// The binary, by all tests.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    with_server(workspace, |command| command)
}

/// A package's program, by all of the binary's tests.
pub(crate) fn test_all_with(workspace: &Workspace, program: &Path) -> Result<()> {
    with_server(workspace, |command| command.env(PROGRAM, program))
}

/// A package's program, by those tests whose result its host could change.
pub(crate) fn test_with(workspace: &Workspace, program: &Path) -> Result<()> {
    let mut tests = tests(workspace);
    let said = output(tests.args(["--", "--exact"]).args(OF_A_PROCESS).env(PROGRAM, program))?;
    // A test of another name would not be run, and nobody would see.
    match said.contains(&format!("{} passed", OF_A_PROCESS.len())) {
        true => Ok(()),
        false => Err(format!("{}: not every test was run:\n{said}", program.display())),
    }
}

/// What tells the tests which program to try.
const PROGRAM: &str = "PARTNER_MESSAGING_TEST_PROGRAM";

fn tests(workspace: &Workspace) -> Command {
    let mut tests = workspace.cargo("test");
    tests.args(TESTED).args(["--test", "command_line"]);
    tests
}

fn with_server(workspace: &Workspace, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Result<()> {
    // The terminal.
    debian_package("tmux", "tmux")?;
    // The machines' journal.
    let server = Postgres::start(workspace)?;
    run(server.points(prepare(&mut tests(workspace))))
}
