//! The C library: its build, its tests, its programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Result, Workspace, empty_folder, machine_compilers, run};
use crate::{c_archive, c_consumers, c_recipes, c_tools};

/// The largest that a stripped shared object may be, in bytes.
pub(crate) const LARGEST: u64 = 5_000_000;

/// Builds the shared and the static library, and tells the folder they are in.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    machine_compilers()?;
    run(workspace.cargo("build").args(["--release", "-p", "partner-messaging-c"]))?;
    Ok(workspace.built("release"))
}

/// The tests run C and C++ programs against the libraries that users get: those
/// that tell their own result under CTest, those that something has to be told
/// from outside under cargo, and the examples by each way of building them.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let libraries = build(workspace)?;
    is_small(&libraries.join("libpartner_messaging.so"))?;
    let place = workspace.target.join("c");
    let installed = place.join("installed");
    c_archive::unpacked(&workspace.root, &libraries, &installed, workspace.version())?;
    let tools = c_tools::programs(workspace)?;
    let out = place.join("tests");
    programs(workspace, &tools, &installed, &out, &[])?;
    c_tools::ctest(&tools, &out, &[])?;
    c_consumers::test(workspace, &tools, &installed, &place)?;
    c_recipes::test(workspace, &tools, &installed, &place)?;
    run(workspace.cargo("test").args(["-p", "partner-messaging-c"]).env("PM_LIB_DIR", libraries))
}

/// The release profile strips the library, so its size is what users get.
fn is_small(library: &Path) -> Result<()> {
    let metadata = library.metadata().map_err(|error| format!("{}: {error}", library.display()))?;
    if metadata.len() > LARGEST {
        return Err(format!("{} has {} bytes, more than {LARGEST}", library.display(), metadata.len()));
    }
    Ok(())
}

/// Builds the test programs in `out` against an installed copy.
pub(crate) fn programs(
    workspace: &Workspace,
    tools: &Path,
    installed: &Path,
    out: &Path,
    settings: &[String],
) -> Result<()> {
    empty_folder(out)?;
    let mut all = vec![format!("-DCMAKE_PREFIX_PATH={}", installed.display())];
    all.extend_from_slice(settings);
    c_tools::cmake(tools, &workspace.root.join("bindings-c/tests"), out, &all)
}

/// Compiles one of the examples against the shared library.
pub(crate) fn example(workspace: &Workspace, libraries: &Path, file: &str, out: &Path) -> Result<PathBuf> {
    let program = out.join(file.replace('.', "-"));
    let compiler = if file.ends_with(".cpp") { ["c++", "-std=c++17"] } else { ["cc", "-std=c99"] };
    let mut command = Command::new(compiler[0]);
    command
        .arg(compiler[1])
        .arg(workspace.root.join("bindings-c/examples").join(file))
        .arg("-I")
        .arg(workspace.root.join("bindings-c/include"))
        .arg("-L")
        .arg(libraries)
        .args(["-lpartner_messaging", "-pthread", "-o"])
        .arg(&program);
    run(&mut command)?;
    Ok(program)
}

/// Gives the shared library the name that programs look for when they start
/// (its SONAME), in the folder `out`.
pub(crate) fn runtime_name(libraries: &Path, out: &Path) -> Result<()> {
    let link = out.join("libpartner_messaging.so.0");
    std::os::unix::fs::symlink(libraries.join("libpartner_messaging.so"), &link)
        .map_err(|error| format!("{}: {error}", link.display()))
}
