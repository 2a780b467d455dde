//! What compiles and links packages, for this machine's system and for others.

mod cross;
pub(crate) mod glibc;
pub(crate) mod musl;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::machine::debian_package;
use crate::process::output;
use crate::workspace::Workspace;
use cross::{CROSS, cross};
pub(crate) use cross::{MUSL, add_standard_library, binutil, compiler, write_script};

/// The workspace, building for another system: with the compilers that the machine has for it, or
/// else with those that it can get.
pub(crate) fn for_target(workspace: &Workspace, triple: &str) -> Result<Workspace> {
    let workspace = workspace.for_target(triple);
    if workspace.is_cross() {
        let cross = cross(&workspace).filter(|_| workspace.host == "x86_64-unknown-linux-gnu");
        let cross = cross.ok_or_else(|| {
            let names: Vec<&str> = CROSS.iter().map(|cross| cross.triple).collect();
            format!(
                "{} has no packages of {triple}; on Linux with glibc, x86-64, there are {}",
                workspace.host,
                names.join(", ")
            )
        })?;
        debian_package(cross.compiler, cross.package)?;
        add_standard_library(triple)?;
    }
    Ok(workspace)
}

/// The C compiler that packages are linked by, which may be one that links for older systems.
pub(crate) fn linker(workspace: &Workspace) -> Result<PathBuf> {
    match (cross(workspace), glibc::architecture(workspace)) {
        (_, Some(architecture)) => glibc::linker(workspace, architecture),
        (Some(_), None) => musl::linker(workspace),
        (None, None) => Ok(PathBuf::from(compiler(workspace))),
    }
}

/// A program that builds what users get: linked for older systems, too. Every build in release
/// mode has to be, because what two have in common is built again where they have different linkers.
pub(crate) fn build_command(workspace: &Workspace, name: impl AsRef<OsStr>) -> Result<Command> {
    let target = workspace.triple.replace('-', "_");
    let mut command = workspace.command(name);
    command.env(format!("CARGO_TARGET_{}_LINKER", target.to_uppercase()), linker(workspace)?);
    if workspace.is_cross() {
        command.env(format!("CC_{target}"), compiler(workspace));
    }
    if workspace.triple == MUSL {
        command.env("RUSTFLAGS", musl::RUSTFLAGS);
    }
    Ok(command)
}

/// `cargo` for such a build.
pub(crate) fn release_cargo(workspace: &Workspace, command: &str) -> Result<Command> {
    let mut cargo = build_command(workspace, "cargo")?;
    cargo.args([command, "--locked", "--release"]);
    Ok(cargo)
}

/// What the platform of a wheel is called that is linked so.
pub(crate) fn wheel_tag(workspace: &Workspace) -> Option<String> {
    let glibc = glibc::architecture(workspace).map(glibc::wheel_tag);
    glibc.or_else(|| cross(workspace).map(|_| musl::WHEEL_TAG.to_owned()))
}

/// Checks that a shared object which [`linker`] made can be loaded by systems that old.
pub(crate) fn check(workspace: &Workspace, object: &Path) -> Result<()> {
    let (cross, glibc) = (cross(workspace), glibc::architecture(workspace));
    if cross.is_none() && glibc.is_none() {
        return Ok(());
    }
    let wanted = output(binutil(workspace, "nm").args(["--dynamic", "--undefined-only"]).arg(object))?;
    let lacking = if glibc.is_some() { glibc::lacking(&wanted) } else { musl::lacking(&wanted)? };
    if lacking.is_empty() {
        return Ok(());
    }
    Err(format!("{} can't be loaded: its C library lacks {}", object.display(), lacking.join(", ")))
}
