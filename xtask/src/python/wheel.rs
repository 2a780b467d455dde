//! The wheel and the source distribution.

use std::path::{Path, PathBuf};

use super::environment::{environment, install};
use crate::Result;
use crate::files::{empty_folder, only_file, remove_file};
use crate::packages::notices;
use crate::process::{output, program, run};
use crate::toolchain;
use crate::workspace::Workspace;

/// Builds the wheel and tells where it is.
pub(crate) fn wheel(workspace: &Workspace) -> Result<PathBuf> {
    let venv = environment(workspace)?;
    let out = workspace.folder("wheels");
    empty_folder(&out)?;
    let mut maturin = toolchain::build_command(workspace, venv.join("bin/maturin"))?;
    let notices = notices::write_for_wheel(&workspace.root, &workspace.triple)?;
    let built = run(maturin
        .args(["build", "--release", "--locked", "--target", &workspace.triple])
        .args(["--manifest-path", "bindings-python/Cargo.toml", "--out"])
        .arg(&out));
    // They are for one system: the source distribution is to have none.
    remove_file(&notices)?;
    built?;
    let wheel = only_file(&out, ".whl")?;
    check_tag(workspace, &venv, &wheel)?;
    Ok(wheel)
}

/// Checks, by the judgement of another tool than the one that gave it, that the wheel's tag
/// says which systems load it.
fn check_tag(workspace: &Workspace, venv: &Path, wheel: &Path) -> Result<()> {
    let Some(tag) = toolchain::wheel_tag(workspace) else { return Ok(()) };
    // Neither tool minds what has no version.
    toolchain::check(workspace, &workspace.built("release").join("lib_native.so"))?;
    let shown = output(program(venv.join("bin/auditwheel")).arg("show").arg(wheel))?;
    // Its lines are broken anywhere.
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let named = wheel.file_name().unwrap_or_default().to_string_lossy().contains(&tag);
    if named && shown.contains(&format!("following platform tag: \"{tag}\"")) {
        return Ok(());
    }
    Err(format!("{} should be {tag}; auditwheel says: {shown}", wheel.display()))
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
