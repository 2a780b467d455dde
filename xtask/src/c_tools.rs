//! CMake, Ninja, Meson and pkgconf, which build the C tests and examples.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Result, Workspace, machine_python, once, run};

/// The folder of the tools' programs; the tools are installed on first use.
pub(crate) fn programs(workspace: &Workspace) -> Result<PathBuf> {
    let venv = workspace.target.join("venv-c");
    let requirements = workspace.root.join("bindings-c/requirements-dev.txt");
    once(&venv.join("requirements.stamp"), std::slice::from_ref(&requirements), || {
        run(Command::new(machine_python()?).args(["-m", "venv", "--clear"]).arg(&venv))?;
        run(Command::new(venv.join("bin/python"))
            .args(["-m", "pip", "--disable-pip-version-check", "--quiet", "install"])
            .args(["--require-hashes", "-r"])
            .arg(&requirements))
    })?;
    Ok(venv.join("bin"))
}

/// One of the tools, which finds the others.
pub(crate) fn tool(programs: &Path, name: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(programs.to_owned()).chain(std::env::split_paths(&path));
    let mut command = Command::new(programs.join(name));
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
    command
}

/// Configures a CMake project with Ninja and builds it: for its tests, so that compiling
/// it fast counts for more than its speed.
pub(crate) fn cmake(programs: &Path, source: &Path, out: &Path, settings: &[String]) -> Result<()> {
    run(tool(programs, "cmake")
        .args(["-G", "Ninja", "-S"])
        .arg(source)
        .arg("-B")
        .arg(out)
        .args(["-DCMAKE_BUILD_TYPE=Debug", "--log-level=NOTICE"])
        .args(settings))?;
    run(tool(programs, "cmake").arg("--build").arg(out).arg("--").arg("--quiet"))
}

/// Runs the tests of a CMake project that was built.
pub(crate) fn ctest(programs: &Path, out: &Path, options: &[&str]) -> Result<()> {
    run(tool(programs, "ctest")
        .args(["--output-on-failure", "--no-tests=error", "--test-dir"])
        .arg(out)
        .args(options))
}
