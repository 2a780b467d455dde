//! Certificates, versions of TLS, and what becomes of a handshake that fails.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::io::{Read, Write};
use std::sync::Arc;

use partner_messaging::{CallOptions, ClientBuilder, Kind, Outcome};
use partner_messaging_wire::{Authority, End, Leaf, Plan, Server, answer, http2, sent_body};
use support::{Face, assert_consistent, builder, outcome_of, probe};

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
                assert_eq!(outcome_of(&client.send(1)), "sent", "{face} {url}");
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
        (Leaf::Authority, "is an authority's, which no server may use"),
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

/// A server that wants to know who asks. Under TLS 1.3 it says so when the request is
/// already on its way, before anything else.
#[test]
fn a_server_that_wants_a_certificate_of_the_client() {
    let authority = Authority::new().unwrap();
    let roots = authority.file().unwrap();
    let (certificate, key) = authority.client().unwrap();
    let (foreign, foreign_key) = Authority::new().unwrap().client().unwrap();
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        for protocols in [&["http/1.1"][..], &["h2"]] {
            let tls = authority.mutual_server(protocols, versions).unwrap();
            let http2 = protocols == ["h2"];
            let server = Server::start_raw(Some(tls), move |stream, _, ledger| {
                if http2 {
                    let Ok(mut http2) = http2::Connection::accept(stream) else { return };
                    while let Ok((stream, body)) = http2.read_request() {
                        ledger.accepted(&body);
                        let _ = http2.answer(stream, sent_body(), true);
                    }
                } else {
                    let mut stream = stream;
                    let mut request = [0; 4096];
                    while let Ok(count @ 1..) = stream.read(&mut request) {
                        ledger.accepted(&request[..count]);
                        let _ = stream.write_all(&answer(200, &[], sent_body()));
                    }
                }
            })
            .unwrap();
            let builder = builder(&server.tls_url()).ca_file(&roots).max_retries(3);
            let mut call = 0;
            let mut told = |builder: ClientBuilder| {
                Face::both(&builder).map(|(_, client)| {
                    call += 1;
                    let result = client.send(call);
                    server.ledger().told(call, &result);
                    result
                })
            };
            for result in told(builder.clone()) {
                let error = result.unwrap_err();
                assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Tls), "{error}");
                assert_eq!(error.attempts(), 1, "{protocols:?} {versions:?} {error}");
                assert!(error.to_string().contains("client_cert_file"), "{error}");
            }
            for result in told(builder.clone().client_cert_file(&foreign).client_key_file(&foreign_key)) {
                assert_eq!(outcome_of(&result), "not_sent/tls", "{result:?}");
            }
            for result in told(builder.client_cert_file(&certificate).client_key_file(&key)) {
                assert_eq!(outcome_of(&result), "sent", "{result:?}");
            }
            assert_consistent(&server);
        }
    }
}

#[test]
fn a_certificate_of_the_client_that_cannot_be_used_is_named() {
    let authority = Authority::new().unwrap();
    let (certificate, key) = authority.client().unwrap();
    let (_, other_key) = authority.client().unwrap();
    let both = certificate.with_extension("both.pem");
    let text = [std::fs::read(&certificate).unwrap(), std::fs::read(&key).unwrap()].concat();
    std::fs::write(&both, text).unwrap();
    let missing = std::path::PathBuf::from("/nonexistent");
    let field = |certificate: Option<&std::path::PathBuf>, key: Option<&std::path::PathBuf>| {
        let mut builder = builder("https://localhost");
        if let Some(certificate) = certificate {
            builder = builder.client_cert_file(certificate);
        }
        if let Some(key) = key {
            builder = builder.client_key_file(key);
        }
        builder.build().err().map(|error| {
            assert_eq!(error.kind(), Kind::Config);
            error.field().unwrap_or_default().to_owned()
        })
    };
    assert_eq!(field(Some(&certificate), Some(&key)), None);
    assert_eq!(field(Some(&both), None), None);
    assert_eq!(field(None, Some(&key)).unwrap(), "client_cert_file");
    assert_eq!(field(Some(&missing), Some(&key)).unwrap(), "client_cert_file");
    assert_eq!(field(Some(&key), Some(&key)).unwrap(), "client_cert_file");
    assert_eq!(field(Some(&certificate), None).unwrap(), "client_key_file");
    assert_eq!(field(Some(&certificate), Some(&missing)).unwrap(), "client_key_file");
    assert_eq!(field(Some(&certificate), Some(&certificate)).unwrap(), "client_key_file");
    assert_eq!(field(Some(&certificate), Some(&other_key)).unwrap(), "client_key_file");
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
            let error = client.send_opts(1, &CallOptions::new().max_retries(1)).unwrap_err();
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
        assert!(outcome_of(&result).starts_with("not_sent/"), "{face}: {result:?}");
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
        assert_eq!(outcome_of(&result) == "sent", !wanted, "{result:?}");
        assert_consistent(&server);
    }
}

/// What the environment names and can't be read is not replaced by another trust.
#[test]
fn certificates_that_cannot_be_read_are_named() {
    let authority = Authority::new().unwrap();
    let server = Server::start_tls(authority.server(Leaf::Good, &[]).unwrap(), |_| Plan::sent()).unwrap();
    let plain = Server::start(|_| Plan::sent()).unwrap();
    let roots = authority.file().unwrap();
    let empty = roots.with_extension("empty");
    std::fs::write(&empty, "no certificate").unwrap();
    let (roots, empty) = (roots.to_str().unwrap(), empty.to_str().unwrap());
    let missing = "/nonexistent";
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("SSL_CERT_FILE", missing)], "not_sent/config/SSL_CERT_FILE"),
        (&[("SSL_CERT_FILE", empty)], "not_sent/config/SSL_CERT_FILE"),
        (&[("SSL_CERT_FILE", missing), ("PROBE_CA_FILE", roots)], "not_sent/config/SSL_CERT_FILE"),
        (&[("SSL_CERT_DIR", missing)], "not_sent/config/SSL_CERT_DIR"),
        (&[("SSL_CERT_FILE", roots), ("SSL_CERT_DIR", missing)], "sent"),
        (&[("SSL_CERT_FILE", missing), ("PROBE_TRUST_ENV", "false"), ("PROBE_CA_FILE", roots)], "sent"),
    ];
    for (environment, told) in cases {
        let url = server.tls_url();
        let whole = [&[("PARTNER_MESSAGING_BASE_URL", &*url)], environment].concat();
        assert_eq!(probe(&whole), told, "{environment:?}");
        // Nothing is encrypted on the way to loopback: no certificate is looked for.
        let url = plain.url();
        assert_eq!(probe(&[&[("PARTNER_MESSAGING_BASE_URL", &*url)], environment].concat()), "sent");
    }
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

/// Which certificates count, highest first: `ca_file`, `SSL_CERT_FILE` or `SSL_CERT_DIR`, the
/// variables of the binding's language. The probe's language has one that replaces the
/// platform's roots (`PROBE_CA_BUNDLE`) and one that adds to them (`PROBE_EXTRA_CA_CERTS`).
#[test]
fn certificates_named_by_the_environment() {
    let (ours, other) = (Authority::new().unwrap(), Authority::new().unwrap());
    let server = Server::start_tls(ours.server(Leaf::Good, &[]).unwrap(), |_| Plan::sent()).unwrap();
    let (ours, other) = (ours.file().unwrap(), other.file().unwrap());
    let folder = ours.with_extension("folder");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(&ours, folder.join("ours.pem")).unwrap();
    let [ours, other, folder] = [&ours, &other, &folder].map(|path| path.to_str().unwrap());
    let url = server.tls_url();
    let told = |more: &[(&str, &str)]| probe(&[&[("PARTNER_MESSAGING_BASE_URL", &*url)], more].concat());

    let trusted: &[&[(&str, &str)]] = &[
        &[("SSL_CERT_FILE", ours)],
        &[("SSL_CERT_DIR", folder)],
        &[("PROBE_CA_BUNDLE", ours)],
        &[("PROBE_CA_BUNDLE", folder)],
        &[("PROBE_CA_BUNDLE", ""), ("PROBE_CA_BUNDLE_2", ours)],
        &[("PROBE_EXTRA_CA_CERTS", ours)],
        // What adds counts beside what replaces.
        &[("PROBE_EXTRA_CA_CERTS", ours), ("SSL_CERT_FILE", other)],
        &[("PROBE_EXTRA_CA_CERTS", ours), ("PROBE_CA_BUNDLE", other)],
        &[("PROBE_CA_FILE", ours), ("SSL_CERT_FILE", other), ("PROBE_CA_BUNDLE", other)],
        &[("SSL_CERT_FILE", ours), ("PROBE_CA_BUNDLE", other)],
        &[("SSL_CERT_FILE", ours), ("PROBE_CA_BUNDLE", "/nonexistent")],
        &[("SSL_CERT_FILE", ""), ("PROBE_CA_BUNDLE", ours)],
        &[("PROBE_CA_BUNDLE", ours), ("PROBE_CA_BUNDLE_2", other)],
        &[("PROBE_CA_FILE", ours), ("PROBE_EXTRA_CA_CERTS", "/nonexistent")],
    ];
    for environment in trusted {
        assert_eq!(told(environment), "sent", "{environment:?}");
    }
    let untrusted: &[&[(&str, &str)]] = &[
        &[("SSL_CERT_FILE", other), ("PROBE_CA_BUNDLE", ours)],
        &[("PROBE_CA_BUNDLE", other), ("PROBE_CA_BUNDLE_2", ours)],
        &[("PROBE_TRUST_ENV", "false"), ("SSL_CERT_FILE", ours)],
        &[("PROBE_TRUST_ENV", "false"), ("SSL_CERT_DIR", folder)],
        &[("PROBE_TRUST_ENV", "false"), ("PROBE_CA_BUNDLE", ours)],
        &[("PROBE_TRUST_ENV", "false"), ("PROBE_EXTRA_CA_CERTS", ours)],
    ];
    for environment in untrusted {
        assert_eq!(told(environment), "not_sent/tls/", "{environment:?}");
    }
    let bundle = [("PROBE_CA_BUNDLE", "/nonexistent")];
    assert_eq!(told(&bundle), "not_sent/config/PROBE_CA_BUNDLE");
    // Nothing is encrypted on the way to loopback: no certificate is looked for.
    let plain = Server::start(|_| Plan::sent()).unwrap();
    assert_eq!(probe(&[&[("PARTNER_MESSAGING_BASE_URL", &*plain.url())], &bundle[..]].concat()), "sent");
}
