//! C and C++ programs that test the library from their side of the border.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::process::Command;

use common::Link::{Shared, Static};
use common::{command, compile, package, scratch, succeed};
use partner_messaging::ErrorClass;
use partner_messaging_sandbox::Sandbox;

#[test]
fn conventions() {
    succeed(&mut command(&compile("tests/programs/conventions.c", Shared)));
}

#[test]
fn conventions_in_a_static_program() {
    succeed(&mut command(&compile("tests/programs/conventions.c", Static)));
}

#[test]
fn many_threads_with_one_client() {
    succeed(&mut command(&compile("tests/programs/threads.c", Shared)));
}

#[test]
fn every_submitted_send_completes_once() {
    succeed(&mut command(&compile("tests/programs/queue.c", Shared)));
}

#[test]
fn a_client_works_in_a_forked_child() {
    succeed(&mut command(&compile("tests/programs/fork.c", Shared)));
}

#[test]
fn sigpipe_is_never_raised() {
    succeed(&mut command(&compile("tests/programs/sigpipe.c", Shared)));
}

#[test]
fn cpp() {
    run_cpp(Shared);
}

#[test]
fn cpp_in_a_static_program() {
    run_cpp(Static);
}

fn run_cpp(link: common::Link) {
    let classes = ErrorClass::ALL.map(|class| {
        format!("{}={}", class.name(), class.parent().map(ErrorClass::name).unwrap_or_default())
    });
    succeed(command(&compile("tests/programs/cpp.cpp", link)).args(classes));
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
    assert_eq!(count, 3);
}

#[test]
fn every_example_is_tested() {
    let mut examples: Vec<_> = fs::read_dir(package().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    examples.sort();
    assert_eq!(examples, ["demo.c", "demo.cpp", "first.c", "first.cpp"]);
}
