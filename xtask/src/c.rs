//! The C library: its build, its tests, its programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Result, Workspace, machine_compilers, run};

/// Builds the shared and the static library, and tells the folder they are in.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    machine_compilers()?;
    run(workspace.cargo("build").args(["--release", "-p", "partner-messaging-c"]))?;
    Ok(workspace.built("release"))
}

/// The tests run C and C++ programs against the libraries that users get.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let libraries = build(workspace)?;
    run(workspace.cargo("test").args(["-p", "partner-messaging-c"]).env("PM_LIB_DIR", libraries))
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
