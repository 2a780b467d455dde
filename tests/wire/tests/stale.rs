//! A server that closed an idle connection costs nobody a message.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::sync::Arc;
use std::time::Duration;

use partner_messaging_wire::{Authority, End, Leaf, Plan, Server};
use support::{Face, assert_consistent, builder, outcome_of, wait_until};

/// Each connection answers one request and ends; the next call comes when the
/// end has arrived.
fn check(server: &Server, client: &Face, calls: u64) {
    for call in 0..calls {
        let result = client.send(call);
        server.ledger().told(call, &result);
        assert_eq!(outcome_of(&result), "sent", "call {call}: {result:?}");
        assert_eq!(result.unwrap().attempts, 1, "call {call}");
        wait_until(|| server.ends() as u64 == call + 1);
        std::thread::sleep(Duration::from_millis(5));
        client.settle();
    }
    assert_consistent(server);
    assert_eq!(server.connections(), usize::try_from(calls).unwrap());
}

#[test]
fn closed_while_idle() {
    for end in [End::Fin, End::Reset] {
        for face in [Face::blocking, Face::asynchronous] {
            let server = Server::start(move |_| Plan::sent().then(end)).unwrap();
            check(&server, &face(builder(&server.url())), 40);
        }
    }
}

#[test]
fn closed_while_idle_behind_tls() {
    let authority = Authority::new().unwrap();
    let tls = authority.server(Leaf::Good, &["http/1.1"]).unwrap();
    for face in [Face::blocking, Face::asynchronous] {
        let server = Server::start_tls(Arc::clone(&tls), |_| Plan::sent().then(End::Fin)).unwrap();
        let builder = builder(&server.tls_url()).ca_file(authority.file().unwrap());
        check(&server, &face(builder), 30);
    }
}

#[test]
fn a_connection_that_is_kept_is_used_again() {
    for face in [Face::blocking, Face::asynchronous] {
        let server = Server::start(|_| Plan::sent()).unwrap();
        let client = face(builder(&server.url()));
        for call in 0..50 {
            assert_eq!(outcome_of(&client.send(call)), "sent");
            client.settle();
        }
        assert_eq!(server.connections(), 1);
    }
}
