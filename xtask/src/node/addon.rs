//! The addon: its tools, its build, its tarballs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::files::{empty_folder, once, only_file};
use crate::machine::machine_node;
use crate::packages::notices;
use crate::process::{run, with_network};
use crate::toolchain;
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

/// Builds the addon beside its facade; that of another system, which nothing here loads, elsewhere.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let version = machine_node()?;
    let folder = folder(workspace);
    let lock = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = folder.join("node_modules/.xtask.stamp");
    once(&stamp, &version, &lock, || npm_ci(workspace, &folder))?;
    notices::write_for_addon(&workspace.root, &workspace.triple)?;
    let built = built(workspace);
    let mut npm = toolchain::build_command(workspace, "npm")?;
    npm.current_dir(&folder).args(["run", "--silent", "build"]);
    if workspace.is_cross() {
        empty_folder(&built)?;
        npm.args(["--", "--output-dir"]).arg(&built);
    }
    run(&mut npm)?;
    toolchain::check(workspace, &only_file(&built, ".node")?)
}

/// The folder with the binary.
fn built(workspace: &Workspace) -> PathBuf {
    if workspace.is_cross() { workspace.folder("addon") } else { folder(workspace) }
}

/// Writes the main and the platform tarball to `out`.
pub(crate) fn pack(workspace: &Workspace, out: &Path) -> Result<()> {
    build(workspace)?;
    run(npm(workspace).args(["run", "--silent", "pack:dist", "--"]).arg(out).arg(built(workspace)))
}
