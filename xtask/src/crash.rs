//! Kills of programs that send, and what their journals say afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process::{program, run};
use crate::python::wheel::installed;
use crate::result::every;
use crate::workspace::Workspace;
use crate::{node, process};

/// How many kills the tests of a language have; `cargo xtask crash` has more.
const FEW: [&str; 2] = ["--kills", "200"];

/// Thousands, in every language.
pub(crate) fn run_all(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let mut options = options.to_vec();
    if options.is_empty() {
        options = vec!["--kills", "3000", "--losses", "1500"];
    }
    let crash = build(workspace)?;
    let rust = run(program(&crash).arg("rust").args(&options));
    let python = installed(workspace).and_then(|python| run(of_python(&crash, &python).args(&options)));
    let node = node::addon::build(workspace).and_then(|()| run(of_node(workspace, &crash)?.args(&options)));
    every([rust, python, node])
}

/// The short form in Python, by an interpreter that has the package.
pub(crate) fn test_python(workspace: &Workspace, python: &Path) -> Result<()> {
    run(of_python(&build(workspace)?, python).args(FEW))
}

/// The short form in Node; the addon is built.
pub(crate) fn test_node(workspace: &Workspace) -> Result<()> {
    run(of_node(workspace, &build(workspace)?)?.args(FEW))
}

fn build(workspace: &Workspace) -> Result<PathBuf> {
    run(workspace.cargo("build").args(["-p", "partner-messaging-crash"]))?;
    Ok(workspace.built("debug").join("crash"))
}

fn of_python(crash: &Path, python: &Path) -> Command {
    let mut command = program(crash);
    command.arg("python").arg(python);
    command
}

fn of_node(workspace: &Workspace, crash: &Path) -> Result<Command> {
    // The program itself: what a version manager puts before it would be killed instead.
    let node = process::output(workspace.command("node").args(["-p", "process.execPath"]))?;
    let mut command = program(crash);
    command.arg("node").arg(node.trim()).arg(node::addon::folder(workspace));
    Ok(command)
}
