//! What `dist/` holds, installed as users install it, into empty places, and
//! the first programs run there.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::sandbox::Sandbox;
use crate::workspace::{Result, Workspace, empty_folder, machine_python, output, run};
use crate::{package, python};

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    package::run(workspace)?;
    let sandbox = Sandbox::start(workspace)?;
    let place = workspace.target.join("install");
    empty_folder(&place)?;
    let check = |language: &str, program: &mut Command| {
        let said = output(sandbox.points(program).arg("+6591234567"))?;
        println!("{language}: {}", said.trim().replace('\n', ", "));
        let complete = said.contains("sent as msg_") && said.contains("0.05 SGD");
        if complete {
            Ok(())
        } else {
            Err(format!("the installed first program for {language} said: {said}"))
        }
    };
    check("Python", &mut in_python(workspace, &place)?)?;
    for program in ["first.mjs", "first.cjs"] {
        check("Node", &mut in_node(workspace, &place, program)?)?;
    }
    for program in ["first.c", "first.cpp"] {
        check("C and C++", &mut in_c(workspace, &place, program)?)?;
    }
    Ok(())
}

fn in_python(workspace: &Workspace, place: &Path) -> Result<Command> {
    let venv = place.join("venv");
    run(Command::new(machine_python()?).args(["-m", "venv"]).arg(&venv))?;
    let wheel = package::only_file(&workspace.root.join("dist"), ".whl")?;
    run(Command::new(venv.join("bin/pip"))
        .args(["--disable-pip-version-check", "install", "--quiet", "--no-index"])
        .arg(wheel))?;
    let mut program = Command::new(venv.join("bin/python"));
    program.arg(workspace.root.join("bindings-python/examples/first.py"));
    Ok(program)
}

fn in_node(workspace: &Workspace, place: &Path, program: &str) -> Result<Command> {
    let project = place.join("node");
    if !project.exists() {
        empty_folder(&project)?;
        crate::workspace::write(&project.join("package.json"), "{}")?;
        run(Command::new("npm")
            .current_dir(&project)
            .args(["install", "--offline", "--no-audit", "--no-fund"])
            .args(package::files_ending(&workspace.root.join("dist"), ".tgz")?))?;
    }
    // Beside the project's own modules: its imports are found from there.
    let copy = project.join(program);
    copied(&workspace.root.join("bindings-node/examples").join(program), &copy)?;
    let mut command = Command::new("node");
    command.arg(copy);
    Ok(command)
}

fn in_c(workspace: &Workspace, place: &Path, program: &str) -> Result<Command> {
    let folder = place.join("c");
    if !folder.exists() {
        empty_folder(&folder)?;
        let archive = package::only_file(&workspace.root.join("dist"), ".tar.gz")?;
        run(Command::new("tar").args(["--strip-components=1", "-C"]).arg(&folder).arg("-xf").arg(archive))?;
    }
    let flags = output(
        Command::new(python::environment(workspace)?.join("bin/pkgconf"))
            .env("PKG_CONFIG_PATH", folder.join("lib/pkgconfig"))
            .args(["--define-prefix", "--cflags", "--libs", "partner-messaging"]),
    )?;
    let compiler = if program == "first.cpp" { ["c++", "-std=c++17"] } else { ["cc", "-std=c99"] };
    let out = place.join(program.replace('.', "-"));
    run(Command::new(compiler[0])
        .arg(compiler[1])
        .arg(workspace.root.join("bindings-c/examples").join(program))
        .args(flags.split_whitespace())
        .args(["-pthread", "-o"])
        .arg(&out))?;
    let mut command = Command::new(out);
    command.env("LD_LIBRARY_PATH", folder.join("lib"));
    Ok(command)
}

fn copied(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}
