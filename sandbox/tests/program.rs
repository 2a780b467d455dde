//! The program: its line, its end, and its refusals.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use support::{Connection, control};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partner-messaging-sandbox"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

/// Kills what a failed test leaves.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(arguments: &[&str]) -> (Running, BufReader<ChildStdout>, String) {
    let mut child = program(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let running = Running(child);
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let url = line.strip_prefix("listening on ").expect(&line).trim_end();
    let url = url.to_owned();
    (running, out, url)
}

#[test]
fn it_serves_once_it_says_so() {
    let arguments = ["--listen", "127.0.0.1:0", "--api-key", "k1", "--balance=0.05"];
    let (_running, _out, url) = start(&arguments);
    let mut connection = Connection::to(&url);
    connection.ask("POST", support::SEND, "x-api-key: k1\r\n", support::SMS);
    assert_eq!(connection.answer().status, 200);
    connection.ask("POST", support::SEND, "x-api-key: k1\r\n", support::SMS);
    assert_eq!(connection.answer().code().1, "INSUFFICIENT_CREDIT");
    let state = control(&url, r#"{"op":"state"}"#).json();
    assert_eq!(state["balance"], "0.00");

    // The port is taken now.
    let output = run(&["--listen", url.strip_prefix("http://").unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty() && !output.stderr.is_empty());
}

#[cfg(unix)]
#[test]
fn signals_end_it_cleanly_also_in_the_middle_of_a_stall() {
    use std::io::Read;
    use std::time::{Duration, Instant};

    for signal in ["-TERM", "-INT"] {
        let (mut running, mut out, url) = start(&["--listen", "localhost:0"]);
        control(&url, r#"{"op":"push_fault","fault":{"kind":"stall"}}"#);
        let mut connection = Connection::to(&url);
        connection.send(support::SMS);
        let process = running.0.id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
        let begin = Instant::now();
        let status = loop {
            match running.0.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(begin.elapsed() < support::PATIENCE, "{signal}: it goes on"),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert_eq!(status.code(), Some(0), "{signal}");
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

#[test]
fn wrong_arguments_are_explained() {
    for (arguments, named) in [
        (&["--listen", "0.0.0.0:8787"][..], "loopback"),
        (&["--listen", "[::]:8787"][..], "loopback"),
        (&["--listen", "here"][..], "--listen"),
        (&["--listen"][..], "--listen"),
        (&["--balance", "1e9"][..], "--balance"),
        (&["--api-key", "", "--listen=127.0.0.1:0"][..], "api_key"),
        (&["--verbose"][..], "--verbose"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(named), "{arguments:?}: {text}");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for option in ["--listen", "--api-key", "--balance", "--version"] {
        assert!(text.contains(option));
    }
    let version = run(&["--version"]);
    assert!(version.status.success());
    assert_eq!(
        String::from_utf8(version.stdout).unwrap(),
        format!("partner-messaging-sandbox {}\n", env!("CARGO_PKG_VERSION"))
    );
}
