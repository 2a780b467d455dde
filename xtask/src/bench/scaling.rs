//! How much workers send over one journal on PostgreSQL, and how large it becomes.

use super::programs::python_environment;
use crate::Result;
use crate::process::{program, run as run_program};
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

/// How many messages each of the twelve runs has.
const MESSAGES: &str = "20000";

pub(crate) fn run(workspace: &Workspace, messages: Option<&str>) -> Result<()> {
    let python = python_environment(workspace)?;
    let server = Postgres::start_durable(workspace)?;
    let mut scaling = program(python);
    scaling.current_dir(&workspace.root).arg("tests/bench/python/scaling.py");
    run_program(server.points(scaling.arg(server.psql()).arg(messages.unwrap_or(MESSAGES))))
}
