//! Who is told of a client's events, and when.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use partner_messaging::{Client, Kind, Outcome, Sms, Step};
use partner_messaging_sandbox::Sandbox;

#[test]
fn an_observer_is_told_only_what_it_wants() {
    let sandbox = Sandbox::start().unwrap();
    let (wanted, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (asked, told) = (wanted.clone(), count.clone());
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.url())
        .on_event_if(
            move || asked.load(Ordering::SeqCst),
            move |_| {
                told.fetch_add(1, Ordering::SeqCst);
            },
        )
        .build_blocking()
        .unwrap();
    let message = Sms::text("+6591234567", "Hello");
    client.send(&message).unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 0);
    wanted.store(true, Ordering::SeqCst);
    client.send(&message).unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
    client.get_balance().unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

/// A fault before the request could leave sends nothing, and is no panic of the caller's.
#[test]
fn a_panic_is_an_error_with_an_outcome() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.url())
        .on_event(|event| assert!(!matches!(event.step, Step::Attempt { .. }), "on purpose"))
        .build_blocking()
        .unwrap();
    let error = client.send(&Sms::text("+6591234567", "Hello")).unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Internal), "{error}");
    assert!(error.to_string().contains("a fault inside this library"), "{error}");
    let error = client.get_balance().unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (None, Kind::Internal), "{error}");
    assert_eq!(sandbox.requests().len(), 0);
}

/// Of the program that the documentation has, since a variable is a process's own.
#[test]
fn the_environment_asks_for_a_line_of_each_event() {
    let sandbox = Sandbox::start().unwrap();
    let built = std::env::current_exe().unwrap();
    let program = built.parent().unwrap().with_file_name("examples").join("first");
    let output = std::process::Command::new(program)
        .arg("+6591234567")
        .env("PARTNER_MESSAGING_API_KEY", sandbox.api_key())
        .env("PARTNER_MESSAGING_BASE_URL", sandbox.url())
        .env("PARTNER_MESSAGING_LOG", "debug")
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(
        lines[0],
        "partner-messaging: send SMS to *******4567: attempt 1 [POST /partner/message/send]"
    );
    assert!(
        lines[1].starts_with("partner-messaging: send SMS to *******4567: sent after 1 attempts"),
        "{log}"
    );
    assert_eq!(lines.len(), 2);
}
