//! Campaigns over engines that distribute work, all on this machine, with a PostgreSQL journal.

use std::process::Command;

use super::environment::{environment_of, install};
use super::wheel::wheel;
use crate::Result;
use crate::machine::machine_java;
use crate::process::{joined, run};
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

/// Over two Ray nodes.
pub(crate) fn test_ray(workspace: &Workspace) -> Result<()> {
    test(&mut ray(workspace)?, workspace, "tests/ray")
}

/// Over Spark with executors of their own.
pub(crate) fn test_spark(workspace: &Workspace) -> Result<()> {
    machine_java()?;
    test(&mut with_wheel(workspace, "spark")?, workspace, "tests/spark")
}

/// A campaign of 20,000 over two Ray nodes, one of which is killed in the midst of it.
pub(crate) fn demo(workspace: &Workspace) -> Result<()> {
    let mut program = ray(workspace)?;
    let server = Postgres::start(workspace)?;
    run(server.points(program.arg("tests/ray/demo.py")))
}

fn test(python: &mut Command, workspace: &Workspace, tests: &str) -> Result<()> {
    let server = Postgres::start(workspace)?;
    run(server.points(python.args([
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--show-capture=no",
        tests,
    ])))
}

/// Python with Ray.
fn ray(workspace: &Workspace) -> Result<Command> {
    let mut python = with_wheel(workspace, "ray")?;
    python.env("RAY_USAGE_STATS_ENABLED", "0");
    Ok(python)
}

/// Python with the wheel and what the tests of this name require.
fn with_wheel(workspace: &Workspace, name: &str) -> Result<Command> {
    let wheel = wheel(workspace)?;
    let requirements = format!("tests/{name}/requirements.txt");
    let venv = environment_of(workspace, &format!("venv-{name}"), &requirements)?;
    install(&venv, &wheel)?;
    let mut python = workspace.command(venv.join("bin/python"));
    // The engine's own processes look for the campaign there, too.
    let modules = ["sums", name].map(|folder| workspace.root.join("tests").join(folder));
    python.env("PYTHONPATH", joined(modules.into_iter())).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(python)
}
