//! The tests of the Python package.

use super::environment::{environment, pip};
use super::wheel::{installed, sdist};
use crate::Result;
use crate::crash;
use crate::files::only_file;
use crate::process::{first_in_path, program, run};
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let python = installed(workspace)?;
    test_sdist(workspace)?;
    // The machines' journal.
    let server = Postgres::start(workspace)?;
    run(server.points(workspace.command(&python).args(["-m", "pytest", "bindings-python/tests"])))?;
    drop(server);
    crash::test_python(workspace, &python)
}

/// Checks that the source distribution holds all that a wheel is built from:
/// unpacked where nothing else is, it is built as pip builds it, and what it
/// makes is loaded. Only its own crates are compiled anew, and without optimising.
fn test_sdist(workspace: &Workspace) -> Result<()> {
    let venv = environment(workspace)?;
    let place = workspace.target.join("sdist");
    let archive = sdist(workspace, &place)?;
    // The files' times are a fixed one in the past, by which cargo would see no change.
    run(program("tar").args(["--touch", "--strip-components=1", "-C"]).arg(&place).arg("-xf").arg(&archive))?;
    let mut wheel = pip(&venv);
    first_in_path(&mut wheel, &venv.join("bin"));
    run(wheel
        .args(["wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir"])
        .args([&place, &place])
        .env("CARGO_BUILD_TARGET", &workspace.triple)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .env("MATURIN_PEP517_ARGS", format!("--offline --profile dev --target {}", workspace.triple)))?;
    let loaded = place.join("loaded");
    run(pip(&venv)
        .args(["install", "--no-index", "--no-deps", "--target"])
        .arg(&loaded)
        .arg(only_file(&place, ".whl")?))?;
    let uses_it =
        "import partner_messaging as p, sys; assert p.__file__.startswith(sys.argv[1]); p.Client('key')";
    run(program(venv.join("bin/python")).env("PYTHONPATH", &loaded).args(["-c", uses_it]).arg(&loaded))
}
