//! The programs of the documentation, run against the sandbox.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::Path;
use std::process::Command;

use partner_messaging_sandbox::Sandbox;

/// What one of the examples prints, which cargo builds beside the tests.
fn run(name: &str, sandbox: &Sandbox, folder: &Path, arguments: &[&str]) -> String {
    let built = std::env::current_exe().unwrap();
    let program = built.parent().unwrap().with_file_name("examples").join(name);
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("PARTNER_MESSAGING_API_KEY", sandbox.api_key())
        .env("PARTNER_MESSAGING_BASE_URL", sandbox.url())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_code_goes_out_once() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let send = || run("keyed", &sandbox, folder.path(), &["codes.db", "+6591234567"]);
    let (first, second) = (send(), send());
    assert!(first.contains(" is sent\n1 sent under"), "{first}");
    assert!(second.contains(" was sent before\n1 sent under"), "{second}");
    assert_eq!(first.split(' ').next(), second.split(' ').next());
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn a_campaign_goes_on_where_it_was() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let file = folder.path().join("customers.csv");
    let send = || run("campaign", &sandbox, folder.path(), &["customers.csv"]);
    std::fs::write(&file, "7,+6591234567\n8,+6591234568\n").unwrap();
    assert_eq!(send(), "2 taken: 2 sent, 0 sent before\n");
    std::fs::write(&file, "7,+6591234567\n8,+6591234568\n9,+6591234569\n").unwrap();
    assert_eq!(send(), "3 taken: 1 sent, 2 sent before\n");
    assert_eq!(sandbox.requests().len(), 3);
}
