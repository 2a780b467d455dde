//! A process that is frozen in mid-call and thawed when its deadline has passed: an
//! answer that lies in the socket still counts.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use partner_messaging_wire::{End, Ledger, Server, answer, sent_body};
use support::{probe_command, signal, with_deadline};

/// The outcome of a process that is frozen once its request has left, until its deadline is
/// long over. With an answer the service gives it meanwhile.
fn outcome_when_frozen(answer: Option<&'static [u8]>, environment: &[(&str, &str)]) -> String {
    with_deadline(Duration::from_millis(800), |deadline| freeze(answer, environment, deadline))
}

/// `None` when the deadline passed before the request left.
fn freeze(answer: Option<&'static [u8]>, environment: &[(&str, &str)], deadline: Duration) -> Option<String> {
    let (process, id) = channel();
    let (frozen, is_frozen) = channel();
    let id = Mutex::new(id);
    let server = Server::start_raw(None, move |mut stream, _, ledger| {
        let mut request = Vec::new();
        while Ledger::call_in(&request).is_none() {
            let mut some = [0; 4096];
            let Ok(count @ 1..) = stream.read(&mut some) else { return };
            request.extend_from_slice(&some[..count]);
        }
        ledger.accepted(&request);
        signal(id.lock().unwrap().recv().unwrap(), "STOP");
        let _ = answer.map(|bytes| stream.write_all(bytes));
        let _ = frozen.send(());
        stream.end(End::Stall);
    })
    .unwrap();
    let mut child = probe_command(environment)
        .env("PARTNER_MESSAGING_BASE_URL", server.url())
        .env("PROBE_TIMEOUT_MS", deadline.as_millis().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    process.send(child.id()).unwrap();
    // Or it ends before its request has left.
    let was_frozen = loop {
        match is_frozen.recv_timeout(Duration::from_millis(5)) {
            Ok(()) => break true,
            Err(_) if child.try_wait().unwrap().is_some() => break false,
            Err(_) => {}
        }
    };
    if was_frozen {
        std::thread::sleep(deadline + Duration::from_millis(200));
        signal(child.id(), "CONT");
    }
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert_eq!(server.ledger().times_accepted(1), u32::from(!told.starts_with("not_sent")), "{told}");
    was_frozen.then_some(told)
}

const FACES: [&[(&str, &str)]; 2] = [&[], &[("PROBE_BACKGROUND", "1")]];

#[test]
fn an_answer_that_came_while_it_was_frozen_counts() {
    let whole: &'static [u8] = Box::leak(answer(200, &[], sent_body()).into_boxed_slice());
    for face in FACES {
        assert_eq!(outcome_when_frozen(Some(whole), face), "sent", "{face:?}");
    }
}

#[test]
fn without_an_answer_the_outcome_is_unknown() {
    for face in FACES {
        assert_eq!(outcome_when_frozen(None, face), "unknown/timeout/", "{face:?}");
    }
}
