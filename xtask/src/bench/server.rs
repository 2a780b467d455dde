//! The server of fixed answers, and the run of one program against it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::process;
use crate::toolchain::release_cargo;
use crate::workspace::Workspace;

/// Builds the server and tells where it is.
pub(crate) fn server_program(workspace: &Workspace) -> Result<PathBuf> {
    process::run(release_cargo(workspace, "build")?.args(["-p", "partner-messaging-bench"]))?;
    Ok(workspace.built("release").join("bench-server"))
}

/// A running server; it ends when dropped.
pub(crate) struct Server {
    process: Child,
    /// Ends the server when it is closed.
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    places: Value,
}

impl Server {
    /// `delay_ms`: how long it thinks before each answer.
    pub(crate) fn start(program: &Path, delay_ms: u32) -> Result<Self> {
        Self::start_with(program, &["--delay-ms", &delay_ms.to_string()])
    }

    /// With the words of its own command line.
    pub(crate) fn start_with(program: &Path, arguments: &[&str]) -> Result<Self> {
        let mut process = process::program(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} can't be started: {error}", program.display()))?;
        let ask = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().ok_or("the server has no output")?);
        let mut server = Self { process, ask, answers, places: Value::Null };
        server.places = server.line()?;
        Ok(server)
    }

    /// The base URL, and the certificate to trust if it is https.
    pub(crate) fn place(&self, http2: bool) -> (&str, Option<&str>) {
        let text = |name: &str| self.places[name].as_str();
        match http2 {
            true => (text("https").unwrap_or_default(), text("ca")),
            false => (text("http").unwrap_or_default(), None),
        }
    }

    /// What it counted since it was last asked.
    pub(crate) fn counts(&mut self) -> Result<Value> {
        let ask = self.ask.as_mut().ok_or("the server has no input")?;
        ask.write_all(b"\n").map_err(|error| format!("the server can't be asked: {error}"))?;
        self.line()
    }

    fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(|error| format!("the server says nothing: {error}"))?;
        serde_json::from_str(&line).map_err(|_| format!("the server said: {line}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.ask.take());
        // It has ended, or ends now.
        let _ = self.process.wait();
    }
}

/// What a program measured of itself.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) sends: f64,
    pub(crate) cpu_us: f64,
    pub(crate) wall_us: f64,
    pub(crate) rest_kb: f64,
    pub(crate) peak_kb: f64,
}

impl Run {
    /// Runs a program to its end.
    pub(crate) fn of(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("{program} can't be started: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let arguments: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
            return Err(format!("{program} {} failed: {}", arguments.join(" "), output.status));
        }
        let facts: Value = serde_json::from_str(&said).map_err(|_| format!("{program} printed: {said}"))?;
        let number =
            |name: &str| facts[name].as_f64().ok_or_else(|| format!("{program} printed no {name}: {said}"));
        Ok(Self {
            sends: number("sends")?,
            cpu_us: number("cpu_us")?,
            wall_us: number("wall_us")?,
            rest_kb: number("rest_kb")?,
            peak_kb: number("peak_kb")?,
        })
    }

    pub(crate) fn cpu_per_send(&self) -> f64 {
        self.cpu_us / self.sends
    }

    pub(crate) fn sends_per_second(&self) -> f64 {
        self.sends / self.wall_us * 1e6
    }
}
