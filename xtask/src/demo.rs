//! The demonstration, over real HTTP to the sandbox: every documented kind of
//! message from every language, a tour of the whole API in each, and a campaign by the
//! command line that is killed and goes on.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::c::library;
use crate::campaign;
use crate::files::empty_folder;
use crate::node::addon;
use crate::process::run as run_program;
use crate::python::wheel;
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

/// The kinds of messages that each program sends, in order.
const KINDS: [&str; 4] = ["whatsapp", "sms-template", "sms-text", "email"];

/// What each tour has to find: what it sent, the status that the first message
/// came to, the messages listed, what the balance sank by and what the ledger
/// says, and which way a message took.
const TOUR: [&str; 6] =
    ["5 sent", "DELIVERED", "5 on 3 pages", "0.30 SGD", "0.30 SGD", "WHATSAPP rejected, SMS sent"];
const TOUR_STATE: &str = r#"{"channels": {"WHATSAPP": "not_configured"}, "delivery": {"after_ms": 300}}"#;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let faces = Faces::build(workspace, "demo")?;
    let mut failed = show_sends(workspace, faces.sends()?)?;
    failed.extend(show_tours(workspace, faces.tours()?)?);
    campaign::show(workspace)?;
    if failed.is_empty() { Ok(()) } else { Err(format!("not as it should be: {}", failed.join(", "))) }
}

/// Programs by the faces that they use.
pub(crate) type Programs = Vec<(&'static str, Command)>;

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

/// What every face's programs are started with, once all is built.
struct Faces<'a> {
    workspace: &'a Workspace,
    libraries: PathBuf,
    python: PathBuf,
    /// Where compiled programs go, with the shared library.
    out: PathBuf,
}

impl<'a> Faces<'a> {
    fn build(workspace: &'a Workspace, place: &str) -> Result<Self> {
        run_program(workspace.cargo("build").args(["-p", "partner-messaging", "--examples"]))?;
        let libraries = library::build(workspace)?;
        addon::build(workspace)?;
        let python = wheel::installed(workspace)?;
        let out = workspace.target.join(place);
        empty_folder(&out)?;
        library::runtime_name(&libraries, &out)?;
        Ok(Faces { workspace, libraries, python, out })
    }

    fn rust(&self, example: &str) -> Command {
        self.workspace.command(self.workspace.built("debug").join("examples").join(example))
    }

    fn script(&self, interpreter: &Path, path: &str) -> Command {
        let mut command = self.workspace.command(interpreter);
        command.arg(self.workspace.root.join(path));
        command
    }

    fn python(&self, path: &str) -> Command {
        self.script(&self.python, path)
    }

    fn node(&self, path: &str) -> Command {
        self.script(Path::new("node"), path)
    }

    fn compiled(&self, file: &str) -> Result<Command> {
        let program = library::example(self.workspace, &self.libraries, file, &self.out)?;
        let mut command = self.workspace.command(program);
        command.env("LD_LIBRARY_PATH", &self.out);
        Ok(command)
    }

    fn sends(&self) -> Result<Programs> {
        Ok(vec![
            ("Rust async", self.rust("demo")),
            ("Rust blocking", self.rust("demo_blocking")),
            ("Python", self.python("bindings-python/examples/demo.py")),
            ("Python asyncio", self.python("bindings-python/examples/demo_asyncio.py")),
            ("Node ESM", self.node("bindings-node/examples/demo.mjs")),
            ("Node CommonJS", self.node("bindings-node/examples/demo.cjs")),
            ("C", self.compiled("demo.c")?),
            ("C++", self.compiled("demo.cpp")?),
        ])
    }

    fn tours(&self) -> Result<Programs> {
        Ok(vec![
            ("Rust", self.rust("tour")),
            ("Python", self.python("bindings-python/examples/tour.py")),
            ("Python asyncio", self.python("bindings-python/examples/tour_asyncio.py")),
            ("Node", self.node("bindings-node/examples/tour.mjs")),
            ("C", self.compiled("tour.c")?),
            ("C++", self.compiled("tour.cpp")?),
        ])
    }
}

/// Builds every face, and tells how the programs are started that send every kind of message.
/// `place`, under `target/`, is theirs.
pub(crate) fn senders(workspace: &Workspace, place: &str) -> Result<Programs> {
    Faces::build(workspace, place)?.sends()
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
