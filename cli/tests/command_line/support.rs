//! The program, started as a shell would, with a small environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use partner_messaging_sandbox::Sandbox;
use serde_json::Value;
use tempfile::TempDir;

/// A sandbox, and a folder in which the program is started.
pub(crate) struct Place {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { sandbox: Sandbox::start().unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    /// The program, not started yet.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        self.program_by(&[], arguments)
    }

    /// The same, started by another program, for example `nohup`.
    pub(crate) fn program_by(&self, starter: &[&str], arguments: &[&str]) -> Command {
        // Who runs the tests by `nohup` or in the background has some of these ignored, and
        // what is started after that, too.
        let mut command = Command::new("env");
        command
            .arg("--default-signal=HUP,INT,TERM")
            .args(starter)
            .arg(path_of_program())
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PARTNER_MESSAGING_ALLOW", "loopback")
            .env("PARTNER_MESSAGING_API_KEY", self.sandbox.api_key())
            .env("PARTNER_MESSAGING_BASE_URL", self.sandbox.url())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.program(arguments).output().unwrap())
    }

    /// With a text on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut child = self.program(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // It may end without reading all of it.
        let _ = pipe.write_all(input);
        drop(pipe);
        Ended::of(child.wait_with_output().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// How many messages the sandbox accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.sandbox.messages().len()
    }
}

/// The binary; or, to try a package, the program that PARTNER_MESSAGING_TEST_PROGRAM names.
pub(crate) fn path_of_program() -> PathBuf {
    match std::env::var_os("PARTNER_MESSAGING_TEST_PROGRAM") {
        Some(path) => path.into(),
        None => env!("CARGO_BIN_EXE_partner-messaging").into(),
    }
}

/// What the program ended with.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// It ended with this status.
    #[track_caller]
    pub(crate) fn with(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// All that it showed.
    pub(crate) fn shown(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}
