//! The addon: its tools, its build, its tarballs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::files::{once, only_file};
use crate::glibc;
use crate::machine::machine_node;
use crate::packages::notices;
use crate::process::{run, with_network};
use crate::workspace::Workspace;

pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("bindings-node")
}

pub(crate) fn npm(workspace: &Workspace) -> Command {
    let mut npm = workspace.command("npm");
    npm.current_dir(folder(workspace));
    npm
}

/// Installs what the lock file in `folder` names.
pub(crate) fn npm_ci(workspace: &Workspace, folder: &Path) -> Result<()> {
    let mut npm = npm(workspace);
    npm.current_dir(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    run(with_network(&mut npm))
}

/// Builds the addon beside its facade.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let version = machine_node()?;
    let folder = folder(workspace);
    let lock = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = folder.join("node_modules/.xtask.stamp");
    once(&stamp, &version, &lock, || npm_ci(workspace, &folder))?;
    notices::write_for_addon(&workspace.root, &workspace.triple)?;
    let mut npm = glibc::release_command(workspace, "npm")?;
    run(npm.current_dir(&folder).args(["run", "--silent", "build"]))?;
    glibc::check(workspace, &only_file(&folder, ".node")?)
}

/// Writes the main and the platform tarball to `out`.
pub(crate) fn pack(workspace: &Workspace, out: &Path) -> Result<()> {
    build(workspace)?;
    run(npm(workspace).args(["run", "--silent", "pack:dist", "--"]).arg(out))
}
