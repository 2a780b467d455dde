//! A machine that has nothing more to give: threads, descriptors.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::process::Command;

use partner_messaging_wire::{Plan, Server};

/// What the probe prints as its outcome, and what it says of the error.
fn told(mut command: Command) -> (String, String) {
    let output = command.env("PARTNER_MESSAGING_API_KEY", "wire-key").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim().to_owned();
    let (outcome, error) = (text(output.stdout), text(output.stderr));
    assert!(!error.contains("panicked"), "{error}");
    (outcome, error)
}

/// No thread can be had: none has a stack of that size.
fn without_threads(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    command.env("PARTNER_MESSAGING_BASE_URL", url).env("RUST_MIN_STACK", (1_u64 << 50).to_string());
    command
}

#[test]
fn without_a_thread_to_look_a_name_up() {
    let (outcome, error) = told(without_threads("https://messaging.test"));
    assert_eq!(outcome, "not_sent/dns/", "{error}");
    assert!(error.starts_with("TransportError: "), "{error}");
    // An address needs none.
    let server = Server::start(|_| Plan::sent()).unwrap();
    assert_eq!(told(without_threads(&server.url())).0, "sent");
}

#[test]
fn without_a_thread_in_the_background() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    let mut command = without_threads(&server.url());
    command.env("PROBE_BACKGROUND", "1");
    let (outcome, error) = told(command);
    assert_eq!(outcome, "not_sent/internal/", "{error}");
    assert!(error.starts_with("TransportError: "), "{error}");
    assert_eq!(server.connections(), 0);
}

/// With every number of descriptors from none to enough: nothing is sent, and it is told so.
#[test]
fn without_descriptors() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    let mut outcomes = Vec::new();
    for descriptors in 3..16 {
        let mut command = Command::new("/bin/sh");
        let script = format!("ulimit -n {descriptors}; exec \"$0\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_probe")]);
        command.env("PARTNER_MESSAGING_BASE_URL", server.url());
        let (outcome, error) = told(command);
        // So few that the program itself can't be loaded.
        if error.contains("error while loading shared libraries") {
            continue;
        }
        assert!(
            outcome == "sent" || error.starts_with("TransportError: "),
            "{descriptors}: {outcome} {error}"
        );
        outcomes.push(outcome);
    }
    assert_eq!(outcomes.last().unwrap(), "sent");
    outcomes.dedup();
    assert!(outcomes.iter().any(|outcome| outcome == "not_sent/connect/"), "{outcomes:?}");
    assert!(outcomes.iter().any(|outcome| outcome == "not_sent/internal/"), "{outcomes:?}");
    assert_eq!(server.requests(), server.ledger().times_accepted(1) as usize);
}
