//! Virtual environments under `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::files::once;
use crate::machine::machine_python;
use crate::process::{output, program, run, with_network};
use crate::workspace::Workspace;

/// What builds and tests the wheel.
const TOOLS: &str = "bindings-python/requirements-dev.txt";

/// The environment with the tools for the wheel, made on first use.
pub(crate) fn environment(workspace: &Workspace) -> Result<PathBuf> {
    environment_of(workspace, "venv", TOOLS)
}

/// One with what a file of requirements names, made on first use.
pub(crate) fn environment_of(workspace: &Workspace, name: &str, requirements: &str) -> Result<PathBuf> {
    make(workspace, &machine_python()?, name, requirements)
}

/// One with the tools for the wheel, of an interpreter that is not the machine's first.
pub(crate) fn environment_for(workspace: &Workspace, python: &Path, name: &str) -> Result<PathBuf> {
    make(workspace, python, name, TOOLS)
}

fn make(workspace: &Workspace, python: &Path, name: &str, requirements: &str) -> Result<PathBuf> {
    let venv = workspace.target.join(name);
    let requirements = workspace.root.join(requirements);
    let version = output(program(python).args(["-c", "import sys; print(sys.version, sys.executable)"]))?;
    once(&venv.join("requirements.stamp"), &version, std::slice::from_ref(&requirements), || {
        run(program(python).args(["-m", "venv", "--clear"]).arg(&venv))?;
        // What is never run need not be compiled: most of what the tools consist of.
        let mut install = pip(&venv);
        install.args(["install", "--require-hashes", "--only-binary=:all:", "--no-compile", "-r"]);
        run(with_network(install.arg(&requirements)))
    })?;
    Ok(venv)
}

pub(crate) fn pip(venv: &Path) -> Command {
    let mut pip = program(venv.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
    pip
}

/// Installs a wheel for another system, and nothing else, in a folder for itself.
pub(crate) fn install_for(workspace: &Workspace, tag: &str, wheel: &Path, folder: &Path) -> Result<()> {
    run(pip_for(workspace, tag, folder)?.arg("--no-index").arg(wheel))
}

/// Installs what a file of requirements names, for another system, in a folder for itself.
pub(crate) fn install_requirements_for(
    workspace: &Workspace,
    tag: &str,
    requirements: &str,
    folder: &Path,
) -> Result<()> {
    let mut install = pip_for(workspace, tag, folder)?;
    run(with_network(install.args(["--require-hashes", "-r"]).arg(workspace.root.join(requirements))))
}

fn pip_for(workspace: &Workspace, tag: &str, folder: &Path) -> Result<Command> {
    let mut install = pip(&environment(workspace)?);
    install.args([
        "install",
        "--no-deps",
        "--only-binary=:all:",
        "--no-compile",
        "--platform",
        tag,
        "--target",
    ]);
    install.arg(folder);
    Ok(install)
}

/// Installs a wheel and nothing else.
pub(crate) fn install(venv: &Path, wheel: &Path) -> Result<()> {
    run(pip(venv).args(["install", "--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))
}
