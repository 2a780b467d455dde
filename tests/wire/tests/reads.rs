//! Requests without a body have no barrier, and the HTTP library could make them
//! again: only its settings keep it from that. What it does by itself shows in the
//! number of requests that a server gets.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use partner_messaging::{CallOptions, ErrorClass, Kind, Outcome, Request};
use partner_messaging_wire::{Authority, End, Leaf, Plan, Server, answer, http2};
use support::builder;

/// A server over HTTP/2 that refuses every request in one of two ways.
fn refusing(count: Arc<AtomicUsize>, goes_away: bool, authority: &Authority) -> Server {
    let tls = authority.server(Leaf::Good, &["h2"]).unwrap();
    Server::start_raw(Some(tls), move |stream, _, _| {
        let Ok(mut http2) = http2::Connection::accept(stream) else { return };
        while let Ok((stream, _)) = http2.read_request() {
            count.fetch_add(1, Ordering::SeqCst);
            let refused = if goes_away {
                http2.go_away(0, http2::code::NO_ERROR)
            } else {
                http2.reset(stream, http2::code::REFUSED_STREAM)
            };
            if refused.is_err() {
                return;
            }
        }
    })
    .unwrap()
}

#[test]
fn the_http_library_repeats_nothing_by_itself() {
    let authority = Authority::new().unwrap();
    let roots = authority.file().unwrap();
    for goes_away in [false, true] {
        for retries in [0, 2] {
            let count = Arc::new(AtomicUsize::new(0));
            let server = refusing(count.clone(), goes_away, &authority);
            let client = builder(&server.tls_url()).ca_file(&roots).build_blocking().unwrap();
            let error = client.get_balance_opts(&CallOptions::new().max_retries(retries)).unwrap_err();
            assert_eq!((error.class(), error.kind()), (ErrorClass::Transport, Kind::Refused), "{error}");
            assert_eq!(error.outcome(), None);
            assert_eq!(error.attempts(), retries + 1);
            assert_eq!(count.load(Ordering::SeqCst), retries as usize + 1, "{goes_away}");
        }
    }
}

#[test]
fn a_write_without_a_body_is_made_once() {
    let authority = Authority::new().unwrap();
    let roots = authority.file().unwrap();
    let once = CallOptions::new().max_retries(0);
    let cancel = Request::new("DELETE", "/partner/message/msg_1");
    for goes_away in [false, true] {
        let count = Arc::new(AtomicUsize::new(0));
        let server = refusing(count.clone(), goes_away, &authority);
        let client = builder(&server.tls_url()).ca_file(&roots).build_blocking().unwrap();
        let error = client.request_opts(&cancel, &once).unwrap_err();
        assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Refused), "{error}");
        assert_eq!(count.load(Ordering::SeqCst), 1, "{goes_away}");
    }
    let away = answer(307, &[("location", "/partner/message/msg_1")], b"");
    let server = Server::start(move |_| Plan::answered(away.clone(), false)).unwrap();
    let error = builder(&server.url()).build_blocking().unwrap().request(&cancel).unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::Unknown), Kind::Redirect), "{error}");
    assert_eq!(server.requests(), 1);
}

#[test]
fn a_read_takes_the_key_nowhere_else() {
    let elsewhere = Server::start(|_| Plan::sent()).unwrap();
    let to = format!("{}/stolen", elsewhere.url());
    for status in [301, 302, 303, 307, 308] {
        let location: &'static str = Box::leak(to.clone().into_boxed_str());
        let server =
            Server::start(move |_| Plan::answered(answer(status, &[("location", location)], b""), false))
                .unwrap();
        let client = builder(&server.url()).build_blocking().unwrap();
        let error = client.get_message("msg_1").unwrap_err();
        assert_eq!((error.class(), error.kind()), (ErrorClass::Protocol, Kind::Redirect));
        assert_eq!((error.status(), error.attempts()), (Some(status), 1));
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[test]
fn a_cut_answer_is_asked_for_again_and_no_more_than_that() {
    for cut in [0, 20, 60] {
        let whole = answer(200, &[], br#"{"success":true,"data":{"balance":1.50,"currency":"SGD"}}"#);
        let count = AtomicUsize::new(0);
        let server = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => Plan::cut_answer(&whole[..cut], End::Reset),
            _ => Plan::answered(whole.clone(), false),
        })
        .unwrap();
        let client = builder(&server.url()).max_retries(3).build_blocking().unwrap();
        assert_eq!(client.get_balance().unwrap().amount.to_string(), "1.50");
        assert_eq!(server.requests(), 2);
    }
}
