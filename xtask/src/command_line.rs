//! The command line, in a terminal, against a sandbox and a PostgreSQL server.

use crate::Result;
use crate::machine::debian_package;
use crate::process::run;
use crate::rust::TESTED;
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    // The terminal.
    debian_package("tmux", "tmux")?;
    // The machines' journal.
    let server = Postgres::start(workspace)?;
    run(server.points(workspace.cargo("test").args(TESTED).args(["--test", "command_line"])))
}
