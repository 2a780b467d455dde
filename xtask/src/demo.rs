//! The demonstration: every documented kind of message from every language,
//! over real HTTP to the sandbox.

use std::process::{Command, Stdio};

use crate::sandbox::Sandbox;
use crate::workspace::{Result, Workspace, empty_folder, run as run_program};
use crate::{c, node, python};

/// The kinds of messages that each program sends, in order.
const KINDS: [&str; 4] = ["whatsapp", "sms-template", "sms-text", "email"];

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let programs = programs(workspace)?;
    let sandbox = Sandbox::start(workspace)?;
    println!();
    println!(
        "{:<17} {:<13} {:<8} {:<26} {:<10} attempts",
        "from", "message", "outcome", "message id", "cost"
    );
    let mut failed = Vec::new();
    for (face, mut program) in programs {
        let rows = rows(face, &mut program, &sandbox)?;
        for row in &rows {
            let [kind, outcome, id, cost, attempts] = row;
            println!("{face:<17} {kind:<13} {outcome:<8} {id:<26} {cost:<10} {attempts}");
        }
        let sent = rows.iter().filter(|row| row[1] == "sent").map(|row| row[0].as_str());
        if !sent.eq(KINDS) {
            failed.push(face);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("not every message was sent from {}", failed.join(", ")))
    }
}

/// Builds every face, and tells how its program is started.
fn programs(workspace: &Workspace) -> Result<Vec<(&'static str, Command)>> {
    run_program(workspace.cargo("build").args(["-p", "partner-messaging", "--examples"]))?;
    let libraries = c::build(workspace)?;
    node::build(workspace)?;
    let python = python::installed(workspace)?;
    let out = workspace.target.join("demo");
    empty_folder(&out)?;
    c::runtime_name(&libraries, &out)?;

    let script = |interpreter: &std::path::Path, path: &str| {
        let mut command = workspace.command(interpreter);
        command.arg(workspace.root.join(path));
        command
    };
    let compiled = |file: &str| {
        c::example(workspace, &libraries, file, &out).map(|program| {
            let mut command = workspace.command(program);
            command.env("LD_LIBRARY_PATH", &out);
            command
        })
    };
    let node = std::path::Path::new("node");
    let examples = workspace.built("debug").join("examples");
    Ok(vec![
        ("Rust async", workspace.command(examples.join("demo"))),
        ("Rust blocking", workspace.command(examples.join("demo_blocking"))),
        ("Python", script(&python, "bindings-python/examples/demo.py")),
        ("Python asyncio", script(&python, "bindings-python/examples/demo_asyncio.py")),
        ("Node ESM", script(node, "bindings-node/examples/demo.mjs")),
        ("Node CommonJS", script(node, "bindings-node/examples/demo.cjs")),
        ("C", compiled("demo.c")?),
        ("C++", compiled("demo.cpp")?),
    ])
}

/// What a program printed: a line for each message, with tabs between the columns.
fn rows(face: &str, program: &mut Command, sandbox: &Sandbox) -> Result<Vec<[String; 5]>> {
    let output = sandbox
        .points(program)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("the program for {face} can't be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let row = |line: &str| {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        <[String; 5]>::try_from(columns).map_err(|_| format!("the program for {face} printed: {line}"))
    };
    text.lines().map(row).collect()
}
