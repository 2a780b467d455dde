//! The port: refused, opened again, and given back at the end.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use partner_messaging_sandbox::{Config, FaultKind, Sandbox};
use support::{Connection, End, SMS, push, send, wait_for_requests};

fn refused(sandbox: &Sandbox) -> bool {
    match Connection::try_to(sandbox.url()) {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
            true
        }
    }
}

#[test]
fn refusing_takes_effect_at_once_and_ends_idle_connections() {
    let sandbox = Sandbox::start().unwrap();
    let mut fresh = Connection::to(sandbox.url());
    let mut used = Connection::to(sandbox.url());
    assert_eq!(used.exchange(SMS).status, 200);
    push(&sandbox, r#"{"kind":"stall","ms":300}"#);
    let mut busy = Connection::to(sandbox.url());
    busy.send(SMS);
    wait_for_requests(&sandbox, 2);

    sandbox.set_fault(Some(FaultKind::Refuse { ms: None }.into()));
    assert!(refused(&sandbox));
    assert_eq!(used.end(), (Vec::new(), End::Fin));
    assert_eq!(fresh.end(), (Vec::new(), End::Fin));
    // A request under way is answered; then its connection ends, too.
    assert_eq!(busy.answer().status, 200);
    assert_eq!(busy.end(), (Vec::new(), End::Fin));
    assert!(refused(&sandbox));

    sandbox.set_fault(None);
    assert_eq!(send(&sandbox, SMS).status, 200);
}

#[test]
fn refusing_for_a_time_ends_by_itself_on_the_same_port() {
    let sandbox = Sandbox::start().unwrap();
    for _ in 0..3 {
        let start = Instant::now();
        push(&sandbox, r#"{"kind":"refuse","ms":300}"#);
        while refused(&sandbox) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(start.elapsed() >= Duration::from_millis(300));
        assert_eq!(send(&sandbox, SMS).status, 200);
    }
    assert_eq!(sandbox.requests().len(), 3);
}

#[test]
fn nobody_else_gets_the_port_while_it_is_closed() {
    let sandbox = Sandbox::start().unwrap();
    push(&sandbox, r#"{"kind":"refuse"}"#);
    let address: SocketAddr = sandbox.url()[7..].parse().unwrap();
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let error = socket.bind(&address.into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    assert!(refused(&sandbox));
    sandbox.reset();
    assert_eq!(send(&sandbox, SMS).status, 200);
}

#[test]
fn stopping_is_quick_whatever_the_connections_do() {
    let sandbox = Sandbox::start().unwrap();
    push(&sandbox, r#"{"kind":"stall","times":3}"#);
    push(&sandbox, r#"{"kind":"slow","ms_per_byte":1000}"#);
    let mut connections: Vec<_> = (0..4)
        .map(|sent| {
            let mut connection = Connection::to(sandbox.url());
            connection.send(SMS);
            wait_for_requests(&sandbox, sent + 1);
            connection
        })
        .collect();
    let url = sandbox.url().to_owned();
    let start = Instant::now();
    sandbox.stop();
    // The slow answer would take minutes, and the stalls have no end.
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(Connection::try_to(&url).is_err());
    for connection in &mut connections {
        assert_ne!(connection.end().1, End::Open);
    }
    // The port is free again at once.
    let config = Config { listen: url[7..].parse().unwrap(), ..Config::default() };
    let again = Sandbox::start_with(config).unwrap();
    assert_eq!(again.url(), url);
}

#[test]
fn a_client_that_gives_up_on_a_stall_leaves_nothing_behind() {
    let sandbox = Sandbox::start().unwrap();
    push(&sandbox, r#"{"kind":"stall","times":2}"#);
    for headers in ["", "Connection: close\r\n"] {
        let mut connection = Connection::to(sandbox.url());
        connection.ask("POST", "/x", headers, "");
        assert_eq!(connection.rest(Duration::from_millis(100)).1, End::Open);
        connection.0.shutdown(std::net::Shutdown::Write).unwrap();
        assert_ne!(connection.end().1, End::Open);
    }
}

#[test]
fn only_loopback_is_listened_on_and_a_taken_port_is_an_error() {
    let with =
        |listen: &str| Sandbox::start_with(Config { listen: listen.parse().unwrap(), ..Config::default() });
    let error = with("0.0.0.0:0").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("listen"), "{error}");
    let sandbox = Sandbox::start().unwrap();
    let error = with(&sandbox.url()[7..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    // Where the machine has IPv6 at all.
    if let Ok(sandbox) = with("[::1]:0") {
        assert!(sandbox.url().starts_with("http://[::1]:"));
        assert_eq!(send(&sandbox, SMS).status, 200);
    }
}

#[test]
fn a_sandbox_is_used_from_any_thread() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Sandbox>();
}
