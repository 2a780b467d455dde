//! Proxies: by option and by environment, with and without credentials, and
//! what becomes of a message when one says no.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::time::Duration;

use partner_messaging::{Kind, Outcome};
use partner_messaging_wire::{Authority, Leaf, Plan, Proxy, ProxyAnswer, Server, Socks};
use support::{Face, builder, outcome_of, probe};

/// A service that only a proxy can find: its name has no address.
const HIDDEN: &str = "https://messaging.test";

struct Hidden {
    server: Server,
    roots: std::path::PathBuf,
}

fn hidden() -> Hidden {
    let authority = Authority::new().unwrap();
    let server = Server::start_tls(authority.server(Leaf::Good, &[]).unwrap(), |_| Plan::sent()).unwrap();
    Hidden { server, roots: authority.file().unwrap() }
}

#[test]
fn through_a_proxy() {
    let hidden = hidden();
    for (credentials, header) in
        [("", None), ("user:pass%20word", Some("proxy-authorization: basic dxnlcjpwyxnzihdvcmq="))]
    {
        let proxy = Proxy::start(ProxyAnswer::Tunnel(hidden.server.address())).unwrap();
        let builder = builder(HIDDEN).ca_file(&hidden.roots).proxy(proxy.url(credentials));
        for (face, client) in Face::both(&builder) {
            assert_eq!(outcome_of(&client.send(1)), "sent", "{face}");
        }
        for head in proxy.heads() {
            assert!(head.starts_with("connect messaging.test:443 http/1.1\r\n"), "{head}");
            assert_eq!(head.contains("proxy-authorization"), header.is_some(), "{head}");
            assert!(header.is_none_or(|header| head.contains(header)), "{head}");
            assert!(!head.contains("wire-key"), "the key is not the proxy's: {head}");
        }
    }
}

#[test]
fn through_an_encrypted_proxy() {
    let hidden = hidden();
    let authority = Authority::new().unwrap();
    let tls = authority.server(Leaf::Good, &["h2", "http/1.1"]).unwrap();
    let proxy = Proxy::start_tls(ProxyAnswer::Tunnel(hidden.server.address()), tls).unwrap();
    let both = std::fs::read(&hidden.roots).unwrap();
    let both = [both, std::fs::read(authority.file().unwrap()).unwrap()].concat();
    let roots = hidden.roots.with_extension("both.pem");
    std::fs::write(&roots, both).unwrap();
    for (face, client) in Face::both(&builder(HIDDEN).ca_file(&roots).proxy(proxy.url("user:hunter2"))) {
        assert_eq!(outcome_of(&client.send(1)), "sent", "{face}");
    }
    // One root alone is not enough: each end of the way is checked by its own name.
    for (face, client) in Face::both(&builder(HIDDEN).ca_file(&hidden.roots).proxy(proxy.url(""))) {
        assert_eq!(outcome_of(&client.send(1)), "not_sent/tls", "{face}");
    }
    let heads = proxy.heads();
    assert!(
        heads.iter().all(|head| head.starts_with("connect messaging.test:443 http/1.1\r\n")),
        "{heads:?}"
    );
}

#[test]
fn what_is_not_encrypted_a_proxy_passes_on() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    let proxy = Proxy::start(ProxyAnswer::Forward(server.address())).unwrap();
    let builder = builder("http://messaging.test").allow_http(true).proxy(proxy.url("user:pass%20word"));
    for (face, client) in Face::both(&builder) {
        assert_eq!(outcome_of(&client.send(1)), "sent", "{face}");
    }
    for head in proxy.heads() {
        assert!(head.starts_with("post http://messaging.test/partner/message/send http/1.1\r\n"), "{head}");
        assert!(head.contains("\r\nproxy-authorization: basic dxnlcjpwyxnzihdvcmq=\r\n"), "{head}");
        assert!(head.contains("\r\nhost: messaging.test\r\n"), "{head}");
    }
}

#[test]
fn a_proxy_that_says_no() {
    // Only who asks can be told apart from other refusals: those may pass.
    let refused = "refused to connect to the service, or does not answer as a proxy";
    let answers = [
        ("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", 1, "407"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", 2, refused),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", 2, refused),
        ("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy", 2, refused),
        ("garbage\r\n\r\n", 2, refused),
        ("", 2, refused),
    ];
    for (answer, attempts, told) in answers {
        let proxy = Proxy::start(ProxyAnswer::Bytes(answer)).unwrap();
        for (face, client) in Face::both(&builder(HIDDEN).max_retries(1).proxy(proxy.url("user:hunter2"))) {
            let error = client.send(1).unwrap_err();
            assert_eq!(
                (error.outcome(), error.kind()),
                (Some(Outcome::NotSent), Kind::Proxy),
                "{face} {answer}"
            );
            assert_eq!(error.attempts(), attempts, "{face} {answer}");
            assert!(error.to_string().contains(told), "{error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}

#[test]
fn a_proxy_that_is_not_there_is_tried_again() {
    let client = Face::blocking(builder(HIDDEN).max_retries(1).proxy("http://127.0.0.1:1"));
    let error = client.send(1).unwrap_err();
    assert_eq!((error.outcome(), error.kind(), error.attempts()), (Some(Outcome::NotSent), Kind::Proxy, 2));
}

#[test]
fn a_proxy_that_never_answers_ends_at_connect_timeout() {
    let proxy = Proxy::start(ProxyAnswer::Stall).unwrap();
    let builder = builder(HIDDEN).connect_timeout(Duration::from_millis(200)).proxy(proxy.url(""));
    for (face, client) in Face::both(&builder) {
        assert_eq!(outcome_of(&client.send(1)), "not_sent/timeout", "{face}");
    }
}

#[test]
fn never_for_loopback() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    for proxy in ["http://127.0.0.1:1", "socks5h://127.0.0.1:1"] {
        let client = Face::blocking(builder(&server.url()).proxy(proxy));
        assert_eq!(outcome_of(&client.send(1)), "sent");
    }
}

/// `socks5h` has the proxy look the name up, `socks5` does so here.
#[test]
fn through_a_socks_proxy() {
    let hidden = hidden();
    for credentials in [None, Some(("user", "pass word"))] {
        let socks = Socks::start(hidden.server.address(), credentials, 0).unwrap();
        let given = if credentials.is_some() { "user:pass%20word" } else { "" };
        let builder = builder(HIDDEN).ca_file(&hidden.roots);
        for (face, client) in Face::both(&builder.clone().proxy(socks.url("socks5h", given))) {
            assert_eq!(outcome_of(&client.send(1)), "sent", "{face}");
        }
        assert_eq!(socks.asked(), [r#""messaging.test":443"#; 2]);
        for (face, client) in Face::both(&builder.proxy(socks.url("socks5", given))) {
            assert_eq!(outcome_of(&client.send(1)), "not_sent/dns", "{face}");
        }
        assert_eq!(socks.asked().len(), 2);
    }
    // An address needs no looking up, and what is not encrypted goes through as well.
    let server = Server::start(|_| Plan::sent()).unwrap();
    for scheme in ["socks5", "socks5h"] {
        let socks = Socks::start(server.address(), None, 0).unwrap();
        let builder = builder("http://192.0.2.7:8080").allow_http(true).proxy(socks.url(scheme, ""));
        for (face, client) in Face::both(&builder) {
            assert_eq!(outcome_of(&client.send(1)), "sent", "{face}");
        }
        assert_eq!(socks.asked(), ["192.0.2.7:8080"; 2]);
    }
}

#[test]
fn a_socks_proxy_that_says_no() {
    let hidden = hidden();
    let closed = Some(("user", "password"));
    // Wrong credentials, none, and a host that can't be reached: all the same to us.
    for (credentials, given, reply) in [(closed, "user:hunter2", 0), (closed, "", 0), (None, "", 4)] {
        let socks = Socks::start(hidden.server.address(), credentials, reply).unwrap();
        let builder = builder(HIDDEN).max_retries(1).proxy(socks.url("socks5h", given));
        for (face, client) in Face::both(&builder) {
            let error = client.send(1).unwrap_err();
            assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Proxy), "{face}");
            assert_eq!(error.attempts(), 2, "{face} {error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}

/// The HTTP library takes such an address for a name that no certificate can be for.
#[test]
fn an_ipv6_address_behind_a_proxy_is_refused() {
    for proxy in ["http://127.0.0.1:1", "socks5://127.0.0.1:1"] {
        let error = builder("https://[2001:db8::1]").proxy(proxy).build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (Kind::Config, Some("proxy")));
    }
    assert!(builder("https://[2001:db8::1]").build().is_ok());
}

#[test]
fn the_environments_proxy() {
    let hidden = hidden();
    let proxy = Proxy::start(ProxyAnswer::Tunnel(hidden.server.address())).unwrap();
    let url = proxy.url("");
    let bare = url.strip_prefix("http://").unwrap();
    let base = [("PARTNER_MESSAGING_BASE_URL", HIDDEN), ("PROBE_CA_FILE", hidden.roots.to_str().unwrap())];
    let with = |more: &[(&str, &str)]| probe(&[&base, more].concat());
    assert_eq!(with(&[("HTTPS_PROXY", &url)]), "sent");
    assert_eq!(with(&[("https_proxy", &url)]), "sent");
    assert_eq!(with(&[("ALL_PROXY", &url)]), "sent");
    assert_eq!(with(&[("HTTPS_PROXY", bare)]), "sent");
    let unused = proxy.heads().len();
    for environment in [
        &[("HTTPS_PROXY", &*url), ("NO_PROXY", "messaging.test")][..],
        &[("HTTPS_PROXY", &url), ("no_proxy", "example.com,.test")],
        &[("HTTPS_PROXY", &url), ("NO_PROXY", "*")],
        &[("HTTPS_PROXY", &url), ("NO_PROXY", "*.test")],
        &[("HTTPS_PROXY", &url), ("NO_PROXY", "other.test messaging.test:443")],
        // A proxy that is not used is no error.
        &[("HTTPS_PROXY", "nonsense://"), ("NO_PROXY", "messaging.test")],
        &[("ALL_PROXY", "socks4://127.0.0.1:1"), ("NO_PROXY", "*")],
        &[("HTTPS_PROXY", &url), ("PROBE_TRUST_ENV", "false")],
        &[("HTTP_PROXY", &url)],
        &[],
    ] {
        assert_eq!(with(environment), "not_sent/dns/", "{environment:?}");
    }
    assert_eq!(proxy.heads().len(), unused);
    assert_eq!(with(&[("HTTPS_PROXY", "socks4://127.0.0.1:1")]), "not_sent/config/HTTPS_PROXY");
    assert_eq!(with(&[("HTTPS_PROXY", &url), ("NO_PROXY", "messaging.test:8443,est")]), "sent");
    let socks = Socks::start(hidden.server.address(), None, 0).unwrap();
    assert_eq!(with(&[("ALL_PROXY", &socks.url("socks5h", ""))]), "sent");
}

#[test]
fn an_unusable_environment_is_named() {
    let outcomes = [
        (&[("PARTNER_MESSAGING_BASE_URL", "nonsense")][..], "not_sent/config/PARTNER_MESSAGING_BASE_URL"),
        (&[("PARTNER_MESSAGING_API_KEY", "")], "not_sent/config/api_key"),
        (&[("PARTNER_MESSAGING_API_KEY", "key\n")], "not_sent/config/api_key"),
    ];
    for (environment, told) in outcomes {
        assert_eq!(probe(environment), told, "{environment:?}");
    }
}

/// What a test run sets, so that no mistake sends for money.
#[test]
fn only_loopback_is_allowed() {
    let server = Server::start(|_| Plan::sent()).unwrap();
    let url = server.url();
    let told = |more: &[(&str, &str)]| probe(&[&[("PARTNER_MESSAGING_ALLOW", "loopback")], more].concat());
    let loopback = ("PARTNER_MESSAGING_BASE_URL", &*url);
    assert_eq!(told(&[loopback]), "sent");
    // An environment's proxy is not used for loopback.
    assert_eq!(told(&[loopback, ("HTTPS_PROXY", "http://proxy.test:3128")]), "sent");
    assert_eq!(told(&[loopback, ("PROBE_PROXY", "http://127.0.0.1:1")]), "sent");
    assert_eq!(told(&[]), "not_sent/config/base_url", "the default is the real service");
    assert_eq!(told(&[("PARTNER_MESSAGING_BASE_URL", HIDDEN)]), "not_sent/config/PARTNER_MESSAGING_BASE_URL");
    let local = [("PARTNER_MESSAGING_BASE_URL", "https://localhost.messaging.test")];
    assert_eq!(told(&local), "not_sent/config/PARTNER_MESSAGING_BASE_URL");
    assert_eq!(told(&[loopback, ("PROBE_PROXY", "http://proxy.test:3128")]), "not_sent/config/proxy");

    for (value, expected) in
        [("", "not_sent/dns/"), ("everything", "not_sent/config/PARTNER_MESSAGING_ALLOW")]
    {
        let environment = [("PARTNER_MESSAGING_ALLOW", value), ("PARTNER_MESSAGING_BASE_URL", HIDDEN)];
        assert_eq!(probe(&environment), expected, "{value}");
    }
}
