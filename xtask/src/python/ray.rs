//! Campaigns over two Ray nodes on this machine, with a PostgreSQL journal.

use super::environment::{environment_of, install};
use super::wheel::wheel;
use crate::Result;
use crate::process::run;
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let wheel = wheel(workspace)?;
    let venv = environment_of(workspace, "venv-ray", "tests/ray/requirements.txt")?;
    install(&venv, &wheel)?;
    let server = Postgres::start(workspace)?;
    let mut tests = workspace.command(venv.join("bin/python"));
    tests.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/ray"]);
    run(server.points(tests.env("RAY_USAGE_STATS_ENABLED", "0")))
}
