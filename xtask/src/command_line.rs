//! The command line, in a terminal and against a sandbox.

use crate::Result;
use crate::machine::debian_package;
use crate::process::run;
use crate::rust::TESTED;
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    // The terminal.
    debian_package("tmux", "tmux")?;
    run(workspace.cargo("test").args(TESTED).args(["--test", "command_line"]))
}
