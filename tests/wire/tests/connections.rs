//! How many connections are open, and for how long one is used.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::time::Duration;

use partner_messaging::{CallOptions, ClientBuilder};
use partner_messaging_wire::{Authority, End, Leaf, Plan, Server, answer, sent_body};
use support::{Face, assert_consistent, builder, message, outcome_of, with_deadline};

/// Sends from so many threads at once.
fn from_threads(server: &Server, builder: ClientBuilder, threads: u64, calls: u64) {
    let client = builder.build_blocking().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let client = &client;
            scope.spawn(move || {
                for call in 0..calls / threads {
                    let call = thread * 10_000 + call;
                    let result = client.send(&message(call));
                    server.ledger().told(call, &result);
                    assert_eq!(outcome_of(&result), "sent", "{result:?}");
                }
            });
        }
    });
    assert_consistent(server);
}

/// `max_connections` bounds what is open: not one more is ever made while those live.
#[test]
fn a_blocking_client_keeps_to_its_connections() {
    for (threads, most) in [(1, 1), (4, 4), (8, 4), (32, 4)] {
        let server = Server::start(|_| Plan::sent()).unwrap();
        from_threads(&server, builder(&server.url()).max_connections(4), threads, 1_500);
        assert!(server.connections() <= most, "{} connections for {threads} threads", server.connections());
    }
}

#[test]
fn an_asynchronous_client_keeps_to_its_connections() {
    let authority = Authority::new().unwrap();
    for encrypted in [false, true] {
        let server = if encrypted {
            let tls = authority.server(Leaf::Good, &["http/1.1"]).unwrap();
            Server::start_tls(tls, |_| Plan::sent()).unwrap()
        } else {
            Server::start(|_| Plan::sent()).unwrap()
        };
        let url = if encrypted { server.tls_url() } else { server.url() };
        let client = builder(&url)
            .ca_file(authority.file().unwrap())
            .max_connections(4)
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let calls: Vec<_> = (0..600)
                .map(|call| {
                    let client = client.clone();
                    tokio::spawn(async move { (call, client.send(&message(call)).await) })
                })
                .collect();
            for call in calls {
                let (call, result) = call.await.unwrap();
                server.ledger().told(call, &result);
                assert_eq!(outcome_of(&result), "sent", "{result:?}");
            }
        });
        assert!(server.connections() <= 4, "{} connections", server.connections());
        assert_consistent(&server);
    }
}

/// A server that announces when it ends a connection is believed: nothing is sent into
/// the last second.
#[test]
fn a_connection_is_not_used_up_to_its_announced_end() {
    let check = |face: fn(ClientBuilder) -> Face| {
        let whole = answer(200, &[("keep-alive", "timeout=6, max=100")], sent_body());
        let server = Server::start(move |_| Plan::answered(whole.clone(), true)).unwrap();
        let client = face(builder(&server.url()));
        for (pause, connections) in [(0, 1), (200, 1), (5_100, 2), (0, 2)] {
            client.settle();
            std::thread::sleep(Duration::from_millis(pause));
            assert_eq!(outcome_of(&client.send(1)), "sent");
            assert_eq!(server.connections(), connections, "after {pause} ms");
        }
        let whole = answer(200, &[("keep-alive", "timeout=1")], sent_body());
        let server = Server::start(move |_| Plan::answered(whole.clone(), true)).unwrap();
        let client = face(builder(&server.url()));
        for connections in 1..4 {
            assert_eq!(outcome_of(&client.send(1)), "sent");
            assert_eq!(server.connections(), connections);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| check(Face::blocking));
        check(Face::asynchronous);
    });
}

#[test]
fn without_keep_alive_each_request_has_a_connection() {
    let authority = Authority::new().unwrap();
    let tls = authority.server(Leaf::Good, &["h2", "http/1.1"]).unwrap();
    for face in [Face::blocking, Face::asynchronous] {
        let (head, heads) = channel();
        let server = Server::start_raw(Some(tls.clone()), move |mut stream, _, _| {
            let mut request = [0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut request) {
                let _ = head.send(String::from_utf8_lossy(&request[..count]).to_ascii_lowercase());
                let _ = stream.write_all(&answer(200, &[], sent_body()));
            }
        })
        .unwrap();
        let options = builder(&server.tls_url()).ca_file(authority.file().unwrap()).max_connections(1);
        let client = face(options.keep_alive(false));
        for connections in 1..5 {
            assert_eq!(outcome_of(&client.send(1)), "sent");
            assert_eq!(server.connections(), connections);
            let head = heads.recv().unwrap();
            assert!(head.contains("http/1.1\r\n") && head.contains("\r\nconnection: close\r\n"), "{head}");
        }
    }
}

/// Connections that end give their places back, however they end.
#[test]
fn places_come_back() {
    let server = Server::start(|turn| match turn.connection % 4 {
        0 => Plan::sent().then(End::Fin),
        1 => Plan::cut_answer(b"", End::Reset),
        2 => Plan::cut_answer(b"", End::Stall),
        _ => Plan::answered(answer(200, &[("connection", "close")], sent_body()), true),
    })
    .unwrap();
    for (_, client) in Face::both(&builder(&server.url()).max_connections(1)) {
        for call in 0..24 {
            with_deadline(Duration::from_millis(300), |deadline| {
                let result = client.send_opts(call, &CallOptions::new().timeout(deadline));
                if outcome_of(&result) == "not_sent/timeout" {
                    return None;
                }
                assert_ne!(outcome_of(&result).split('/').next(), Some("not_sent"), "{result:?}");
                Some(())
            });
        }
    }
}
