//! Each fault as a client sees it on the wire.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::time::{Duration, Instant};

use partner_messaging_sandbox::{Fault, FaultKind, Sandbox};
use support::{Connection, End, SEND, SMS, push, send, wait_for_requests};

/// The bytes and the end that one request brings, and whether it was recorded and took
/// effect.
fn seen(fault: &str) -> (String, End, usize, usize) {
    let sandbox = Sandbox::start().unwrap();
    push(&sandbox, fault);
    let mut connection = Connection::to(sandbox.url());
    connection.send(SMS);
    let (bytes, end) = match fault.contains("stall") {
        // Only a stalled connection stays open, and is waited for in vain.
        true => {
            wait_for_requests(&sandbox, 1);
            connection.rest(Duration::from_millis(300))
        }
        false => connection.end(),
    };
    assert_eq!(send(&sandbox, SMS).status, 200, "{fault} is used up");
    (
        String::from_utf8_lossy(&bytes).into_owned(),
        end,
        sandbox.requests().len() - 1,
        sandbox.messages().len() - 1,
    )
}

#[test]
fn a_canned_answer_is_exact_and_changes_nothing() {
    let sandbox = Sandbox::start().unwrap();
    push(
        &sandbox,
        r#"{"kind":"respond","status":503,"headers":{"X-Request-Id":"r1"},"body":{"cost": 0.10, "n": 12345678901234567890123}}"#,
    );
    push(
        &sandbox,
        r#"{"kind":"respond","status":200,"headers":{"Content-Type":"text/x"},"body":"{ as it is"}"#,
    );
    push(&sandbox, r#"{"kind":"respond","status":204}"#);
    let mut connection = Connection::to(sandbox.url());
    let answer = connection.exchange(SMS);
    assert_eq!(answer.status, 503);
    assert_eq!(answer.body, r#"{"cost":0.10,"n":12345678901234567890123}"#);
    assert_eq!(answer.header("x-request-id"), Some("r1"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let answer = connection.exchange(SMS);
    assert_eq!((answer.status, answer.body.as_str()), (200, "{ as it is"));
    assert_eq!(answer.header("content-type"), Some("text/x"));
    assert_eq!(connection.exchange(SMS).status, 204);
    assert!(sandbox.messages().is_empty());
    assert_eq!(sandbox.requests().len(), 3);
}

#[test]
fn gateways_limits_and_redirections_answer_in_the_services_place() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    let mut with = |fault: &str| {
        push(&sandbox, fault);
        connection.exchange(SMS)
    };
    let answer = with(r#"{"kind":"html502"}"#);
    assert_eq!(answer.status, 502);
    assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    assert!(answer.body.starts_with("<html>"));

    let answer = with(r#"{"kind":"rate_limit"}"#);
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
    assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_err());
    let answer = with(r#"{"kind":"rate_limit","retry_after":2,"envelope":true}"#);
    assert_eq!(answer.header("retry-after"), Some("2"));
    assert_eq!(answer.code(), (429, "RATE_LIMITED".to_owned()));
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    let answer = with(&format!(r#"{{"kind":"rate_limit","retry_after":"{date}"}}"#));
    assert_eq!(answer.header("retry-after"), Some(date));

    let answer = with(r#"{"kind":"redirect"}"#);
    let own = format!("{}{SEND}", sandbox.url());
    assert_eq!((answer.status, answer.header("location")), (307, Some(own.as_str())));
    let answer = with(r#"{"kind":"redirect","status":301,"location":"http://127.0.0.2/"}"#);
    assert_eq!((answer.status, answer.header("location")), (301, Some("http://127.0.0.2/")));
    assert!(sandbox.messages().is_empty());

    let answer = with(r#"{"kind":"unreadable"}"#);
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_err());
    assert_eq!(sandbox.messages().len(), 1);
}

#[test]
fn closing_before_the_read_ends_with_fin_and_leaves_no_trace() {
    let fault = r#"{"kind":"close_before_read"}"#;
    assert_eq!(seen(fault), (String::new(), End::Fin, 0, 0));

    // On a connection in use, too, and with a request that comes in pieces.
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    assert_eq!(connection.exchange(SMS).status, 200);
    push(&sandbox, fault);
    let mut other = Connection::to(sandbox.url());
    assert_eq!(other.rest(Duration::from_millis(100)).1, End::Open);
    connection.write("POST ");
    connection.write(SEND);
    assert_eq!(connection.end(), (Vec::new(), End::Fin));
    assert_eq!(other.exchange(SMS).status, 200);
    assert_eq!(sandbox.requests().len(), 2);
}

#[test]
fn closing_before_the_read_also_cuts_a_request_that_had_begun() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    connection.write("POST ");
    connection.write(SEND);
    std::thread::sleep(Duration::from_millis(50));
    push(&sandbox, r#"{"kind":"close_before_read"}"#);
    connection.write(" HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(connection.end(), (Vec::new(), End::Fin));
    assert!(sandbox.requests().is_empty());
}

#[test]
fn closing_and_resetting_after_the_read_are_told_apart() {
    let nothing = String::new;
    assert_eq!(seen(r#"{"kind":"close_after_read"}"#), (nothing(), End::Fin, 1, 1));
    assert_eq!(seen(r#"{"kind":"reset"}"#), (nothing(), End::Rst, 1, 1));
}

#[test]
fn stalling_keeps_the_connection_and_the_answer() {
    assert_eq!(seen(r#"{"kind":"stall"}"#), (String::new(), End::Open, 1, 1));

    let sandbox = Sandbox::start().unwrap();
    push(&sandbox, r#"{"kind":"stall","ms":150}"#);
    let start = Instant::now();
    let mut connection = Connection::to(sandbox.url());
    assert_eq!(connection.exchange(SMS).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
    assert_eq!(connection.exchange(SMS).status, 200);
}

#[test]
fn a_truncated_answer_ends_where_it_was_told_to() {
    let whole = send(&Sandbox::start().unwrap(), SMS);
    let (head, body) = (whole.head.len(), whole.body.len());

    let (half, end, recorded, accepted) = seen(r#"{"kind":"truncate"}"#);
    assert_eq!(half.len(), head + body / 2);
    assert!(half.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(half.contains(&format!("content-length: {body}\r\n")));
    assert_eq!((end, recorded, accepted), (End::Fin, 1, 1));

    let beginning = (String::from("HTTP/1.1 200"), End::Fin, 1, 1);
    assert_eq!(seen(r#"{"kind":"truncate","after":12}"#), beginning);
    assert_eq!(seen(r#"{"kind":"truncate","after":0}"#).0, "");
    let (all, end, ..) = seen(r#"{"kind":"truncate","after":99999}"#);
    assert_eq!((all.len(), end), (head + body, End::Fin));
}

#[test]
fn garbage_is_no_http() {
    let (bytes, end, recorded, accepted) = seen(r#"{"kind":"garbage"}"#);
    assert!(!bytes.is_empty() && !bytes.contains("HTTP/1"));
    assert_eq!((end, recorded, accepted), (End::Fin, 1, 1));
}

#[test]
fn slow_bytes_come_one_by_one_and_then_the_connection_goes_on() {
    let sandbox = Sandbox::start().unwrap();
    push(&sandbox, r#"{"kind":"slow","ms_per_byte":1}"#);
    let mut connection = Connection::to(sandbox.url());
    let start = Instant::now();
    let answer = connection.exchange(SMS);
    let bytes = answer.head.len() + answer.body.len();
    assert!(start.elapsed() >= Duration::from_millis(bytes as u64 - 1));
    assert_eq!(answer.json()["success"], true);
    assert_eq!(connection.exchange(SMS).status, 200);
}

#[test]
fn wire_faults_also_meet_answers_without_a_body() {
    let sandbox = Sandbox::start().unwrap();
    push(&sandbox, r#"{"kind":"stall","ms":1,"times":2}"#);
    let mut connection = Connection::to(sandbox.url());
    connection.write("HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let (bytes, _) = connection.end();
    assert!(bytes.starts_with(b"HTTP/1.1 404 ") && bytes.ends_with(b"\r\n\r\n"));
    // Also where the connection ends after the answer.
    let mut connection = Connection::to(sandbox.url());
    connection.write(&format!("POST {SEND} HTTP/1.0\r\n\r\n"));
    let (bytes, end) = connection.end();
    assert!(bytes.starts_with(b"HTTP/1.0 401 ") && bytes.ends_with(b"}"));
    assert_eq!(end, End::Fin);
}

#[test]
fn a_set_fault_stays_and_pushed_ones_go_first() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_fault(Some(FaultKind::Html502.into()));
    sandbox.push_fault(Fault::new(FaultKind::RateLimit { retry_after: None, envelope: false }).times(2));
    let mut connection = Connection::to(sandbox.url());
    let statuses: Vec<_> = (0..4).map(|_| connection.exchange(SMS).status).collect();
    assert_eq!(statuses, [429, 429, 502, 502]);
    sandbox.set_fault(None);
    assert_eq!(connection.exchange(SMS).status, 200);
}

#[test]
fn a_limit_turns_away_what_is_too_much_until_it_is_taken_away() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_fault(Some(FaultKind::Stall { ms: Some(1) }.into()));
    push(&sandbox, r#"{"kind":"limit","per_second":3}"#);
    let mut connection = Connection::to(sandbox.url());
    let mut burst = || -> Vec<_> { (0..20).map(|_| connection.exchange(SMS)).collect() };
    let start = Instant::now();
    let answers = burst();
    let through = answers.iter().filter(|answer| answer.status == 200).count() as u64;
    assert!((3..=3 * (start.elapsed().as_secs() + 1)).contains(&through), "{through}");
    let turned_away = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(turned_away.header("retry-after"), Some("1"));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(burst()[0].status, 200);
    push(&sandbox, r#"{"kind":"limit","per_second":1,"envelope":true}"#);
    let turned_away = burst().into_iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(turned_away.code(), (429, "RATE_LIMITED".to_owned()));
    sandbox.set_fault(None);
    assert!(burst().iter().all(|answer| answer.status == 200));
    assert_eq!(sandbox.requests().len(), 80);
    assert!(sandbox.messages().len() < 80);
}

#[test]
fn a_set_delay_meets_every_answer() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_fault(Some(FaultKind::Stall { ms: Some(500) }.into()));
    let start = Instant::now();
    let url = sandbox.url();
    // At once, so that delays do not add up over connections.
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                let mut connection = Connection::to(url);
                let answers = [connection.exchange(SMS), connection.get("/partner/credit/balance")];
                assert!(answers.iter().all(|answer| answer.status == 200));
            });
        }
    });
    let elapsed = start.elapsed();
    // One after the other they would take 24 seconds.
    assert!(elapsed >= Duration::from_secs(1) && elapsed < Duration::from_secs(12), "{elapsed:?}");
}

#[test]
fn what_http_cannot_carry_is_answered_as_the_sandboxs_own_failure() {
    let sandbox = Sandbox::start().unwrap();
    let respond = |status, name: &str| FaultKind::Respond {
        status,
        headers: [(name.to_owned(), "1".to_owned())].into(),
        body: "x".to_owned(),
    };
    for kind in [respond(101, "a"), respond(9, "a"), respond(200, "a b"), respond(200, "Content-Length")] {
        sandbox.push_fault(kind.into());
        let answer = send(&sandbox, SMS);
        assert_eq!(answer.status, 500);
        assert!(answer.body.starts_with("sandbox: "), "{}", answer.body);
    }
}
