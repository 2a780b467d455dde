//! What `dist/` holds, installed as users install it, into empty places, and
//! the first programs and the command line run there.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{dist, start};
use crate::Result;
use crate::c::library::is_small;
use crate::command_line;
use crate::files::{copy, empty_folder, files, files_ending, only_file, write};
use crate::machine::machine_python;
use crate::process::{output, program, run, with_network};
use crate::python::{environment, wheel};
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let _ = dist::run(workspace)?;
    let sandbox = Sandbox::start(workspace, "{}")?;
    let place = workspace.target.join("install");
    empty_folder(&place)?;
    let check = |language: &str, command: &mut Command| {
        let said = output(sandbox.points(command).arg("+6591234567"))?;
        println!("{language}: {}", said.trim().replace('\n', ", "));
        let complete = said.contains("sent as msg_") && said.contains("0.05 SGD");
        if complete {
            Ok(())
        } else {
            Err(format!("the installed first program for {language} said: {said}"))
        }
    };
    check("Python", &mut in_python(workspace, &place)?)?;
    for file in ["first.mjs", "first.cjs"] {
        check("Node", &mut in_node(workspace, &place, file)?)?;
    }
    for file in ["first.c", "first.cpp"] {
        check("C and C++", &mut in_c(workspace, &place, file)?)?;
    }
    for object in objects(&place)? {
        is_small(&object)?;
    }
    let module = output(program(place.join(PYTHON)).args(["-m", "partner_messaging", "--version"]))?;
    if module.trim() != format!("partner-messaging {}", workspace.version()) {
        return Err(format!("the module said: {module}"));
    }
    start::test(workspace)?;
    PROGRAMS.iter().try_for_each(|name| command_line::test_with(workspace, &place.join(name)))
}

/// The source distribution, as pip installs it where there is no wheel: with nothing but Rust and a
/// C compiler, in a folder where nothing was built before.
pub(crate) fn test_sdist(workspace: &Workspace) -> Result<()> {
    let place = workspace.target.join("install-sdist");
    empty_folder(&place)?;
    let sdist = wheel::sdist(workspace, &place.join("dist"))?;
    let venv = place.join("venv");
    run(program(machine_python()?).args(["-m", "venv"]).arg(&venv))?;
    let mut install = program(venv.join("bin/pip"));
    install.args(["--disable-pip-version-check", "install", "--no-binary=partner-messaging"]).arg(sdist);
    run(with_network(install.current_dir(&place)))?;
    let mut first = program(venv.join("bin/python"));
    first.arg(workspace.root.join("bindings-python/examples/first.py"));
    let said = output(Sandbox::start(workspace, "{}")?.points(&mut first).arg("+6591234567"))?;
    println!("Python from the sources: {}", said.trim());
    if said.contains("sent as msg_") { Ok(()) } else { Err(format!("the first program said: {said}")) }
}

/// The command line of every package, as it was installed last, by all of its tests.
pub(crate) fn programs(workspace: &Workspace) -> Result<()> {
    let place = workspace.target.join("install");
    if PROGRAMS.iter().any(|name| !place.join(name).exists()) {
        test(workspace)?;
    }
    PROGRAMS.iter().try_for_each(|name| command_line::test_all_with(workspace, &place.join(name)))
}

const PYTHON: &str = "venv/bin/python";

/// The shared object of each package.
fn objects(place: &Path) -> Result<[PathBuf; 3]> {
    let where_it_is = "import partner_messaging._native as native; print(native.__file__)";
    let python = output(program(place.join(PYTHON)).args(["-c", where_it_is]))?;
    let platform = files(&place.join("node/node_modules"))?
        .into_iter()
        .find(|module| module.to_string_lossy().contains("/partner-messaging-"))
        .ok_or("the npm package of the platform is not installed")?;
    let node = only_file(&platform, ".node")?;
    Ok([python.trim().into(), node, place.join("c/lib/libpartner_messaging.so")])
}

/// The command line where each package has it.
const PROGRAMS: [&str; 3] =
    ["venv/bin/partner-messaging", "node/node_modules/.bin/partner-messaging", "c/bin/partner-messaging"];

fn in_python(workspace: &Workspace, place: &Path) -> Result<Command> {
    let venv = place.join("venv");
    run(program(machine_python()?).args(["-m", "venv"]).arg(&venv))?;
    let wheel = only_file(&workspace.root.join("dist"), ".whl")?;
    run(program(venv.join("bin/pip"))
        .args(["--disable-pip-version-check", "install", "--quiet", "--no-index"])
        .arg(wheel))?;
    let mut first = program(place.join(PYTHON));
    first.arg(workspace.root.join("bindings-python/examples/first.py"));
    Ok(first)
}

fn in_node(workspace: &Workspace, place: &Path, file: &str) -> Result<Command> {
    let project = place.join("node");
    if !project.exists() {
        empty_folder(&project)?;
        write(&project.join("package.json"), "{}")?;
        run(program("npm")
            .current_dir(&project)
            .args(["install", "--offline", "--no-audit", "--no-fund"])
            .args(files_ending(&workspace.root.join("dist"), ".tgz")?))?;
    }
    // Beside the project's own modules: its imports are found from there.
    let first = project.join(file);
    copy(&workspace.root.join("bindings-node/examples").join(file), &first)?;
    let mut command = program("node");
    command.arg(first);
    Ok(command)
}

fn in_c(workspace: &Workspace, place: &Path, file: &str) -> Result<Command> {
    let folder = place.join("c");
    if !folder.exists() {
        empty_folder(&folder)?;
        let archive = only_file(&workspace.root.join("dist"), ".tar.gz")?;
        run(program("tar").args(["--strip-components=1", "-C"]).arg(&folder).arg("-xf").arg(archive))?;
    }
    let flags = output(
        program(environment::environment(workspace)?.join("bin/pkgconf"))
            .env("PKG_CONFIG_PATH", folder.join("lib/pkgconfig"))
            .args(["--define-prefix", "--cflags", "--libs", "partner-messaging"]),
    )?;
    let compiler = if file == "first.cpp" { ["c++", "-std=c++17"] } else { ["cc", "-std=c99"] };
    let out = place.join(file.replace('.', "-"));
    run(program(compiler[0])
        .arg(compiler[1])
        .arg(workspace.root.join("bindings-c/examples").join(file))
        .args(flags.split_whitespace())
        .args(["-pthread", "-o"])
        .arg(&out))?;
    let mut command = program(out);
    command.env("LD_LIBRARY_PATH", folder.join("lib"));
    Ok(command)
}
