//! Requests and answers cut at every byte, in every way a connection can end,
//! on a fresh and on a reused connection.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use partner_messaging::{CallOptions, Outcome};
use partner_messaging_wire::{End, Plan, Server, answer, chunked, sent_body};
use support::{Face, PATIENCE, assert_consistent, builder, outcome_of, with_deadline};

const ENDS: [End; 3] = [End::Fin, End::Reset, End::Stall];

#[derive(Clone, Debug)]
struct Cut {
    plan: Plan,
    end: End,
    reused: bool,
    /// What the caller may be told.
    may: Vec<&'static str>,
}

/// How the connection's end is told, once the request has left.
fn unknown(end: End) -> Vec<&'static str> {
    match end {
        End::Fin => vec!["unknown/closed"],
        // What of a reset is seen depends on what arrived before it.
        End::Reset => vec!["unknown/reset", "unknown/closed"],
        End::Stall | End::KeepOpen => vec!["unknown/timeout"],
    }
}

/// The length of the request that message 1 makes, head and body: the shortest
/// cut at which it arrives whole.
fn request_length() -> usize {
    let arrives_whole = |bytes| {
        let server = Server::start(move |_| Plan::cut_request(bytes, End::Fin)).unwrap();
        let client = Face::blocking(builder(&server.url()));
        assert!(client.send(1).is_err());
        server.requests() == 1
    };
    let (mut cut, mut whole) = (1, 4096);
    assert!(arrives_whole(whole));
    while whole - cut > 1 {
        let middle = usize::midpoint(cut, whole);
        if arrives_whole(middle) { whole = middle } else { cut = middle }
    }
    whole
}

fn cuts() -> Vec<Cut> {
    let mut cuts = Vec::new();
    let request_length = request_length();
    for reused in [false, true] {
        for end in ENDS {
            // At byte 0 the end may be seen before anything was written, and then
            // another attempt would be made: that is the business of `stale.rs`.
            for at in 1..request_length {
                // Not one byte leaves before the body was handed out.
                cuts.push(Cut { plan: Plan::cut_request(at, end), end, reused, may: unknown(end) });
            }
            let with_length = answer(200, &[], sent_body());
            let in_chunks = chunked(200, sent_body());
            for whole in [&with_length, &in_chunks] {
                for at in 0..whole.len() {
                    cuts.push(Cut {
                        plan: Plan::cut_answer(&whole[..at], end),
                        end,
                        reused,
                        may: unknown(end),
                    });
                }
            }
            // Without a length the end of the connection is the end of the answer.
            let mut until_close = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
            until_close.extend_from_slice(sent_body());
            for at in 0..until_close.len() {
                let mut may = unknown(end);
                if end == End::Fin {
                    may.push("unknown/malformed");
                }
                cuts.push(Cut { plan: Plan::cut_answer(&until_close[..at], end), end, reused, may });
            }
            cuts.push(Cut {
                plan: Plan::cut_answer(&until_close, end),
                end,
                reused,
                may: if end == End::Fin { vec!["sent"] } else { unknown(end) },
            });
        }
    }
    cuts
}

/// Runs one cut; `None` when all is as it must be.
fn run(cut: &Cut) -> Option<String> {
    match cut.end {
        // Short enough for thousands of them.
        End::Stall => with_deadline(Duration::from_millis(400), |deadline| run_once(cut, deadline)),
        _ => run_once(cut, PATIENCE).unwrap(),
    }
}

/// The same with this deadline; the outer `None` when it passed before the request left.
fn run_once(cut: &Cut, deadline: Duration) -> Option<Option<String>> {
    let (plan, reused) = (cut.plan.clone(), cut.reused);
    let server =
        Server::start(move |turn| if reused && turn.request == 0 { Plan::sent() } else { plan.clone() })
            .unwrap();
    let client = Face::blocking(builder(&server.url()));
    if reused {
        let warm = client.send(0);
        server.ledger().told(0, &warm);
        if outcome_of(&warm) != "sent" {
            return Some(Some(format!("{cut:?}: the first call was {warm:?}")));
        }
    }
    let result = client.send_opts(1, &CallOptions::new().timeout(deadline));
    server.ledger().told(1, &result);
    if let Some(contradiction) = server.ledger().contradictions().pop() {
        return Some(Some(format!("{cut:?}: {contradiction}")));
    }
    let told = outcome_of(&result);
    if told == "not_sent/timeout" && cut.end == End::Stall {
        return None;
    }
    if !cut.may.contains(&told.as_str()) {
        return Some(Some(format!("{cut:?} was told {result:?}")));
    }
    let connections = server.connections();
    Some((connections != 1).then(|| format!("{cut:?} took {connections} connections")))
}

#[test]
fn at_every_byte() {
    let cuts = cuts();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    // Most of the time is spent waiting for stalls to time out.
    std::thread::scope(|scope| {
        for _ in 0..48 {
            scope.spawn(|| {
                while let Some(cut) = cuts.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Some(problem) = run(cut) {
                        wrong.lock().unwrap().push(problem);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!("{} cuts, {} wrong", cuts.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {}: {:#?}", wrong.len(), cuts.len(), &wrong[..wrong.len().min(5)]);
    assert!(cuts.len() > 4_000, "only {} cuts", cuts.len());
}

/// The whole answer is read before the connection's end is: nothing is lost.
#[test]
fn an_answer_that_arrived_whole_counts_whatever_comes_after() {
    for end in [End::Fin, End::Stall] {
        let server = Server::start(move |_| Plan::sent().then(end)).unwrap();
        for (face, client) in Face::both(&builder(&server.url())) {
            let call = u64::from(face == "async");
            let result = client.send(call);
            server.ledger().told(call, &result);
            assert_eq!(outcome_of(&result), "sent", "{face} {end:?}");
        }
        assert_consistent(&server);
        assert_eq!(server.ledger().count(Outcome::Sent), 2);
    }
}
