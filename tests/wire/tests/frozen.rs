//! A process that is frozen in mid-call and thawed when its deadline has passed: an
//! answer that lies in the socket still counts.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use partner_messaging_wire::{End, Plan, ReadUntil, Server};
use support::{probe_command, signal};

const TIMEOUT: Duration = Duration::from_millis(800);

/// The outcome of a process that is frozen once its request has left, while the
/// service plays `plan`, until its deadline is long over.
fn outcome_when_frozen(plan: Plan, environment: &[(&str, &str)]) -> String {
    let process = Arc::new(OnceLock::new());
    let server = {
        let process = Arc::clone(&process);
        Server::start(move |_| {
            // The request came; its body has left with its head, or does now.
            std::thread::sleep(Duration::from_millis(100));
            signal(*process.wait(), "STOP");
            plan.clone()
        })
        .unwrap()
    };
    let timeout = TIMEOUT.as_millis().to_string();
    let child = probe_command(environment)
        .env("PARTNER_MESSAGING_BASE_URL", server.url())
        .env("PROBE_TIMEOUT_MS", timeout)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    process.set(id).unwrap();
    std::thread::sleep(TIMEOUT * 3);
    signal(id, "CONT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(server.ledger().times_accepted(1), 1);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const FACES: [&[(&str, &str)]; 2] = [&[], &[("PROBE_BACKGROUND", "1")]];

#[test]
fn an_answer_that_came_while_it_was_frozen_counts() {
    for face in FACES {
        assert_eq!(outcome_when_frozen(Plan::sent(), face), "sent", "{face:?}");
    }
}

#[test]
fn without_an_answer_the_outcome_is_unknown() {
    let silent = Plan {
        read: ReadUntil::Whole,
        accept: true,
        delay: Duration::ZERO,
        write: Vec::new(),
        end: End::Stall,
    };
    for face in FACES {
        assert_eq!(outcome_when_frozen(silent.clone(), face), "unknown/timeout/", "{face:?}");
    }
}
