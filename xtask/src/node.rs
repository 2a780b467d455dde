//! The Node addon: its packages, its build, its tests, its tarballs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Result, Workspace, machine_node, once, run};

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("bindings-node")
}

fn npm(workspace: &Workspace) -> Command {
    let mut npm = workspace.command("npm");
    npm.current_dir(folder(workspace));
    npm
}

/// Builds the addon beside its facade.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    machine_node()?;
    let folder = folder(workspace);
    let lock = [folder.join("package.json"), folder.join("package-lock.json")];
    once(&folder.join("node_modules/.xtask.stamp"), &lock, || {
        run(npm(workspace).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
    })?;
    run(npm(workspace).args(["run", "--silent", "build"]))
}

/// Everything has one version; npm wants its own written down.
pub(crate) fn check_version(workspace: &Workspace) -> Result<()> {
    let file = folder(workspace).join("package.json");
    let package = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let line = format!("\"version\": \"{}\",", workspace.version());
    if package.lines().any(|found| found.trim() == line) {
        return Ok(());
    }
    Err(format!("{} should have the workspace's version: {line}", file.display()))
}

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    build(workspace)?;
    run(npm(workspace).args(["test", "--silent"]))
}

/// Writes the main and the platform tarball to `out`.
pub(crate) fn pack(workspace: &Workspace, out: &Path) -> Result<()> {
    build(workspace)?;
    run(npm(workspace).args(["run", "--silent", "pack:dist", "--"]).arg(out))
}
