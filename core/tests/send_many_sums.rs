//! Random scripts of faults: the sums of a run are those of the server's book.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::collections::HashMap;

use partner_messaging::{Client, Decimal, Outcome, SendManyOptions, Sms};
use partner_messaging_sandbox::{FaultKind, Sandbox};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

/// What may befall a request, and whether the service has accepted it then.
fn fault(number: usize) -> FaultKind {
    match number {
        0 => FaultKind::Code { code: "VALIDATION_ERROR".to_owned() },
        1 => FaultKind::RateLimit { retry_after: Some("0".to_owned()), envelope: true },
        2 => FaultKind::Reset,
        3 => FaultKind::Truncate { after: None },
        4 => FaultKind::CloseBeforeRead,
        5 => FaultKind::Html502,
        6 => FaultKind::Garbage,
        _ => FaultKind::Stall { ms: Some(5) },
    }
}

/// The cost of each message that the server has accepted.
fn book(sandbox: &Sandbox) -> HashMap<String, Decimal> {
    let entry = |message: serde_json::Value| {
        let cost = message["cost"].to_string().trim_matches('"').parse().unwrap();
        (message["messageId"].as_str().unwrap().to_owned(), cost)
    };
    sandbox.messages().into_iter().map(entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_those_of_the_servers_book(
        script in vec(0..8_usize, 0..60),
        count in 1..150_usize,
        in_flight in 1..40_u32,
    ) {
        let sandbox = Sandbox::start().unwrap();
        sandbox.set_state(&json!({"balance": "1000000.00"})).unwrap();
        script.iter().for_each(|number| sandbox.push_fault(fault(*number).into()));
        let client = Client::builder().api_key(sandbox.api_key()).base_url(sandbox.url());
        let client = client.build_blocking().unwrap();
        let messages = (0..count).map(|n| Sms::text(format!("+65912{n:05}"), "Hello"));
        let options = SendManyOptions::new().max_in_flight(in_flight).max_unknown(1_000);
        let mut results = client.send_many_opts(messages, &options).unwrap();
        let ended: Vec<_> = results.by_ref().map(Result::unwrap).collect();

        let of = |outcome| ended.iter().filter(|it| it.outcome() == outcome).count() as u64;
        let summary = results.summary();
        prop_assert_eq!(summary.taken, count as u64);
        prop_assert_eq!(summary.in_flight, 0);
        prop_assert_eq!(
            [summary.sent, summary.rejected, summary.not_sent, summary.unknown],
            [of(Outcome::Sent), of(Outcome::Rejected), of(Outcome::NotSent), of(Outcome::Unknown)]
        );
        prop_assert_eq!(
            summary.taken,
            summary.sent + summary.replayed + summary.rejected + summary.not_sent + summary.unknown
        );
        let mut book = book(&sandbox);
        let mut cost = Decimal::ZERO;
        for receipt in ended.iter().filter_map(|it| it.receipt()) {
            let known = book.remove(&receipt.message_id);
            prop_assert!(known.is_some(), "sent once, and known to the server");
            cost += known.unwrap();
        }
        prop_assert!(book.len() as u64 <= summary.unknown, "what is left may have been accepted");
        prop_assert_eq!(summary.cost.get("SGD").copied().unwrap_or_default(), cost);
    }
}
