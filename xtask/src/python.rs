//! The Python wheel: its virtual environment, its build, its tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::package::only_file;
use crate::workspace::{Result, Workspace, empty_folder, machine_python, once, run};

/// The virtual environment with the tools for the wheel, made on first use.
pub(crate) fn environment(workspace: &Workspace) -> Result<PathBuf> {
    environment_of(workspace, "venv", "bindings-python/requirements-dev.txt")
}

/// A virtual environment under `target/` with what a file of requirements names, made on
/// first use.
pub(crate) fn environment_of(workspace: &Workspace, name: &str, requirements: &str) -> Result<PathBuf> {
    make_environment(workspace, Path::new(&machine_python()?), name, requirements)
}

/// The environment with the tools for the wheel, of an interpreter that is not the machine's first.
pub(crate) fn environment_for(workspace: &Workspace, python: &Path, name: &str) -> Result<PathBuf> {
    make_environment(workspace, python, name, "bindings-python/requirements-dev.txt")
}

fn make_environment(workspace: &Workspace, python: &Path, name: &str, requirements: &str) -> Result<PathBuf> {
    let venv = workspace.target.join(name);
    let requirements = workspace.root.join(requirements);
    once(&venv.join("requirements.stamp"), std::slice::from_ref(&requirements), || {
        run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&venv))?;
        // What is never run need not be compiled: most of what the tools consist of.
        run(pip(&venv).args(["install", "--require-hashes", "--no-compile", "-r"]).arg(&requirements))
    })?;
    Ok(venv)
}

pub(crate) fn pip(venv: &Path) -> Command {
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
    pip
}

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

/// Puts the environment's programs before the machine's.
fn in_path(command: &mut Command, venv: &Path) -> Result<()> {
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(venv.join("bin")).chain(std::env::split_paths(&machine));
    let path = std::env::join_paths(folders).map_err(|error| format!("PATH: {error}"))?;
    command.env("PATH", path);
    Ok(())
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

/// Checks that the source distribution holds all that a wheel is built from:
/// unpacked where nothing else is, it is built as pip builds it, and what it
/// makes is loaded. Only its own crates are compiled anew, and without optimising.
fn test_sdist(workspace: &Workspace) -> Result<()> {
    let venv = environment(workspace)?;
    let place = workspace.target.join("sdist");
    let archive = sdist(workspace, &place)?;
    // The files' times are a fixed one in the past, by which cargo would see no change.
    run(Command::new("tar")
        .args(["--touch", "--strip-components=1", "-C"])
        .arg(&place)
        .arg("-xf")
        .arg(&archive))?;
    let mut wheel = pip(&venv);
    in_path(&mut wheel, &venv)?;
    run(wheel
        .args(["wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir"])
        .args([&place, &place])
        .env("CARGO_BUILD_TARGET", &workspace.triple)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .env_remove("CARGO_MANIFEST_DIR")
        .env("MATURIN_PEP517_ARGS", format!("--offline --profile dev --target {}", workspace.triple)))?;
    let loaded = place.join("loaded");
    run(pip(&venv)
        .args(["install", "--no-index", "--no-deps", "--target"])
        .arg(&loaded)
        .arg(only_file(&place, ".whl")?))?;
    let program =
        "import partner_messaging as p, sys; assert p.__file__.startswith(sys.argv[1]); p.Client('key')";
    run(Command::new(venv.join("bin/python")).env("PYTHONPATH", &loaded).args(["-c", program]).arg(&loaded))
}

/// Builds the wheel, installs it in the virtual environment, and tells that one's Python.
pub(crate) fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let wheel = wheel(workspace)?;
    let venv = environment(workspace)?;
    install(&venv, &wheel)?;
    Ok(venv.join("bin/python"))
}

/// Installs a wheel and nothing else.
pub(crate) fn install(venv: &Path, wheel: &Path) -> Result<()> {
    run(pip(venv).args(["install", "--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))
}

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let python = installed(workspace)?;
    test_sdist(workspace)?;
    run(workspace.command(python).args(["-m", "pytest", "bindings-python/tests"]))
}
