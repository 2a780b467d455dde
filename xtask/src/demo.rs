//! The demonstration, over real HTTP to the sandbox: every documented kind of
//! message from every language, and a tour of the whole API in each.

use std::process::{Command, Stdio};

use crate::sandbox::Sandbox;
use crate::workspace::{Result, Workspace, empty_folder, run as run_program};
use crate::{c, node, python};

/// The kinds of messages that each program sends, in order.
const KINDS: [&str; 4] = ["whatsapp", "sms-template", "sms-text", "email"];

/// What each tour has to find: what it sent, the status that the first message
/// came to, the messages listed, what the balance sank by and what the ledger
/// says, and which way a message took.
const TOUR: [&str; 6] =
    ["5 sent", "DELIVERED", "5 on 3 pages", "0.30 SGD", "0.30 SGD", "WHATSAPP rejected, SMS sent"];
const TOUR_STATE: &str = r#"{"channels": {"WHATSAPP": "not_configured"}, "delivery": {"after_ms": 300}}"#;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let (sends, tours) = programs(workspace)?;
    let mut failed = show_sends(workspace, sends)?;
    failed.extend(show_tours(workspace, tours)?);
    if failed.is_empty() { Ok(()) } else { Err(format!("not as it should be: {}", failed.join(", "))) }
}

type Programs = Vec<(&'static str, Command)>;

/// Every kind of message from every face; tells which failed.
fn show_sends(workspace: &Workspace, programs: Programs) -> Result<Vec<&'static str>> {
    let sandbox = Sandbox::start(workspace, "{}")?;
    println!();
    println!(
        "{:<17} {:<13} {:<8} {:<26} {:<10} attempts",
        "from", "message", "outcome", "message id", "cost"
    );
    let mut failed = Vec::new();
    for (face, mut program) in programs {
        let rows: Vec<[String; 5]> = rows(face, &mut program, &sandbox)?;
        for row in &rows {
            let [kind, outcome, id, cost, attempts] = row;
            println!("{face:<17} {kind:<13} {outcome:<8} {id:<26} {cost:<10} {attempts}");
        }
        let sent = rows.iter().filter(|row| row[1] == "sent").map(|row| row[0].as_str());
        if !sent.eq(KINDS) {
            failed.push(face);
        }
    }
    Ok(failed)
}

/// The tour in every language, each with a sandbox of its own; tells which failed.
fn show_tours(workspace: &Workspace, programs: Programs) -> Result<Vec<&'static str>> {
    let mut shown = Vec::new();
    for (face, mut program) in programs {
        let sandbox = Sandbox::start(workspace, TOUR_STATE)?;
        let rows: Vec<[String; 6]> = rows(face, &mut program, &sandbox)?;
        shown.push((face, rows));
    }
    println!();
    println!("{:<17} sends; status; list; balance sank by; ledger; fallback", "tour from");
    let mut failed = Vec::new();
    for (face, rows) in shown {
        for row in &rows {
            println!("{face:<17} {}", row.join("; "));
        }
        if rows != [TOUR.map(str::to_owned)] {
            failed.push(face);
        }
    }
    Ok(failed)
}

/// Builds every face, and tells how its programs are started: those that send,
/// and those that make the tour.
fn programs(workspace: &Workspace) -> Result<(Programs, Programs)> {
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
    let sends = vec![
        ("Rust async", workspace.command(examples.join("demo"))),
        ("Rust blocking", workspace.command(examples.join("demo_blocking"))),
        ("Python", script(&python, "bindings-python/examples/demo.py")),
        ("Python asyncio", script(&python, "bindings-python/examples/demo_asyncio.py")),
        ("Node ESM", script(node, "bindings-node/examples/demo.mjs")),
        ("Node CommonJS", script(node, "bindings-node/examples/demo.cjs")),
        ("C", compiled("demo.c")?),
        ("C++", compiled("demo.cpp")?),
    ];
    let tours = vec![
        ("Rust", workspace.command(examples.join("tour"))),
        ("Python", script(&python, "bindings-python/examples/tour.py")),
        ("Python asyncio", script(&python, "bindings-python/examples/tour_asyncio.py")),
        ("Node", script(node, "bindings-node/examples/tour.mjs")),
        ("C", compiled("tour.c")?),
        ("C++", compiled("tour.cpp")?),
    ];
    Ok((sends, tours))
}

/// What a program printed: a line for each message, with tabs between the columns.
fn rows<const N: usize>(face: &str, program: &mut Command, sandbox: &Sandbox) -> Result<Vec<[String; N]>> {
    let output = sandbox
        .points(program)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("the program for {face} can't be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let row = |line: &str| {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        <[String; N]>::try_from(columns).map_err(|_| format!("the program for {face} printed: {line}"))
    };
    text.lines().map(row).collect()
}
