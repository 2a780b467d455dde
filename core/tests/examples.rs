//! The programs of the documentation, run against the sandbox.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::process::{Command, Output};

use partner_messaging_sandbox::{FaultKind, Sandbox};
use serde_json::json;

/// Runs one of the examples, which cargo builds beside the tests.
fn run(name: &str, sandbox: &Sandbox, arguments: &[&str]) -> Output {
    let built = std::env::current_exe().unwrap();
    let program = built.parent().unwrap().with_file_name("examples").join(name);
    Command::new(program)
        .args(arguments)
        .env("PARTNER_MESSAGING_API_KEY", sandbox.api_key())
        .env("PARTNER_MESSAGING_BASE_URL", sandbox.url())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_first_program_says_what_became_of_its_message() {
    let sandbox = Sandbox::start().unwrap();
    let sent = run("first", &sandbox, &["+6591234567"]);
    assert_eq!(sent.status.code(), Some(0));
    assert!(text(&sent.stdout).contains("sent as msg_") && text(&sent.stdout).contains("cost 0.05 SGD"));
    sandbox.push_fault(FaultKind::CloseAfterRead.into());
    let unknown = run("first", &sandbox, &["+6591234567"]);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(text(&unknown.stderr).contains("perhaps sent"));
    sandbox.set_state(&json!({"balance": "0"})).unwrap();
    let refused = run("first", &sandbox, &["+6591234567"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("INSUFFICIENT_CREDIT"));
    assert_eq!(run("first", &sandbox, &[]).status.code(), Some(2));
}

#[test]
fn the_demos_send_every_documented_kind() {
    for name in ["demo", "demo_blocking"] {
        let sandbox = Sandbox::start().unwrap();
        let output = run(name, &sandbox, &[]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let lines = text(&output.stdout);
        let kinds: Vec<&str> =
            lines.lines().filter_map(|line| line.split_once("\tsent\t")).map(|row| row.0).collect();
        assert_eq!(kinds, ["whatsapp", "sms-template", "sms-text", "email"]);
    }
}

#[test]
fn the_tour_finds_what_it_should() {
    let sandbox = Sandbox::start().unwrap();
    let state = json!({"channels": {"WHATSAPP": "not_configured"}, "delivery": {"after_ms": 200}});
    sandbox.set_state(&state).unwrap();
    let output = run("tour", &sandbox, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let row = "5 sent\tDELIVERED\t5 on 3 pages\t0.30 SGD\t0.30 SGD\tWHATSAPP rejected, SMS sent\n";
    assert_eq!(text(&output.stdout), row);
}
