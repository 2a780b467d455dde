//! The Python wheel: its virtual environment, its build, its tests.

use std::path::PathBuf;
use std::process::Command;

use crate::workspace::{Result, Workspace, machine_python, once, run};

/// The virtual environment with the tools for the wheel, made on first use.
pub(crate) fn environment(workspace: &Workspace) -> Result<PathBuf> {
    environment_of(workspace, "venv", "bindings-python/requirements-dev.txt")
}

/// A virtual environment under `target/` with what a file of requirements names, made on
/// first use.
pub(crate) fn environment_of(workspace: &Workspace, name: &str, requirements: &str) -> Result<PathBuf> {
    let venv = workspace.target.join(name);
    let requirements = workspace.root.join(requirements);
    once(&venv.join("requirements.stamp"), std::slice::from_ref(&requirements), || {
        run(Command::new(machine_python()?).args(["-m", "venv", "--clear"]).arg(&venv))?;
        run(pip(&venv).args(["install", "--require-hashes", "-r"]).arg(&requirements))
    })?;
    Ok(venv)
}

pub(crate) fn pip(venv: &std::path::Path) -> Command {
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
    pip
}

/// Builds the wheel and tells where it is.
pub(crate) fn wheel(workspace: &Workspace) -> Result<PathBuf> {
    let venv = environment(workspace)?;
    let out = workspace.target.join("wheels");
    crate::workspace::empty_folder(&out)?;
    run(workspace
        .command(venv.join("bin/maturin"))
        .args(["build", "--release", "--locked", "--target", &workspace.triple])
        .args(["--manifest-path", "bindings-python/Cargo.toml", "--out"])
        .arg(&out))?;
    crate::package::only_file(&out, ".whl")
}

/// Builds the wheel, installs it in the virtual environment, and tells that one's Python.
pub(crate) fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let wheel = wheel(workspace)?;
    let venv = environment(workspace)?;
    run(pip(&venv).args(["install", "--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))?;
    Ok(venv.join("bin/python"))
}

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let python = installed(workspace)?;
    run(workspace.command(python).args(["-m", "pytest", "bindings-python/tests"]))
}
