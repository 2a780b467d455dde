//! How the program behaves in a terminal, a pipe and a process list.

use std::io::{BufRead, BufReader, Read};
use std::process::Command;
use std::time::{Duration, Instant};

use partner_messaging_sandbox::Fault;

use crate::bulk_run::wait_until;
use crate::support::{Ended, Place, path_of_program};

#[test]
fn help_and_version_go_to_standard_output() {
    let place = Place::new();
    let help = place.run(&["--help"]).with(0);
    assert!(help.out.contains("PARTNER_MESSAGING_API_KEY") && help.err.is_empty());
    assert!(place.run(&["send", "--help"]).with(0).out.contains("Examples:"));
    assert_eq!(
        place.run(&["--version"]).with(0).out,
        format!("partner-messaging {}\n", env!("CARGO_PKG_VERSION"))
    );
    let wrong = place.run(&["sned"]).with(2);
    assert!(wrong.out.is_empty() && !wrong.err.is_empty());
}

#[test]
fn there_is_no_colour_in_a_pipe() {
    let place = Place::new();
    let ended = place.run(&["send", "--channel", "SMS", "--to", "+6591234567", "--content", "x"]).with(0);
    assert!(!ended.shown().contains('\u{1b}'), "{ended:?}");
}

#[test]
fn a_reader_that_goes_ends_a_list_quietly() {
    let place = Place::new();
    for _ in 0..3 {
        place.run(&["send", "--channel", "SMS", "--to", "+6591234567", "--content", "x"]).with(0);
    }
    let mut child = place.program(&["list"]).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

#[test]
fn completions_are_written_for_three_shells() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&["completions", shell]).with(0).out;
        assert!(script.contains(" completions --words "), "{shell}");
    }
    let offered = place.run(&["completions", "--words", "send", "--api-k"]).with(0).out;
    assert!(offered.starts_with("--api-key-file\tFile with") && offered.lines().count() == 1, "{offered}");
    place.run(&["completions"]).with(2);
    let bash = place.run(&["completions", "bash"]).with(0).out;
    place.write("completions", bash);
    let asked = "source ./completions; complete=$(complete -p partner-messaging); complete=${complete#*-F }; \
                 partner-messaging() { \"$0\" \"$@\"; }; COMP_WORDS=(partner-messaging jou); COMP_CWORD=1; \
                 ${complete%% *} partner-messaging jou partner-messaging; echo ${COMPREPLY[@]}";
    let mut bash = Command::new("bash");
    bash.args(["-c", asked]).arg(path_of_program()).current_dir(place.folder.path());
    let output = bash.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "journal", "{output:?}");
}

#[test]
fn ctrl_c_ends_a_send_with_its_outcome() {
    let place = Place::new();
    place.sandbox.push_fault(Fault::from_json(r#"{"kind":"stall","ms":20000}"#).unwrap());
    let child = place
        .program(&["send", "--json", "--channel", "SMS", "--to", "+6591234567", "--content", "x"])
        .spawn()
        .unwrap();
    wait_until(|| !place.sandbox.requests().is_empty());
    let begun = Instant::now();
    signal(child.id(), "INT");
    let ended = Ended::of(child.wait_with_output().unwrap()).with(130);
    assert_eq!(ended.json()["outcome"], "unknown");
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_sandbox_tells_what_to_copy_and_ends_by_each_signal() {
    let place = Place::new();
    for name in ["INT", "TERM", "HUP"] {
        let mut child =
            place.program(&["sandbox", "--listen", "127.0.0.1:0", "--balance", "0.50"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.next().unwrap().strip_prefix("listening on ").unwrap().to_owned();
        let copied: Vec<_> =
            lines.filter_map(|it| it.strip_prefix("export ").map(str::to_owned)).take(2).collect();
        let mut balance = place.program(&["balance"]);
        for line in &copied {
            let (name, value) = line.split_once('=').unwrap();
            balance.env(name, value);
        }
        assert!(copied.iter().any(|line| line.ends_with(&url)));
        assert_eq!(Ended::of(balance.output().unwrap()).with(0).out, "0.50 SGD\n");
        signal(child.id(), name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
    }
}

/// Every package's host has to leave that as it was, or to have it again.
#[test]
fn nohup_has_it_ignore_a_closed_terminal() {
    let place = Place::new();
    for (starter, ignored) in [(&["nohup"][..], 1), (&[], 0)] {
        let sandbox = ["sandbox", "--listen", "127.0.0.1:0"];
        let mut child = place.program_by(starter, &sandbox).spawn().unwrap();
        let listening = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        assert!(listening.starts_with("listening on "), "{listening}");
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let signals = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
        // SIGHUP is the first of them.
        assert_eq!(u64::from_str_radix(signals, 16).unwrap() & 1, ignored, "{starter:?}: {status}");
        signal(child.id(), "TERM");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

pub(crate) fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().unwrap();
    assert!(sent.success());
}
