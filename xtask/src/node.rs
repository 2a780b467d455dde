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

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    build(workspace)?;
    run(npm(workspace).args(["test", "--silent"]))
}

/// Writes the main and the platform tarball to `out`.
pub(crate) fn pack(workspace: &Workspace, out: &Path) -> Result<()> {
    build(workspace)?;
    run(npm(workspace).args(["run", "--silent", "pack:dist", "--"]).arg(out))
}
