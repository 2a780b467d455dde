//! The compilers and the tools of other systems that this machine has or can get.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::files::write;
use crate::process::{output, program, run, succeeds, with_network};
use crate::workspace::Workspace;

/// Linux with musl.
pub(crate) const MUSL: &str = "x86_64-unknown-linux-musl";

/// What a machine of another system compiles with.
pub(super) struct Cross {
    pub(super) triple: &'static str,
    pub(super) compiler: &'static str,
    /// What the names of the linker and of the tools for objects begin with.
    pub(super) tools: &'static str,
    /// Debian's, with the C library's headers and whatever else belongs to the compiler.
    pub(super) package: &'static str,
}

/// The systems that packages are built for elsewhere: on Linux for x86-64 with glibc.
pub(super) const CROSS: [Cross; 2] = [
    Cross {
        triple: "aarch64-unknown-linux-gnu",
        compiler: "aarch64-linux-gnu-gcc",
        tools: "aarch64-linux-gnu-",
        package: "g++-aarch64-linux-gnu",
    },
    Cross { triple: MUSL, compiler: "musl-gcc", tools: "", package: "musl-tools" },
];

/// Sees to it that the machine's Rust compiles for a system.
pub(crate) fn add_standard_library(triple: &str) -> Result<()> {
    let folder = standard_library(triple)?;
    if fs::read_dir(&folder).is_ok_and(|files| files.count() > 0) {
        return Ok(());
    }
    if succeeds(program("rustup").arg("--version")) {
        return run(with_network(program("rustup").args(["target", "add", triple])));
    }
    Err(format!("the Rust of this machine has no standard library for {triple}; get one by rustup"))
}

/// The folder of Rust's standard library for a system.
pub(super) fn standard_library(triple: &str) -> Result<PathBuf> {
    let folder = output(program("rustc").args(["--print", "target-libdir", "--target", triple]))?;
    Ok(PathBuf::from(folder.trim()))
}

/// What compiles for the workspace's system, if it is another one.
pub(super) fn cross(workspace: &Workspace) -> Option<&'static Cross> {
    CROSS.iter().find(|cross| workspace.is_cross() && cross.triple == workspace.triple)
}

/// The C compiler.
pub(crate) fn compiler(workspace: &Workspace) -> &'static str {
    cross(workspace).map_or("cc", |cross| cross.compiler)
}

/// A linker or a tool for objects, as binutils name it.
pub(crate) fn binutil(workspace: &Workspace, name: &str) -> Command {
    program(format!("{}{name}", cross(workspace).map_or("", |cross| cross.tools)))
}

/// Writes a program of the shell.
pub(crate) fn write_script(path: &Path, script: &str) -> Result<()> {
    write(path, script)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(|error| format!("{}: {error}", path.display()))
}
