//! A model of a call against which random scripts are run, and shrunk when they disagree.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use partner_messaging::{CallOptions, Cancel};
use partner_messaging_wire::{End, Plan, Server, answer, sent_body};
use proptest::prelude::*;
use support::{Face, assert_consistent, builder, outcome_of, with_deadline};

/// What the server does with one request.
#[derive(Clone, Copy, Debug)]
enum Step {
    Sent,
    SentThenClosed,
    Busy,
    Refused,
    Failed,
    Redirected,
    Malformed,
    ClosedAfterReading,
    ResetAfterReading,
    CutAnswer(usize),
    Stalled,
}

/// One call: its `max_retries`, and whether it is cancelled beforehand.
#[derive(Clone, Copy, Debug)]
struct Calling {
    retries: u32,
    cancelled: bool,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Sent),
        2 => Just(Step::SentThenClosed),
        4 => Just(Step::Busy),
        1 => Just(Step::Refused),
        1 => Just(Step::Failed),
        1 => Just(Step::Redirected),
        1 => Just(Step::Malformed),
        1 => Just(Step::ClosedAfterReading),
        1 => Just(Step::ResetAfterReading),
        1 => (0..240_usize).prop_map(Step::CutAnswer),
        1 => Just(Step::Stalled),
    ]
}

fn calling() -> impl Strategy<Value = Calling> {
    (0..4_u32, prop::bool::weighted(0.1)).prop_map(|(retries, cancelled)| Calling { retries, cancelled })
}

fn plan(step: Step) -> Plan {
    let whole = answer(200, &[], sent_body());
    match step {
        Step::Sent => Plan::sent(),
        Step::SentThenClosed => {
            Plan::answered(answer(200, &[("connection", "close")], sent_body()), true).then(End::Fin)
        }
        Step::Busy => Plan::answered(answer(429, &[("retry-after", "0")], b""), false),
        Step::Refused => {
            Plan::answered(answer(400, &[], br#"{"success":false,"code":"VALIDATION_ERROR"}"#), false)
        }
        Step::Failed => Plan::answered(answer(503, &[], b""), true),
        Step::Redirected => Plan::answered(answer(307, &[("location", "/")], b""), true),
        Step::Malformed => Plan::answered(answer(200, &[], b"<html>"), true),
        Step::ClosedAfterReading => Plan::cut_answer(b"", End::Fin),
        Step::ResetAfterReading => Plan::cut_answer(b"", End::Reset),
        Step::CutAnswer(at) => Plan::cut_answer(&whole[..at.min(whole.len() - 1)], End::Fin),
        Step::Stalled => Plan::cut_answer(b"", End::Stall),
    }
}

/// What the caller must be told after this step, and whether it may be tried again.
fn told(step: Step) -> (&'static str, bool) {
    match step {
        Step::Sent | Step::SentThenClosed => ("sent", false),
        Step::Busy => ("rejected/api", true),
        Step::Refused => ("rejected/api", false),
        Step::Failed => ("unknown/server", false),
        Step::Redirected => ("unknown/redirect", false),
        Step::Malformed => ("unknown/malformed", false),
        Step::ClosedAfterReading | Step::CutAnswer(_) => ("unknown/closed", false),
        Step::ResetAfterReading => ("unknown/reset", false),
        Step::Stalled => ("unknown/timeout", false),
    }
}

/// The model: the outcome of a call that meets these steps, and how many of them it uses up.
fn model(steps: &mut impl Iterator<Item = Step>, calling: Calling) -> (&'static str, u32) {
    if calling.cancelled {
        return ("not_sent/cancelled", 0);
    }
    let mut attempts = 0;
    loop {
        attempts += 1;
        let (outcome, again) = told(steps.next().unwrap_or(Step::Sent));
        // A 429 is tried again as long as there is time, unless retries are turned off.
        if !again || calling.retries == 0 {
            return (outcome, attempts);
        }
    }
}

/// `None` when a call ran out of time that should not have.
fn run(steps: &[Step], callings: &[Calling], blocking: bool, deadline: Duration) -> Option<()> {
    let script: Vec<Plan> = steps.iter().copied().map(plan).collect();
    let next = AtomicUsize::new(0);
    let script = move |_| script.get(next.fetch_add(1, Ordering::SeqCst)).cloned().unwrap_or_else(Plan::sent);
    let server = Server::start(script).unwrap();
    let options = builder(&server.url());
    let client = if blocking { Face::blocking(options) } else { Face::asynchronous(options) };
    let mut left = steps.iter().copied();
    for (call, calling) in (0..).zip(callings) {
        let cancel = Cancel::new();
        if calling.cancelled {
            cancel.cancel();
        }
        let options = CallOptions::new().max_retries(calling.retries).timeout(deadline).cancel(&cancel);
        let result = client.send_opts(call, &options);
        server.ledger().told(call, &result);
        assert_consistent(&server);
        let attempts = result.as_ref().map_or_else(|error| error.attempts(), |receipt| receipt.attempts);
        let (outcome, made) = (outcome_of(&result), model(&mut left, *calling));
        let out_of_time = outcome != made.0 && outcome.ends_with("/timeout");
        if out_of_time || attempts < made.1 {
            return None;
        }
        assert_eq!((outcome.as_str(), attempts), made, "call {call}: {result:?}");
        // A connection that is closing must have closed: its race with the next call is not the model's.
        client.settle();
    }
    assert_consistent(&server);
    Some(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_script_ends_as_the_model_says(
        steps in prop::collection::vec(step(), 0..12),
        callings in prop::collection::vec(calling(), 1..8),
        blocking: bool,
    ) {
        with_deadline(Duration::from_millis(700), |deadline| run(&steps, &callings, blocking, deadline));
    }
}
