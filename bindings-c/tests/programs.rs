//! C and C++ programs that are told something, or asked something, from outside;
//! those that tell their own result are in CMakeLists.txt.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::process::Command;

use common::Link::Shared;
use common::{command, compile, package, scratch, succeed};
use partner_messaging::ErrorClass;
use partner_messaging_sandbox::Sandbox;

#[test]
fn every_class_of_error_is_a_class_of_exception() {
    let classes = ErrorClass::ALL.map(|class| {
        format!("{}={}", class.name(), class.parent().map(ErrorClass::name).unwrap_or_default())
    });
    succeed(command(&compile("tests/programs/classes.cpp", Shared)).args(classes));
}

fn with_environment(sandbox: &Sandbox, program: &str) -> Command {
    let mut command = command(&compile(program, Shared));
    command.env("PARTNER_MESSAGING_API_KEY", sandbox.api_key());
    command.env("PARTNER_MESSAGING_BASE_URL", sandbox.url());
    command
}

#[test]
fn the_first_programs() {
    for program in ["examples/first.c", "examples/first.cpp"] {
        let sandbox = Sandbox::start().unwrap();
        let output = succeed(with_environment(&sandbox, program).arg("+6591234567"));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("sent as msg_") && text.ends_with(" for 0.05 SGD\n"), "{text}");

        sandbox.set_state(&serde_json::json!({"balance": "0.00"})).unwrap();
        let output = with_environment(&sandbox, program).arg("+6591234567").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.starts_with("rejected: ") && text.contains("top up"), "{text}");
    }
}

#[test]
fn the_demos() {
    for program in ["examples/demo.c", "examples/demo.cpp"] {
        let sandbox = Sandbox::start().unwrap();
        let output = succeed(&mut with_environment(&sandbox, program));
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        let wanted = [
            ("whatsapp", "0.12 SGD"),
            ("sms-template", "0.05 SGD"),
            ("sms-text", "0.05 SGD"),
            ("email", "0.01 SGD"),
        ];
        assert_eq!(lines.len(), wanted.len(), "{text}");
        for (line, (form, cost)) in lines.iter().zip(wanted) {
            let [name, outcome, id, price, attempts] = line[..] else { panic!("{text}") };
            assert_eq!((name, outcome, price, attempts), (form, "sent", cost, "1"), "{text}");
            assert!(id.starts_with("msg_"), "{text}");
        }
        let requests = sandbox.requests();
        let first = requests[0].json.as_ref().unwrap();
        assert_eq!(first["request"]["from"], "+6581234567");
        assert_eq!(requests[1].json.as_ref().unwrap()["request"]["senderId"], "Pathomics");

        sandbox.set_state(&serde_json::json!({"organization": "inactive"})).unwrap();
        let output = with_environment(&sandbox, program).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("whatsapp\trejected\tOrgInactiveError\t-\t1\n"), "{text}");
    }
}

#[test]
fn the_tours() {
    for program in ["examples/tour.c", "examples/tour.cpp"] {
        let sandbox = Sandbox::start().unwrap();
        let state =
            serde_json::json!({"channels": {"WHATSAPP": "not_configured"}, "delivery": {"after_ms": 200}});
        sandbox.set_state(&state).unwrap();
        let output = succeed(&mut with_environment(&sandbox, program));
        let row = "5 sent\tDELIVERED\t5 on 3 pages\t0.30 SGD\t0.30 SGD\tWHATSAPP rejected, SMS sent\n";
        assert_eq!(String::from_utf8(output.stdout).unwrap(), row);
    }
}

#[test]
fn the_event_loop_holds_thousands_in_flight() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_state(&serde_json::json!({"balance": "1000000.00"})).unwrap();
    let output = succeed(with_environment(&sandbox, "examples/epoll.c").arg("4000"));
    let text = String::from_utf8(output.stdout).unwrap();
    let wanted = "4000 sent, 0 rejected, 0 not sent, 0 unknown; 4000 in flight at most";
    assert!(text.starts_with(wanted), "{text}");
    assert_eq!(sandbox.requests().len(), 4000);
}

#[test]
fn the_programs_of_the_readme() {
    let readme = fs::read_to_string(package().join("README.md")).unwrap();
    let mut count = 0;
    for block in readme.split("\n```").skip(1) {
        let Some((language, program)) = block.split_once('\n') else { continue };
        if language != "c" && language != "cpp" {
            continue;
        }
        count += 1;
        let source = scratch("readme").join("program").with_extension(language);
        fs::write(&source, program).unwrap();
        let sandbox = Sandbox::start().unwrap();
        // `join` takes an absolute path as it is.
        succeed(with_environment(&sandbox, source.to_str().unwrap()).arg("+6591234567"));
        assert!(!sandbox.requests().is_empty(), "{program}");
    }
    assert_eq!(count, 6);
}

#[test]
fn every_example_is_tested() {
    let mut examples: Vec<_> = fs::read_dir(package().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    examples.sort();
    examples.retain(|name| name.ends_with(".c") || name.ends_with(".cpp"));
    assert_eq!(examples, ["demo.c", "demo.cpp", "epoll.c", "first.c", "first.cpp", "tour.c", "tour.cpp"]);
}
