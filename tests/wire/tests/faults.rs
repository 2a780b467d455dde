//! Every fault with its exact outcome, kind and number of POSTs, as a table:
//! `cargo test -p partner-messaging-wire --test faults -- --nocapture`.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::time::Duration;

use partner_messaging::{CallOptions, Outcome};
use partner_messaging_wire::{Authority, End, Leaf, Plan, Server, Stream, answer, chunked, http2, sent_body};
use support::{Face, PATIENCE, assert_consistent, builder, outcome_of, wait_until, with_deadline};

/// What the server does once it has the whole request, and what the caller must be told.
struct Fault {
    name: &'static str,
    plan: Plan,
    told: &'static str,
    posts: u32,
}

fn faults() -> Vec<Fault> {
    let fault = |name, plan, told| Fault { name, plan, told, posts: 1 };
    let sent = || answer(200, &[], sent_body());
    let answered = |status: u16, body: &[u8]| Plan::answered(answer(status, &[], body), true);
    let refused = |status: u16, body: &[u8]| Plan::answered(answer(status, &[], body), false);
    let failure = br#"{"success":false,"error":"no","code":"ORG_INACTIVE"}"#;
    let located = |status| answer(status, &[("location", "/partner/message/send")], b"");
    vec![
        fault("answers as documented", Plan::sent(), "sent"),
        fault("answers in chunks", Plan::answered(chunked(200, sent_body()), true), "sent"),
        fault("answers, then closes", Plan::sent().then(End::Fin), "sent"),
        fault("closes after reading", Plan::cut_answer(b"", End::Fin), "unknown/closed"),
        fault("resets after reading", Plan::cut_answer(b"", End::Reset), "unknown/reset"),
        fault("never answers", Plan::cut_answer(b"", End::Stall), "unknown/timeout"),
        fault("closes in the head", Plan::cut_answer(&sent()[..20], End::Fin), "unknown/closed"),
        fault(
            "resets in the body",
            Plan::cut_answer(&sent()[..sent().len() - 5], End::Reset),
            "unknown/reset",
        ),
        fault(
            "stalls in the body",
            Plan::cut_answer(&sent()[..sent().len() - 5], End::Stall),
            "unknown/timeout",
        ),
        fault(
            "answers what is no HTTP",
            Plan::cut_answer(b"\x16\x03\x01\0\0\r\n\r\n", End::Fin),
            "unknown/malformed",
        ),
        fault("answers 200 and HTML", answered(200, b"<html>"), "unknown/malformed"),
        fault("answers 200 and nothing", answered(200, b""), "unknown/malformed"),
        fault(
            "answers 204",
            Plan::answered(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(), true),
            "unknown/malformed",
        ),
        fault("answers 500", answered(500, b"oops"), "unknown/server"),
        fault("answers 502 and HTML", answered(502, b"<html>"), "unknown/server"),
        fault("answers 503", answered(503, b""), "unknown/server"),
        fault("answers 408", answered(408, b""), "unknown/server"),
        fault("answers 409", answered(409, b""), "unknown/server"),
        fault("answers 425", answered(425, b""), "unknown/server"),
        fault("answers 500 and success", answered(500, sent_body()), "unknown/server"),
        fault("redirects (301)", Plan::answered(located(301), true), "unknown/redirect"),
        fault("redirects (302)", Plan::answered(located(302), true), "unknown/redirect"),
        fault("redirects (307)", Plan::answered(located(307), true), "unknown/redirect"),
        fault("redirects (308)", Plan::answered(located(308), true), "unknown/redirect"),
        fault("answers 400", refused(400, b"no"), "rejected/api").with_posts(0),
        fault("answers 401", refused(401, b"no"), "rejected/api").with_posts(0),
        fault("answers 404", refused(404, b"no"), "rejected/api").with_posts(0),
        fault("answers 429", refused(429, b"no"), "rejected/api").with_posts(0),
        fault("refuses with status 200", refused(200, failure), "rejected/api").with_posts(0),
        fault("refuses with status 500", refused(500, failure), "rejected/api").with_posts(0),
        fault("refuses with status 302", refused(302, failure), "rejected/api").with_posts(0),
    ]
}

impl Fault {
    fn with_posts(mut self, accepted: u32) -> Self {
        self.posts = accepted;
        self
    }
}

fn row(fault: &str, face: &str, told: &str, requests: usize, accepted: u32) {
    println!("{fault:<42} {face:<9} {told:<18} {requests} POST, {accepted} accepted");
}

/// Runs what is told so: only what ends at its deadline needs a short one.
fn with_deadline_for(told: &str, shortest: u64, run: impl FnMut(Duration) -> Option<()>) {
    let ends_by_it = told == "unknown/timeout";
    with_deadline(if ends_by_it { Duration::from_millis(shortest) } else { PATIENCE }, run);
}

#[test]
fn after_the_whole_request() {
    for fault in faults() {
        for face in ["blocking", "async"] {
            with_deadline_for(fault.told, 400, |deadline| meet(&fault, face, deadline));
        }
    }
}

/// `None` when the deadline passed before the request left.
fn meet(fault: &Fault, face: &str, deadline: Duration) -> Option<()> {
    let plan = fault.plan.clone();
    let server = Server::start(move |_| plan.clone()).unwrap();
    // Retries are on: none of these may use one, but 429.
    let client = builder(&server.url()).max_retries(3);
    let client = if face == "async" { Face::asynchronous(client) } else { Face::blocking(client) };
    let retries = u32::from(fault.name != "answers 429") * 3;
    let result = client.send_opts(1, &CallOptions::new().timeout(deadline).max_retries(retries));
    server.ledger().told(1, &result);
    assert_consistent(&server);
    let told = outcome_of(&result);
    if told == "not_sent/timeout" {
        return None;
    }
    row(fault.name, face, &told, server.requests(), server.ledger().times_accepted(1));
    assert_eq!(told, fault.told, "{}: {result:?}", fault.name);
    // What the server never answers may still be on its way to it.
    wait_until(|| server.requests() > 0);
    assert_eq!(server.requests(), 1, "{}", fault.name);
    assert_eq!(server.ledger().times_accepted(1), fault.posts, "{}", fault.name);
    assert_consistent(&server);
    Some(())
}

/// What an HTTP/2 server does with a request that it has read, or has not.
#[derive(Clone, Copy)]
enum Http2 {
    Answer,
    Refuse,
    RefuseOnce,
    Cancel,
    InternalError,
    GoAwayBelow,
    GoAwayBelowOnce,
    GoAwayAtOurs,
    GoAwayInAnger,
    CutAnswer,
    QuietInTheAnswer,
    RefuseInTheAnswer,
    Close,
    Stall,
}

fn play(behaviour: Http2, stream: Stream, connection: usize, ledger: &partner_messaging_wire::Ledger) {
    use http2::code;
    let Ok(mut http2) = http2::Connection::accept(stream) else { return };
    let mut seen = 0;
    while let Ok((stream, body)) = http2.read_request() {
        seen += 1;
        let first = connection == 0 && seen == 1;
        let processed = match behaviour {
            Http2::Refuse | Http2::GoAwayBelow => false,
            Http2::RefuseOnce | Http2::GoAwayBelowOnce => !first,
            _ => true,
        };
        if processed {
            ledger.accepted(&body);
        }
        let done = match behaviour {
            Http2::Refuse => http2.reset(stream, code::REFUSED_STREAM),
            Http2::RefuseOnce if first => http2.reset(stream, code::REFUSED_STREAM),
            Http2::GoAwayBelow => http2.go_away(0, code::NO_ERROR),
            Http2::GoAwayBelowOnce if first => http2.go_away(0, code::NO_ERROR),
            Http2::Answer | Http2::RefuseOnce | Http2::GoAwayBelowOnce => {
                http2.answer(stream, sent_body(), true)
            }
            Http2::Cancel => http2.reset(stream, code::CANCEL),
            Http2::InternalError => http2.reset(stream, code::INTERNAL_ERROR),
            Http2::GoAwayAtOurs => {
                let _ = http2.go_away(stream, code::NO_ERROR);
                return http2.into_stream().end(End::Fin);
            }
            Http2::GoAwayInAnger => {
                let _ = http2.go_away(0, code::ENHANCE_YOUR_CALM);
                return http2.into_stream().end(End::Fin);
            }
            Http2::CutAnswer => {
                let _ = http2.answer(stream, &sent_body()[..30], false);
                return http2.into_stream().end(End::Fin);
            }
            Http2::QuietInTheAnswer => http2
                .answer_cut(stream, &sent_body()[..30], 200)
                .and_then(|()| http2.reset(stream, code::NO_ERROR)),
            Http2::RefuseInTheAnswer => http2
                .answer(stream, &sent_body()[..30], false)
                .and_then(|()| http2.reset(stream, code::REFUSED_STREAM)),
            Http2::Close => return http2.into_stream().end(End::Fin),
            Http2::Stall => Ok(()),
        };
        if done.is_err() {
            return;
        }
    }
}

#[test]
fn over_http2() {
    let authority = Authority::new().unwrap();
    let tls = authority.server(Leaf::Good, &["h2"]).unwrap();
    let roots = authority.file().unwrap();
    let table = [
        ("h2: answers as documented", Http2::Answer, "sent", 1),
        ("h2: REFUSED_STREAM, always", Http2::Refuse, "not_sent/refused", 0),
        ("h2: REFUSED_STREAM, once", Http2::RefuseOnce, "sent", 1),
        ("h2: GOAWAY(NO_ERROR) below ours, always", Http2::GoAwayBelow, "not_sent/refused", 0),
        ("h2: GOAWAY(NO_ERROR) below ours, once", Http2::GoAwayBelowOnce, "sent", 1),
        ("h2: GOAWAY(NO_ERROR) at ours, then closes", Http2::GoAwayAtOurs, "unknown/closed", 1),
        ("h2: GOAWAY(ENHANCE_YOUR_CALM)", Http2::GoAwayInAnger, "unknown/closed", 1),
        ("h2: RST_STREAM(CANCEL)", Http2::Cancel, "unknown/reset", 1),
        ("h2: RST_STREAM(INTERNAL_ERROR)", Http2::InternalError, "unknown/reset", 1),
        ("h2: closes in the answer", Http2::CutAnswer, "unknown/closed", 1),
        ("h2: RST_STREAM(NO_ERROR) in the answer", Http2::QuietInTheAnswer, "unknown/closed", 1),
        ("h2: REFUSED_STREAM in the answer", Http2::RefuseInTheAnswer, "unknown/reset", 1),
        ("h2: closes after reading", Http2::Close, "unknown/closed", 1),
        ("h2: never answers", Http2::Stall, "unknown/timeout", 1),
    ];
    for (name, behaviour, told, accepted) in table {
        let meet = |face: &str, deadline| {
            let server = Server::start_raw(Some(tls.clone()), move |stream, connection, ledger| {
                play(behaviour, stream, connection, ledger);
            })
            .unwrap();
            let client = builder(&server.tls_url()).ca_file(&roots).max_retries(3);
            let client = if face == "async" { Face::asynchronous(client) } else { Face::blocking(client) };
            let result = client.send_opts(1, &CallOptions::new().timeout(deadline));
            server.ledger().told(1, &result);
            assert_consistent(&server);
            if outcome_of(&result) == "not_sent/timeout" {
                return None;
            }
            if accepted > 0 {
                wait_until(|| server.ledger().times_accepted(1) > 0);
            }
            let times = server.ledger().times_accepted(1);
            let attempts = result.as_ref().map_or_else(|error| error.attempts(), |receipt| receipt.attempts);
            row(name, face, &outcome_of(&result), attempts as usize, times);
            assert_eq!(outcome_of(&result), told, "{name}: {result:?}");
            assert_eq!(times, accepted, "{name}");
            if told == "not_sent/refused" {
                assert_eq!(attempts, 2, "a refusal is tried again once: {name}");
            }
            assert_consistent(&server);
            Some(())
        };
        for face in ["blocking", "async"] {
            with_deadline_for(told, 1_500, |deadline| meet(face, deadline));
        }
    }
}

/// A client that always says `unknown` would keep every promise of the checker
/// but one: it must not say so of what was plainly answered.
#[test]
fn most_calls_are_not_unknown() {
    let server = Server::start(|turn| match turn.request % 3 {
        0 => Plan::sent(),
        1 => Plan::answered(answer(400, &[], br#"{"success":false,"code":"VALIDATION_ERROR"}"#), false),
        _ => Plan::answered(answer(200, &[("connection", "close")], sent_body()), true).then(End::Fin),
    })
    .unwrap();
    let client = Face::blocking(builder(&server.url()));
    for call in 0..60 {
        let result = client.send(call);
        server.ledger().told(call, &result);
    }
    assert_consistent(&server);
    assert_eq!(server.ledger().count(Outcome::Sent), 40, "{}", server.ledger().summary());
    assert_eq!(server.ledger().count(Outcome::Rejected), 20);
}
