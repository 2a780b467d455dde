//! A call whose future is dropped tells nobody but the observer.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::sync::{Arc, Mutex};

use partner_messaging::{Client, Event, Kind, Outcome, Sms, Step};
use partner_messaging_sandbox::{FaultKind, Sandbox};

#[tokio::test]
async fn a_dropped_call_is_told_too() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_fault(Some(FaultKind::Stall { ms: None }.into()));
    let events = Arc::new(Mutex::new(Vec::<Event>::new()));
    let log = events.clone();
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.url())
        .on_event(move |event| log.lock().unwrap().push(event.clone()))
        .build()
        .unwrap();
    let message = Sms::text("+6591234567", "Hello");
    let arrived = async {
        while sandbox.requests().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        result = client.send(&message) => panic!("nobody answered it: {result:?}"),
        () = arrived => {}
    }
    let last = events.lock().unwrap().last().cloned().unwrap();
    assert!(
        matches!(last.step, Step::Ended { outcome: Some(Outcome::Unknown), kind: Some(Kind::Cancelled), .. }),
        "{last:?}"
    );
}
