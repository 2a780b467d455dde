//! Certificates, versions of TLS, and what becomes of a handshake that fails.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::io::Read;
use std::sync::Arc;

use partner_messaging::{CallOptions, Kind, Outcome};
use partner_messaging_wire::{Authority, End, Leaf, Plan, Server};
use support::{Face, assert_consistent, builder, probe, verdict};

#[test]
fn a_good_certificate_is_accepted() {
    let authority = Authority::new().unwrap();
    let roots = authority.file().unwrap();
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let tls = authority.server_with(Leaf::Good, &["http/1.1"], versions).unwrap();
        let server = Server::start_tls(tls, |_| Plan::sent()).unwrap();
        // Also by the address, and by a name that has several addresses, of which one listens.
        for url in [server.tls_url(), format!("https://{}", server.address())] {
            for (face, client) in Face::both(&builder(&url).ca_file(&roots)) {
                assert_eq!(verdict(&client.send(1)), "sent", "{face} {url}");
            }
        }
    }
}

#[test]
fn a_bad_certificate_says_what_is_wrong_and_is_not_tried_again() {
    let authority = Authority::new().unwrap();
    let roots = authority.file().unwrap();
    let cases = [
        (Leaf::Expired, "has expired"),
        (Leaf::NotYetValid, "is not valid yet"),
        (Leaf::OtherHost, "is for another host"),
        (Leaf::Good, "is from an issuer that is not trusted"),
    ];
    for (leaf, says) in cases {
        let server = Server::start_tls(authority.server(leaf, &[]).unwrap(), |_| Plan::sent()).unwrap();
        let builder = builder(&server.tls_url()).max_retries(3);
        // The good one is from an authority that nobody told the client to trust.
        let builder = if leaf == Leaf::Good { builder } else { builder.ca_file(&roots) };
        for (face, client) in Face::both(&builder) {
            let error = client.send(1).unwrap_err();
            assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Tls), "{face}");
            assert_eq!(error.attempts(), 1, "{face}");
            assert!(error.to_string().contains(says), "{error}");
        }
        assert_eq!(server.requests(), 0);
    }
}

#[test]
fn a_handshake_that_breaks_off_is_tried_again() {
    for end in [End::Fin, End::Reset] {
        let server = Server::start_raw(None, move |mut stream, _, _| {
            let _ = stream.read(&mut [0; 64]);
            stream.end(end);
        })
        .unwrap();
        for (face, client) in Face::both(&builder(&server.tls_url())) {
            let error = client.send_with(1, &CallOptions::new().max_retries(1)).unwrap_err();
            assert_eq!(error.outcome(), Some(Outcome::NotSent), "{face}");
            assert!(matches!(error.kind(), Kind::Closed | Kind::Reset), "{face} {end:?}: {error:?}");
            assert_eq!(error.attempts(), 2, "{face}");
        }
    }
}

#[test]
fn a_server_without_tls_gets_nothing() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    let builder = builder(&server.tls_url()).connect_timeout(std::time::Duration::from_millis(300));
    for (face, client) in Face::both(&builder) {
        let result = client.send(1);
        assert!(verdict(&result).starts_with("not_sent/"), "{face}: {result:?}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn http2_is_used_where_it_is_offered_and_wanted() {
    let authority = Authority::new().unwrap();
    let tls = authority.server(Leaf::Good, &["h2", "http/1.1"]).unwrap();
    for wanted in [true, false] {
        // A server of HTTP/1.1 gets a request only if that was agreed on.
        let server = Server::start_tls(Arc::clone(&tls), |_| Plan::sent().then(End::Fin)).unwrap();
        let client =
            Face::blocking(builder(&server.tls_url()).ca_file(authority.file().unwrap()).http2(wanted));
        let result = client.send(1);
        server.ledger().told(1, &result);
        assert_eq!(verdict(&result) == "sent", !wanted, "{result:?}");
        assert_consistent(&server);
    }
}

#[test]
fn a_machine_without_certificate_authorities_can_do_without() {
    let authority = Authority::new().unwrap();
    let tls = Server::start_tls(authority.server(Leaf::Good, &[]).unwrap(), |_| Plan::sent()).unwrap();
    let plain = Server::start(|_| Plan::sent()).unwrap();
    let none = [("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")];
    let with = |more: &[(&str, &str)]| probe(&[&none, more].concat());
    let roots = authority.file().unwrap();
    assert_eq!(with(&[("PARTNER_MESSAGING_BASE_URL", &plain.url())]), "sent");
    assert_eq!(with(&[("PARTNER_MESSAGING_BASE_URL", &tls.tls_url())]), "not_sent/tls/");
    let trusted =
        [("PARTNER_MESSAGING_BASE_URL", &*tls.tls_url()), ("PROBE_CA_FILE", roots.to_str().unwrap())];
    assert_eq!(with(&trusted), "sent");
}

#[test]
fn the_platforms_roots_can_be_named_by_the_environment() {
    let authority = Authority::new().unwrap();
    let server = Server::start_tls(authority.server(Leaf::Good, &[]).unwrap(), |_| Plan::sent()).unwrap();
    let roots = authority.file().unwrap();
    let environment =
        [("PARTNER_MESSAGING_BASE_URL", &*server.tls_url()), ("SSL_CERT_FILE", roots.to_str().unwrap())];
    assert_eq!(probe(&environment), "sent");
}
