//! What only HTTP/2 can do: hold bodies back, say goodbye in words, share one connection.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use partner_messaging::{CallOptions, ClientBuilder, Error, ErrorClass, Event, Outcome, Receipt, Step};
use partner_messaging_wire::{Authority, End, Leaf, Server, http2, sent_body};
use support::{Face, PATIENCE, assert_consistent, builder, message, outcome_of, wait_until, with_deadline};

fn tls(authority: &Authority) -> Arc<rustls::ServerConfig> {
    authority.server(Leaf::Good, &["h2", "http/1.1"]).unwrap()
}

/// A refusal that comes before the body was asked for: the body never leaves.
#[test]
fn an_early_refusal_keeps_the_body_back() {
    let authority = Authority::new().unwrap();
    for face in [Face::blocking, Face::asynchronous] {
        let (arrived, data) = channel();
        let (told, go_on) = channel::<()>();
        let go_on = Mutex::new(go_on);
        let server = Server::start_raw(Some(tls(&authority)), move |stream, _, ledger| {
            let mut http2 = http2::Connection::accept_holding_bodies(stream).unwrap();
            // The first may have been sent before the client heard of holding back.
            let stream = http2.read_head().unwrap();
            http2.window(stream, 65_535).unwrap();
            let (_, body) = http2.read_request().unwrap();
            ledger.accepted(&body);
            http2.answer(stream, sent_body(), true).unwrap();
            let stream = http2.read_head().unwrap();
            http2.refuse(stream, br#"{"success":false,"code":"ORG_INACTIVE"}"#).unwrap();
            // The caller has heard of it.
            go_on.lock().unwrap().recv().unwrap();
            http2.window(stream, 65_535).unwrap();
            arrived.send(http2.read_data()).unwrap();
        })
        .unwrap();
        let client = face(builder(&server.tls_url()).ca_file(authority.file().unwrap()));
        let result = client.send(0);
        server.ledger().told(0, &result);
        assert_eq!(outcome_of(&result), "sent", "{result:?}");
        let result = client.send(1);
        server.ledger().told(1, &result);
        assert_eq!(outcome_of(&result), "rejected/api", "{result:?}");
        told.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        // The blocking client runs during calls only.
        let _ = client.send_opts(2, &CallOptions::new().timeout(Duration::from_millis(200)));
        drop(client);
        let data = data.recv_timeout(PATIENCE).unwrap();
        assert!(!String::from_utf8_lossy(&data).contains("call-1."), "the body left after the refusal");
        assert_consistent(&server);
    }
}

/// Answers every request over any number of connections.
fn answering(authority: &Authority) -> Server {
    Server::start_raw(Some(tls(authority)), |stream, _, ledger| {
        let Ok(mut http2) = http2::Connection::accept(stream) else { return };
        while let Ok((stream, body)) = http2.read_request() {
            ledger.accepted(&body);
            if http2.answer(stream, sent_body(), true).is_err() {
                return;
            }
        }
    })
    .unwrap()
}

/// The first connection is made alone, and shows its protocol to those who wait.
#[test]
fn many_first_calls_make_one_connection() {
    let authority = Authority::new().unwrap();
    for blocking in [false, true] {
        let server = answering(&authority);
        let builder = builder(&server.tls_url()).ca_file(authority.file().unwrap());
        many_calls(&server, builder, blocking, 64, 3);
        assert_eq!(server.connections(), 1, "blocking: {blocking}");
    }
}

/// Makes so many calls at once, so many times, all of which are sent.
fn many_calls(server: &Server, builder: ClientBuilder, blocking: bool, at_once: u64, times: u64) {
    let send_all = |send: &(dyn Fn(u64) -> Result<Receipt, Error> + Sync)| {
        std::thread::scope(|scope| {
            for thread in 0..at_once {
                scope.spawn(move || {
                    for time in 0..times {
                        let call = thread * 1_000 + time;
                        let result = send(call);
                        server.ledger().told(call, &result);
                        assert_eq!(outcome_of(&result), "sent", "{result:?}");
                    }
                });
            }
        });
    };
    if blocking {
        let client = builder.build_blocking().unwrap();
        send_all(&|call| client.send(&message(call)));
    } else {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let client = builder.build().unwrap();
        send_all(&|call| runtime.block_on(client.send(&message(call))));
    }
    assert_consistent(server);
}

/// Those who waited for the first connection share its failure instead of making the
/// same one after another.
#[test]
fn a_first_connection_that_fails_fails_for_all_who_waited() {
    let begun = Arc::new(AtomicUsize::new(0));
    let all = begun.clone();
    let server = Server::start_raw(None, move |mut stream, _, _| {
        let _ = stream.read(&mut [0; 64]);
        wait_until(|| all.load(Ordering::SeqCst) == 64);
        std::thread::sleep(Duration::from_millis(300));
        stream.end(End::Fin);
    })
    .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let count = move |event: &Event| {
        begun.fetch_add(usize::from(matches!(event.step, Step::Attempt { .. })), Ordering::SeqCst);
    };
    let client = builder(&server.tls_url()).on_event(count).build().unwrap();
    runtime.block_on(async {
        let calls: Vec<_> = (0..64)
            .map(|call| {
                let client = client.clone();
                tokio::spawn(async move { client.send(&message(call)).await })
            })
            .collect();
        for call in calls {
            assert_eq!(outcome_of(&call.await.unwrap()), "not_sent/closed");
        }
    });
    assert!(server.connections() <= 4, "{} connections", server.connections());
}

/// A peer that stops reading, whose kernel goes on acknowledging: one call is lost to it.
#[test]
fn a_wedged_connection_takes_one_call() {
    let authority = Authority::new().unwrap();
    for face in [Face::blocking, Face::asynchronous] {
        with_deadline(Duration::from_secs(1), |deadline| {
            let server = wedging(&authority);
            let client = face(builder(&server.tls_url()).ca_file(authority.file().unwrap()));
            let mut outcomes = Vec::new();
            for call in 0..4 {
                // Only the second one needs an end.
                let deadline = if call == 1 { deadline } else { PATIENCE };
                let result = client.send_opts(call, &CallOptions::new().timeout(deadline));
                server.ledger().told(call, &result);
                outcomes.push(outcome_of(&result));
            }
            assert_consistent(&server);
            if outcomes[1] == "not_sent/timeout" {
                return None;
            }
            assert_eq!(outcomes, ["sent", "unknown/timeout", "sent", "sent"]);
            assert_eq!(server.connections(), 2);
            Some(())
        });
    }
}

/// The same is noticed by a ping before a longer deadline passes.
#[test]
fn a_wedged_connection_is_noticed_by_a_ping() {
    let authority = Authority::new().unwrap();
    let server = wedging(&authority);
    let client = Face::blocking(builder(&server.tls_url()).ca_file(authority.file().unwrap()));
    let long = CallOptions::new().timeout(WEDGED / 2);
    assert_eq!(outcome_of(&client.send_opts(0, &long)), "sent");
    let started = Instant::now();
    let result = client.send_opts(1, &long);
    assert_eq!(result.as_ref().unwrap_err().outcome(), Some(Outcome::Unknown), "{result:?}");
    assert!(started.elapsed() < WEDGED / 4, "{:?}", started.elapsed());
    assert_eq!(outcome_of(&client.send_opts(2, &long)), "sent");
}

/// How long a wedged connection is that.
const WEDGED: Duration = Duration::from_secs(600);

/// Answers; but on its first connection only the first request, and then reads no more.
fn wedging(authority: &Authority) -> Server {
    Server::start_raw(Some(tls(authority)), |stream, connection, ledger| {
        let Ok(mut http2) = http2::Connection::accept(stream) else { return };
        while let Ok((stream, body)) = http2.read_request() {
            ledger.accepted(&body);
            if http2.answer(stream, sent_body(), true).is_err() {
                return;
            }
            if connection == 0 {
                std::thread::sleep(WEDGED);
            }
        }
    })
    .unwrap()
}

/// What a peer writes of itself reaches no error: it may repeat the message.
#[test]
fn no_text_of_a_peer_is_shown() {
    let authority = Authority::new().unwrap();
    let server = Server::start_raw(Some(tls(&authority)), |stream, _, _| {
        let Ok(mut http2) = http2::Connection::accept(stream) else { return };
        if http2.read_request().is_ok() {
            let text = b"bad key wire-key in the request to +6591234567: call-1.";
            let _ = http2.go_away_with(0, http2::code::ENHANCE_YOUR_CALM, text);
            http2.into_stream().end(End::Fin);
        }
    })
    .unwrap();
    for (face, client) in Face::both(&builder(&server.tls_url()).ca_file(authority.file().unwrap())) {
        let error = client.send(1).unwrap_err();
        assert_eq!(error.class(), ErrorClass::OutcomeUnknown);
        let shown = format!("{error} {error:?}");
        for secret in ["wire-key", "6591234567", "4567", "call-1", "bad key"] {
            assert!(!shown.contains(secret), "{face}: {shown}");
        }
        assert!(shown.contains("ENHANCE_YOUR_CALM"), "{face}: {shown}");
    }
}
