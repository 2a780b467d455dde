//! The inbox is shown when a sandbox starts: printed, or opened in a browser.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const VARIABLE: &str = "PARTNER_MESSAGING_INBOX";

/// A program in the place of a browser, which notes what it was started with.
struct Browser(PathBuf);

impl Browser {
    fn new(name: &str) -> Browser {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("browser {name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let browser = Browser(folder);
        // Whole at once: it is looked at while it is written.
        fs::write(
            browser.program(),
            "#!/bin/sh\ncd \"$(dirname \"$0\")\" && printf '%s\\n' \"$@\" > writing && mv writing asked\n",
        )
        .unwrap();
        fs::set_permissions(browser.program(), fs::Permissions::from_mode(0o755)).unwrap();
        browser
    }

    fn program(&self) -> PathBuf {
        self.0.join("browser")
    }

    /// What it was asked to show, once it was started.
    fn asked(&self) -> String {
        for _ in 0..6000 {
            if let Ok(asked) = fs::read_to_string(self.0.join("asked")) {
                return asked;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the browser was not started");
    }
}

/// Kills what a failed test leaves.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program with no environment but this, and tells its URL.
fn start(arguments: &[&str], environment: &[(&str, &str)]) -> (Running, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partner-messaging-sandbox"));
    command.args(["--listen", "127.0.0.1:0"]).args(arguments).stdin(Stdio::null());
    command.env_clear().envs(environment.iter().copied());
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.strip_prefix("listening on ").expect(&line).trim_end().to_owned();
    (child, url)
}

/// Ends it, and gives what it wrote on standard error.
fn end(mut running: Running) -> String {
    running.0.kill().unwrap();
    let mut complaints = String::new();
    running.0.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
    complaints
}

#[test]
fn it_is_printed_on_wish() {
    for (arguments, environment) in [
        (&["--inbox", "print"][..], &[][..]),
        (&[][..], &[(VARIABLE, "print")][..]),
        (&["--inbox=print"][..], &[(VARIABLE, "open")][..]),
    ] {
        let (running, url) = start(arguments, environment);
        assert_eq!(end(running), format!("partner-messaging sandbox: inbox at {url}/\n"));
    }
    for (arguments, environment) in [
        (&[][..], &[][..]),
        (&[][..], &[(VARIABLE, "")][..]),
        (&[][..], &[(VARIABLE, "off")][..]),
        (&["--inbox", "off"][..], &[(VARIABLE, "print")][..]),
    ] {
        let (running, _) = start(arguments, environment);
        assert_eq!(end(running), "", "{arguments:?} {environment:?}");
    }
}

#[test]
fn it_is_opened_on_wish() {
    for (name, arguments, variables) in
        [("argument", &["--inbox", "open"][..], &[][..]), ("variable", &[][..], &[(VARIABLE, "open")][..])]
    {
        let browser = Browser::new(name);
        // A colon stands between two browsers, and a blank between a program and its arguments.
        let alias = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
        let _ = fs::remove_file(&alias);
        std::os::unix::fs::symlink(&browser.0, &alias).unwrap();
        let program = alias.join("browser");
        let command = format!("/nonexistent/browser:{} --new-window %s", program.to_str().unwrap());
        let environment = [variables, &[("BROWSER", command.as_str()), ("PATH", "/usr/bin:/bin")]].concat();
        let (running, url) = start(arguments, &environment);
        assert_eq!(browser.asked(), format!("--new-window\n{url}/\n"));
        assert_eq!(end(running), "");
    }
}

#[test]
fn without_a_browser_it_is_printed() {
    let (running, url) = start(&["--inbox", "open"], &[("BROWSER", "/nonexistent/browser")]);
    let printed = end(running);
    let begin = format!("partner-messaging sandbox: inbox at {url}/ (no browser could be started: ");
    assert!(printed.starts_with(&begin), "{printed}");
    assert_eq!(printed.lines().count(), 1, "{printed}");
}

#[test]
fn a_wrong_wish_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_partner-messaging-sandbox"))
        .args(["--listen", "127.0.0.1:0"])
        .env(VARIABLE, "draw")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("PARTNER_MESSAGING_INBOX: must be print, open or off"), "{complaint}");
}
