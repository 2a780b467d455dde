//! The build of the C library, and of one program against it.

use std::path::{Path, PathBuf};

use super::link;
use crate::Result;
use crate::machine::machine_compilers;
use crate::process::{program, run};
use crate::toolchain;
use crate::workspace::Workspace;

/// The largest that a stripped shared object of a package may be, in bytes.
pub(crate) const MAX_SIZE: u64 = 8_000_000;

/// Whether a shared object is as small as it has to be. Packages have it stripped, so its size is
/// what users get.
pub(crate) fn is_small(object: &Path) -> Result<()> {
    let size = object.metadata().map_err(|error| format!("{}: {error}", object.display()))?.len();
    println!("{size} bytes: {}", object.display());
    match size > MAX_SIZE {
        true => Err(format!("{} has {size} bytes, more than {MAX_SIZE}", object.display())),
        false => Ok(()),
    }
}

/// Builds the shared and the static library as users get them, and tells the folder they are in.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    machine_compilers()?;
    run(toolchain::release_cargo(workspace, "build")?.args(["-p", "partner-messaging-c"]))?;
    let linked = linked(workspace);
    link::link(workspace, &built(workspace), &linked)?;
    toolchain::check(workspace, &linked.join(link::SHARED))?;
    Ok(linked)
}

/// Where they are linked for users.
pub(crate) fn linked(workspace: &Workspace) -> PathBuf {
    workspace.folder("c/libraries")
}

/// Where cargo leaves them, before they are linked for users.
pub(crate) fn built(workspace: &Workspace) -> PathBuf {
    workspace.built("release")
}

/// Compiles one of the examples against the shared library.
pub(crate) fn example(workspace: &Workspace, libraries: &Path, file: &str, out: &Path) -> Result<PathBuf> {
    let made = out.join(file.replace('.', "-"));
    let compiler = if file.ends_with(".cpp") { ["c++", "-std=c++17"] } else { ["cc", "-std=c99"] };
    let mut command = program(compiler[0]);
    command
        .arg(compiler[1])
        .arg(workspace.root.join("bindings-c/examples").join(file))
        .arg("-I")
        .arg(workspace.root.join("bindings-c/include"))
        .arg("-L")
        .arg(libraries)
        .args(["-lpartner_messaging", "-pthread", "-o"])
        .arg(&made);
    run(&mut command)?;
    Ok(made)
}

/// Gives the shared library the name that programs look for when they start
/// (its SONAME), in the folder `out`.
pub(crate) fn runtime_name(libraries: &Path, out: &Path) -> Result<()> {
    let link = out.join("libpartner_messaging.so.0");
    std::os::unix::fs::symlink(libraries.join("libpartner_messaging.so"), &link)
        .map_err(|error| format!("{}: {error}", link.display()))
}
