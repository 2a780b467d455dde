//! CMake, Ninja, Meson and pkgconf, which build the C tests and examples.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::files::empty_folder;
use crate::process::{first_in_path, program, run};
use crate::python::environment::environment_of;
use crate::workspace::Workspace;

/// The folder of the tools' programs; the tools are installed on first use.
pub(crate) fn programs(workspace: &Workspace) -> Result<PathBuf> {
    let venv = environment_of(workspace, "venv-c", "bindings-c/requirements-dev.txt")?;
    Ok(venv.join("bin"))
}

/// One of the tools, which finds the others.
pub(crate) fn tool(programs: &Path, name: &str) -> Command {
    let mut command = program(programs.join(name));
    first_in_path(&mut command, programs);
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

/// Builds the test programs in `out` against an installed copy.
pub(crate) fn test_programs(
    workspace: &Workspace,
    programs: &Path,
    installed: &Path,
    out: &Path,
    settings: &[String],
) -> Result<()> {
    empty_folder(out)?;
    let mut all = vec![format!("-DCMAKE_PREFIX_PATH={}", installed.display())];
    all.extend_from_slice(settings);
    cmake(programs, &workspace.root.join("bindings-c/tests"), out, &all)
}
