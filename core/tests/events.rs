//! What a client tells of its calls, to `tracing` and to an observer, and what it keeps to itself.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use partner_messaging::{Client, Event, Kind, Outcome, Sms, Step};
use partner_messaging_sandbox::{FaultKind, Sandbox};
use tracing::field::{Field, Visit};
use tracing::span;

/// Writes down every span and event of the crate, with all fields.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl tracing::Subscriber for Recorder {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "partner_messaging"
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut fields = Fields(format!("span {}", attributes.metadata().name()));
        attributes.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
        span::Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn attempts_retries_and_outcomes_are_told_without_secrets() {
    let sandbox = Sandbox::start().unwrap();
    let recorder = Recorder::default();
    let events = Arc::new(Mutex::new(Vec::<Event>::new()));
    let log = events.clone();
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.url())
        .header("x-team", "team-secret")
        .on_event(move |event| log.lock().unwrap().push(event.clone()))
        .build_blocking()
        .unwrap();
    let message = Sms::text("+6591234567", "your code is 987654");
    // For the whole process, which is this one test's: a subscriber of one thread
    // would race with what other threads' tests make of the same events.
    tracing::subscriber::set_global_default(recorder.clone()).unwrap();
    sandbox.push_fault(FaultKind::RateLimit { retry_after: Some("0".into()), envelope: false }.into());
    client.send(&message).unwrap();
    sandbox.push_fault(FaultKind::CloseAfterRead.into());
    client.send(&message).unwrap_err();

    let steps: Vec<Step> = events.lock().unwrap().iter().map(|event| event.step.clone()).collect();
    let [
        Step::Attempt { number: 1 },
        Step::Retry { number: 1, kind: Kind::Api, .. },
        Step::Attempt { number: 2 },
        Step::Ended { outcome: Some(Outcome::Sent), kind: None, attempts: 2, .. },
        Step::Attempt { number: 1 },
        Step::Ended { outcome: Some(Outcome::Unknown), kind: Some(Kind::Closed), attempts: 1, .. },
    ] = steps.as_slice()
    else {
        panic!("{steps:#?}")
    };
    let traced = recorder.0.lock().unwrap().clone();
    assert_eq!(traced.iter().filter(|line| line.starts_with("span call")).count(), 2, "{traced:#?}");
    assert!(
        traced.iter().any(|line| line.contains("outcome=\"unknown\"") && line.contains("kind=\"closed\""))
    );

    let mut told = traced.join("\n");
    for event in events.lock().unwrap().iter() {
        write!(told, "{event}\n{event:?}\n").unwrap();
    }
    assert!(told.contains("*******4567"), "{told}");
    for secret in ["sandbox-key", "987654", "+6591234567", "6591234567", "team-secret"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}
