//! C and C++ programs that are told something, or asked something, from outside;
//! those that tell their own result are in CMakeLists.txt.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::Link::Shared;
use common::{command, compile, package, scratch, succeed};
use partner_messaging::ErrorClass;
use partner_messaging_sandbox::Sandbox;
use partner_messaging_wire::{Authority, Plan, Server};

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

/// What the programs that send two messages with these options print.
fn connected(url: &str, options: &[(&str, &str)]) -> [String; 2] {
    ["tests/programs/connections.c", "tests/programs/connections.cpp"].map(|program| {
        let mut command = command(&compile(program, Shared));
        command.arg(url).args(options.iter().flat_map(|(name, value)| [*name, *value]));
        String::from_utf8(succeed(&mut command).stdout).unwrap()
    })
}

#[test]
fn a_server_that_wants_a_certificate_gets_it() {
    let authority = Authority::new().unwrap();
    let (certificate, key) = authority.client().unwrap();
    let (foreign, foreign_key) = Authority::new().unwrap().client().unwrap();
    let roots = authority.file().unwrap();
    let [roots, certificate, key, foreign, foreign_key] =
        [&roots, &certificate, &key, &foreign, &foreign_key].map(|path| path.to_str().unwrap());
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let tls = authority.mutual_server(&["http/1.1"], versions).unwrap();
        let server = Server::start_tls(tls, |_| Plan::sent()).unwrap();
        let told = |options: &[(&str, &str)]| {
            connected(&server.tls_url(), &[&[("ca_file", roots)], options].concat())
        };
        let refused = "not_sent tls\nnot_sent tls\n";
        assert_eq!(told(&[]), [refused; 2]);
        assert_eq!(told(&[("client_cert_file", foreign), ("client_key_file", foreign_key)]), [refused; 2]);
        assert_eq!(server.requests(), 0);
        assert_eq!(told(&[("client_cert_file", certificate)]), ["config client_key_file\n"; 2]);
        let sent = told(&[("client_cert_file", certificate), ("client_key_file", key)]);
        assert_eq!(sent, ["sent\nsent\n"; 2]);
        assert_eq!(server.requests(), 4);
    }
}

#[test]
fn connections_are_used_again_unless_they_must_not_be() {
    for (keep_alive, connections) in [("true", [1, 1, 2, 2]), ("false", [1, 2, 3, 4])] {
        let sandbox = Sandbox::start().unwrap();
        assert_eq!(connected(sandbox.url(), &[("keep_alive", keep_alive)]), ["sent\nsent\n"; 2]);
        let used: Vec<_> = sandbox.requests().iter().map(|request| request.connection).collect();
        assert_eq!(used, connections);
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
fn a_files_lines_are_sent_until_all_would_meet_the_same() {
    for example in ["many.c", "many.cpp"] {
        let sandbox = Sandbox::start().unwrap();
        let folder = scratch(example);
        let lines = folder.join("recipients.txt");
        let numbers: Vec<_> = (0..20).map(|n| format!("+65912345{n:02}")).collect();
        fs::write(&lines, format!("{}\nnobody\n", numbers.join("\n"))).unwrap();
        let send = |lines: &Path| {
            let mut command = with_environment(&sandbox, &format!("examples/{example}"));
            let output = command.arg(lines).arg("We are closed tomorrow.").output().unwrap();
            let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
            (output.status.code(), out, err)
        };
        let (status, sums, errors) = send(&lines);
        assert_eq!(
            (status, sums.as_str()),
            (Some(1), "21 taken: 20 sent, 0 rejected, 1 not sent, 0 unknown\n"),
            "{example}: {errors}"
        );
        assert!(errors.starts_with("line 21: to: "), "{example}: {errors}");
        assert_eq!(sandbox.requests().len(), 20);
        if example == "many.cpp" {
            assert_eq!(send(&lines), (status, sums, errors), "what was sent is so still");
            assert_eq!(sandbox.requests().len(), 20, "and not again");
        }
        sandbox.set_state(&serde_json::json!({"balance": "0.00"})).unwrap();
        // Under another name: another journal.
        let others = folder.join("others.txt");
        fs::copy(&lines, &others).unwrap();
        let (status, sums, _) = send(&others);
        assert_eq!(status, Some(4), "{example}");
        assert!(sums.ends_with("; stopped\n"), "{example}: {sums}");
    }
}

/// In the place of a browser: notes the signals that it got blocked, and what it is to show. The
/// shell reads its mask itself: while it waits for a program it blocks all signals for a moment.
const BROWSER: &str = r#"#!/bin/sh
cd "${0%/*}" || exit
while read -r name value; do
    case $name in SigBlk:) blocked=$value ;; esac
done < /proc/$$/status
printf '%s\n' "$blocked" "$1" > writing && mv writing asked
"#;

#[test]
fn a_sandbox_shows_its_inbox_on_wish() {
    let program = compile("tests/programs/inbox.c", Shared);
    let folder = scratch("browser");
    let (browser, asked) = (folder.join("browser"), folder.join("asked"));
    fs::write(&browser, BROWSER).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let shown = |config: Option<&str>, variable: &str, opens: bool| {
        let mut command = command(&program);
        command.args(config).env("PARTNER_MESSAGING_INBOX", variable).env("BROWSER", &browser);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        for _ in 0..if opens { 6000 } else { 0 } {
            if asked.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(running.stdin.take());
        let output = running.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let seen = fs::read_to_string(&asked).unwrap_or_default();
        let _ = fs::remove_file(&asked);
        (text(output.stdout).trim().to_owned(), seen, text(output.stderr))
    };
    for (config, variable) in [(Some(r#"{"inbox": "open"}"#), ""), (None, "open")] {
        let (url, seen, complaint) = shown(config, variable, true);
        assert_eq!((seen, complaint.as_str()), (format!("0000000000000000\n{url}/\n"), ""));
    }
    for (config, variable) in [(Some(r#"{"inbox": "print"}"#), "open"), (None, "print")] {
        let (url, seen, printed) = shown(config, variable, false);
        assert_eq!((seen.as_str(), printed), ("", format!("partner-messaging sandbox: inbox at {url}/\n")));
    }
    assert_eq!(shown(Some(r#"{"inbox": "off"}"#), "open", false).2, "");
    for (config, variable, field) in
        [(Some(r#"{"inbox": "draw"}"#), "", "inbox: "), (None, "draw", "PARTNER_MESSAGING_INBOX: ")]
    {
        let (_, _, complaint) = shown(config, variable, false);
        assert!(complaint.starts_with(field), "{complaint}");
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
        let folder = scratch("readme");
        let source = folder.join("program").with_extension(language);
        fs::write(&source, program).unwrap();
        let sandbox = Sandbox::start().unwrap();
        // `join` takes an absolute path as it is.
        let mut command = with_environment(&sandbox, source.to_str().unwrap());
        succeed(command.arg("+6591234567").current_dir(folder));
        assert!(!sandbox.requests().is_empty(), "{program}");
    }
    assert_eq!(count, 9);
}

#[test]
fn every_example_is_tested() {
    let mut examples: Vec<_> = fs::read_dir(package().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    examples.sort();
    examples.retain(|name| name.ends_with(".c") || name.ends_with(".cpp"));
    // Those with loops of other projects are built and run by `cargo xtask test c`.
    let wanted = [
        "asio.cpp",
        "demo.c",
        "demo.cpp",
        "epoll.c",
        "first.c",
        "first.cpp",
        "libuv.cpp",
        "many.c",
        "many.cpp",
        "tour.c",
        "tour.cpp",
    ];
    assert_eq!(examples, wanted);
}
