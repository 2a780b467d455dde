//! The stand-alone sandbox, for the commands that need a service.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Result;
use crate::process::{self, run};
use crate::workspace::Workspace;

/// A running sandbox, ended when dropped.
pub(crate) struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    /// `state` is a patch of its state at the start, JSON text.
    pub(crate) fn start(workspace: &Workspace, state: &str) -> Result<Self> {
        run(workspace.cargo("build").args(["-p", "partner-messaging-sandbox"]))?;
        let program = workspace.built("debug").join("partner-messaging-sandbox");
        let mut process = process::program(&program)
            .args(["--listen", "127.0.0.1:0", "--state", state])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} can't be started: {error}", program.display()))?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            // The rest of its output is of no interest, and it prints none.
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| format!("the sandbox says nothing: {error}"))?;
        }
        let mut sandbox = Self { process, url: String::new() };
        let url = line.trim().strip_prefix("listening on ");
        url.ok_or("the sandbox did not start")?.clone_into(&mut sandbox.url);
        Ok(sandbox)
    }
}

impl Sandbox {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Makes a program's clients talk to it.
    pub(crate) fn points<'a>(&self, program: &'a mut Command) -> &'a mut Command {
        program.env("PARTNER_MESSAGING_BASE_URL", &self.url).env("PARTNER_MESSAGING_API_KEY", "sandbox-key")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
