//! Retries, pauses and deadlines.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant, SystemTime};

use partner_messaging::{Client, Event, Kind, Outcome, Step};
use partner_messaging_wire::{End, Plan, Server, answer};
use socket2::{Domain, Socket, Type};
use support::{Face, PATIENCE, assert_consistent, builder, message, outcome_of, wait_until, with_deadline};

/// 429 for the first `times` requests, with this pause asked for.
fn busy(times: usize, pause: &'static str) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) < times {
            Plan::answered(answer(429, &[("retry-after", pause)], b""), false)
        } else {
            Plan::sent()
        }
    })
    .unwrap()
}

#[test]
fn the_service_is_given_the_pause_it_asks_for() {
    for (face, _) in Face::both(&builder("http://127.0.0.1:1")) {
        let server = busy(1, "1");
        let builder = builder(&server.url()).max_retries(2);
        let client = if face == "async" { Face::asynchronous(builder) } else { Face::blocking(builder) };
        let started = Instant::now();
        let receipt = client.send(1).unwrap();
        assert_eq!(receipt.attempts, 2);
        assert!(started.elapsed() >= Duration::from_secs(1), "{face}");
        assert!(receipt.elapsed >= Duration::from_secs(1) && receipt.elapsed <= started.elapsed());
    }
}

#[test]
fn a_pause_can_be_a_date() {
    let then = SystemTime::now() + Duration::from_secs(3600);
    let date: &'static str = Box::leak(httpdate::fmt_http_date(then).into_boxed_str());
    let server = busy(9, date);
    let started = Instant::now();
    let error = Face::blocking(builder(&server.url()).max_retries(5)).send(1).unwrap_err();
    // It does not fit in the deadline: told at once, with the pause.
    assert!(started.elapsed() < PATIENCE / 2);
    assert_eq!((error.outcome(), error.attempts()), (Some(Outcome::Rejected), 1));
    let pause = error.retry_after().unwrap();
    assert!(pause > Duration::from_secs(3500) && pause <= Duration::from_secs(3600), "{pause:?}");
}

#[test]
fn nothing_that_may_have_arrived_is_tried_again() {
    let server = Server::start(|_| Plan::cut_answer(b"", End::Fin)).unwrap();
    for (face, client) in Face::both(&builder(&server.url()).max_retries(9)) {
        let call = u64::from(face == "async");
        let result = client.send(call);
        server.ledger().told(call, &result);
        assert_eq!(outcome_of(&result), "unknown/closed");
        assert_eq!(result.unwrap_err().attempts(), 1);
        assert_eq!(server.ledger().times_accepted(call), 1);
    }
    assert_consistent(&server);
}

#[test]
fn a_server_that_is_back_in_time_gets_the_message() {
    with_deadline(Duration::from_secs(2), |deadline| {
        // A port that nobody listens on until the first attempt has failed.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let listen = move |event: &Event| {
            if matches!(event.step, Step::Retry { .. }) {
                socket.listen(16).unwrap();
            }
        };
        let builder = builder(&format!("http://{address}")).max_retries(50).timeout(deadline);
        let result = Face::blocking(builder.on_event(listen)).send(1);
        if result.as_ref().is_err_and(|error| error.outcome() == Some(Outcome::NotSent)) {
            return None;
        }
        // It found the port open, and its request was never answered.
        assert_eq!(outcome_of(&result), "unknown/timeout");
        assert!(result.unwrap_err().attempts() > 1);
        Some(())
    });
}

#[test]
fn the_deadline_is_over_all_attempts_and_pauses() {
    let client =
        Face::blocking(builder("http://127.0.0.1:1").max_retries(1_000).timeout(Duration::from_secs(3)));
    let started = Instant::now();
    let error = client.send(1).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Connect));
}

#[test]
fn a_service_that_is_always_busy_is_not_hammered() {
    let server = busy(usize::MAX, "0");
    let client = Face::blocking(builder(&server.url()).max_retries(2).timeout(Duration::from_secs(6)));
    assert_eq!(outcome_of(&client.send(1)), "rejected/api");
    // Its word is honoured eight times; then the pauses grow from half a second.
    assert!((9..=14).contains(&server.requests()), "{} requests", server.requests());
}

#[tokio::test]
async fn a_closed_client_says_so() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    let client = builder(&server.url()).build().unwrap();
    client.close();
    client.close();
    let error = client.send(&message(1)).await.unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Closed));
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_blocking_client_is_closed_from_another_thread() {
    let server = Server::start(|_| Plan::cut_answer(b"", End::Stall)).unwrap();
    let client = builder(&server.url()).build_blocking().unwrap();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| client.send(&message(1)));
        wait_until(|| server.requests() == 1);
        let started = Instant::now();
        client.close();
        assert_eq!(outcome_of(&call.join().unwrap()), "unknown/closed");
        // Long before its deadline.
        assert!(started.elapsed() < PATIENCE / 2);
    });
    assert_eq!(outcome_of(&client.send(&message(2))), "not_sent/closed");
}

#[tokio::test]
async fn the_blocking_client_refuses_to_block_an_executor() {
    let client = Client::builder().api_key("wire-key").build_blocking().unwrap();
    let error = client.send(&message(1)).unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Config));
}

#[test]
fn many_threads_share_one_blocking_client() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    let client = builder(&server.url()).build_blocking().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let (client, server) = (&client, &server);
            scope.spawn(move || {
                for call in 0..50 {
                    let call = thread * 1_000 + call;
                    let result = client.send(&message(call));
                    server.ledger().told(call, &result);
                }
            });
        }
    });
    assert_consistent(&server);
    assert_eq!(server.ledger().count(Outcome::Sent), 800, "{}", server.ledger().summary());
}

/// A request did leave and was refused: what came after doesn't make that untrue.
#[test]
fn a_refusal_is_not_forgotten_when_the_next_attempt_fails() {
    for face in [Face::blocking, Face::asynchronous] {
        let server = busy(usize::MAX, "3");
        let (refusal, refused) = channel();
        let tell = move |event: &Event| {
            if matches!(event.step, Step::Retry { .. }) {
                let _ = refusal.send(());
            }
        };
        let client = face(builder(&server.url()).max_retries(1).on_event(tell));
        let error = std::thread::scope(|scope| {
            let call = scope.spawn(|| client.send(1).unwrap_err());
            refused.recv().unwrap();
            drop(server);
            call.join().unwrap()
        });
        assert_eq!(
            (error.outcome(), error.status(), error.attempts()),
            // The 429, a connection refused, and one retry of that.
            (Some(Outcome::Rejected), Some(429), 3)
        );
    }
}
