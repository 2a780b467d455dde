//! The wheel and the source distribution.

use std::path::{Path, PathBuf};

use super::environment::{environment, install};
use crate::Result;
use crate::files::{empty_folder, only_file};
use crate::process::run;
use crate::workspace::Workspace;

/// Builds the wheel and tells where it is. It is linked by the machine's own
/// linker: Zig's makes one for older systems (glibc 2.17), which crashes when a
/// process exits while its daemon threads are in calls, because CPython ends them
/// by unwinding and Zig's unwinder, linked in, is not the system's.
pub(crate) fn wheel(workspace: &Workspace) -> Result<PathBuf> {
    let venv = environment(workspace)?;
    let out = workspace.target.join("wheels");
    empty_folder(&out)?;
    run(workspace
        .command(venv.join("bin/maturin"))
        .args(["build", "--release", "--locked", "--target", &workspace.triple])
        .args(["--manifest-path", "bindings-python/Cargo.toml", "--out"])
        .arg(&out))?;
    only_file(&out, ".whl")
}

/// Makes the source distribution in a folder that has no other, and tells where it is.
pub(crate) fn sdist(workspace: &Workspace, out: &Path) -> Result<PathBuf> {
    let venv = environment(workspace)?;
    empty_folder(out)?;
    run(workspace
        .command(venv.join("bin/maturin"))
        .args(["sdist", "--manifest-path", "bindings-python/Cargo.toml", "--out"])
        .arg(out))?;
    only_file(out, ".tar.gz")
}

/// Builds the wheel, installs it in the virtual environment, and tells that one's Python.
pub(crate) fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let wheel = wheel(workspace)?;
    let venv = environment(workspace)?;
    install(&venv, &wheel)?;
    Ok(venv.join("bin/python"))
}
