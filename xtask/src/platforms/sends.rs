//! The packages for another Linux, installed and sent with there.

use std::path::Path;
use std::process::Command;

use super::guest::Guest;
use crate::Result;
use crate::files::{copy, empty_folder, files_ending, make_folder, only_file, write};
use crate::packages::dist;
use crate::process::{output, program, run};
use crate::python::environment::{environment, install_for};
use crate::services::sandbox::Sandbox;
use crate::toolchain::{MUSL, build_command, compiler, for_target, linker, wheel_tag};
use crate::workspace::Workspace;

pub(crate) fn aarch64(workspace: &Workspace) -> Result<()> {
    test(workspace, "aarch64-unknown-linux-gnu")
}

pub(crate) fn musl(workspace: &Workspace) -> Result<()> {
    test(workspace, MUSL)
}

fn test(host: &Workspace, triple: &str) -> Result<()> {
    let workspace = for_target(host, triple)?;
    let guest = Guest::of(&workspace)?;
    in_rust(&workspace, &guest)?;
    let dist = dist::run(&workspace)?;
    let sandbox = Sandbox::start(host, "{}")?;
    let place = guest.folder()?;
    in_c(&workspace, &guest, &dist, &place.join("c"), &sandbox)?;
    in_python(&workspace, &guest, &dist, &place.join("python"), &sandbox)?;
    in_node(&workspace, &guest, &dist, &place.join("node"), &sandbox)
}

/// A program of the package: it sends, and says so.
fn sends(what: &str, command: &mut Command) -> Result<()> {
    let said = output(command)?;
    println!("{what}: {}", said.trim().replace('\n', ", "));
    if said.contains("sent as msg_") { Ok(()) } else { Err(format!("{what} did not send; it said: {said}")) }
}

/// The command line of a package does, too.
fn line_sends(what: &str, command: &mut Command, sandbox: &Sandbox) -> Result<()> {
    let message = ["send", "--channel", "SMS", "--to", "+6591234567", "--content", "Hello"];
    sends(&format!("{what}, its command line"), sandbox.points(command.args(message)))
}

/// The tests that the core and the journal have within.
fn in_rust(workspace: &Workspace, guest: &Guest) -> Result<()> {
    let mut tests = build_command(workspace, "cargo")?;
    if let Some(emulator) = guest.emulator() {
        let target = workspace.triple.to_uppercase().replace('-', "_");
        tests.env(format!("CARGO_TARGET_{target}_RUNNER"), emulator);
    }
    run(tests.args([
        "test",
        "--locked",
        "--lib",
        "-p",
        "partner-messaging",
        "-p",
        "partner-messaging-journal",
    ]))
}

fn in_c(workspace: &Workspace, guest: &Guest, dist: &Path, place: &Path, sandbox: &Sandbox) -> Result<()> {
    make_folder(place)?;
    let archive = only_file(dist, ".tar.gz")?;
    run(program("tar").args(["--strip-components=1", "-C"]).arg(place).arg("-xf").arg(archive))?;
    let examples = place.join("share/partner-messaging/examples");
    let flags = output(
        program(environment(workspace)?.join("bin/pkgconf"))
            .env("PKG_CONFIG_PATH", place.join("lib/pkgconfig"))
            .args(["--define-prefix", "--static", "--cflags", "--libs", "partner-messaging"]),
    )?;
    let c = linker(workspace)?;
    // Debian has no C++ for musl.
    let cpp = compiler(workspace).strip_suffix("-gcc").filter(|_| workspace.triple != MUSL);
    let cpp = cpp.map(|prefix| format!("{prefix}-g++").into());
    for (compiler, file, kind) in [
        (Some(c.clone()), "first.c", "-pie"),
        (Some(c), "first.c", "-static"),
        (cpp.clone(), "first.cpp", "-pie"),
        (cpp, "first.cpp", "-static"),
    ] {
        let Some(compiler) = compiler else { continue };
        let made = place.join(format!("{file}{kind}"));
        run(program(compiler)
            .arg(examples.join(file))
            .args([kind, "-o"])
            .arg(&made)
            .args(flags.split_whitespace()))?;
        let mut first = guest.program(&made);
        first.env("LD_LIBRARY_PATH", guest.path(&place.join("lib"))).arg("+6591234567");
        sends(&format!("{file} {kind}"), sandbox.points(&mut first))?;
    }
    line_sends("C", &mut guest.program(&place.join("bin/partner-messaging")), sandbox)
}

fn in_python(
    workspace: &Workspace,
    guest: &Guest,
    dist: &Path,
    place: &Path,
    sandbox: &Sandbox,
) -> Result<()> {
    empty_folder(place)?;
    let packages = place.join("packages");
    let tag = wheel_tag(workspace).ok_or("wheels of this system have no tag")?;
    install_for(workspace, &tag, &only_file(dist, ".whl")?, &packages)?;
    let python = || -> Result<Command> {
        let mut python = guest.python(place)?;
        python.env("PYTHONPATH", guest.path(&packages)).env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(python)
    };
    let program = |file: &str| -> Result<Command> {
        let (from, to) = (workspace.root.join(file), place.join("program.py"));
        copy(&from, &to)?;
        let mut python = python()?;
        python.arg(guest.path(&to));
        Ok(python)
    };
    sends("Python", sandbox.points(program("bindings-python/examples/first.py")?.arg("+6591234567")))?;
    sends("Python, with its own sandbox", &mut program(".github/try.py")?)?;
    line_sends("Python", python()?.args(["-m", "partner_messaging"]), sandbox)
}

fn in_node(workspace: &Workspace, guest: &Guest, dist: &Path, place: &Path, sandbox: &Sandbox) -> Result<()> {
    empty_folder(place)?;
    write(&place.join("package.json"), "{}")?;
    // It would refuse a binary that is not for the machine that it runs on itself.
    run(program("npm")
        .current_dir(place)
        .args(["install", "--offline", "--no-audit", "--no-fund", "--force"])
        .args(files_ending(dist, ".tgz")?))?;
    let program = |file: &str| -> Result<Command> {
        let from = workspace.root.join(file);
        let to = place.join(from.file_name().unwrap_or_default());
        copy(&from, &to)?;
        let mut node = guest.node();
        node.arg(guest.path(&to));
        Ok(node)
    };
    for file in ["first.mjs", "first.cjs"] {
        let mut first = program(&format!("bindings-node/examples/{file}"))?;
        sends(&format!("Node, {file}"), sandbox.points(first.arg("+6591234567")))?;
    }
    let mut with_sandbox = program(".github/try.cjs")?;
    sends(
        "Node, with its own sandbox",
        with_sandbox.arg(guest.path(&place.join("node_modules/partner-messaging/testing.cjs"))),
    )?;
    // What the shell's program of the package starts: there is no other shell here than the machine's.
    let line = place.join("node_modules/partner-messaging/lib/command-line.cjs");
    line_sends("Node", guest.node().arg(guest.path(&line)).arg("received"), sandbox)
}
