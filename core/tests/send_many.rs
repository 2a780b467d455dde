//! Many messages against the sandbox: bounds, stops, sums, and ends of every kind.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use partner_messaging::background::BatchStep;
use partner_messaging::{
    BatchResult, BatchSummary, Client, ClientBuilder, Decimal, Error, ErrorClass, Event, Kind, Outcome,
    SendManyOptions, Sms, Step, blocking,
};
use partner_messaging_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::json;

/// How long a test waits for what another thread is to do: longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn wait_until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "it never came to be");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn builder(sandbox: &Sandbox) -> ClientBuilder {
    sandbox.set_state(&json!({"balance": "1000000.00"})).unwrap();
    Client::builder().api_key(sandbox.api_key()).base_url(sandbox.url())
}

fn blocking_client(sandbox: &Sandbox) -> blocking::Client {
    builder(sandbox).build_blocking().unwrap()
}

fn sms(n: usize) -> Sms {
    Sms::text(format!("+65912{n:05}"), format!("You are number {n}."))
}

fn messages(count: usize) -> impl Iterator<Item = Sms> {
    (0..count).map(sms)
}

/// The results, and the error that ended the run.
fn collect<I>(results: I) -> (Vec<BatchResult>, Option<Error>)
where
    I: Iterator<Item = Result<BatchResult, Error>>,
{
    let (mut ended, mut error) = (Vec::new(), None);
    for result in results {
        assert!(error.is_none(), "nothing comes after the run's error");
        match result {
            Ok(result) => ended.push(result),
            Err(stopped) => error = Some(stopped),
        }
    }
    (ended, error)
}

fn assert_adds_up(summary: &BatchSummary) {
    let ended = summary.sent + summary.replayed + summary.rejected + summary.not_sent + summary.unknown;
    assert_eq!(summary.taken, ended + summary.in_flight, "{summary:?}");
}

fn count(results: &[BatchResult], outcome: Outcome) -> u64 {
    results.iter().filter(|it| it.outcome() == outcome).count() as u64
}

#[test]
fn each_message_is_sent_once_and_counted() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    let mut results = client.send_many(messages(500)).unwrap();
    let (ended, error) = collect(&mut results);
    assert!(error.is_none() && results.next().is_none());
    let indices: HashSet<_> = ended.iter().map(|it| it.index).collect();
    let ids: HashSet<_> = ended.iter().map(|it| it.receipt().unwrap().message_id.clone()).collect();
    assert_eq!((indices.len(), ids.len(), sandbox.messages().len()), (500, 500, 500));
    let summary = results.summary();
    assert_adds_up(&summary);
    assert_eq!((summary.taken, summary.sent, summary.in_flight), (500, 500, 0));
    let cost: Decimal = client.spending().iter().map(|it| it.cost).sum();
    assert_eq!(summary.cost.get("SGD"), Some(&cost));
    assert!(summary.rate > 0.0 && summary.elapsed > Duration::ZERO);
}

#[test]
fn a_message_that_cannot_be_sent_is_a_result() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    let given = vec![sms(1), Sms::text("nobody", "Hello"), sms(2)];
    let (mut ended, error) = collect(client.send_many(given).unwrap());
    ended.sort_by_key(|it| it.index);
    assert!(error.is_none());
    let outcomes: Vec<_> = ended.iter().map(BatchResult::outcome).collect();
    assert_eq!(outcomes, [Outcome::Sent, Outcome::NotSent, Outcome::Sent]);
    let error = ended[1].error().unwrap();
    assert_eq!((error.class(), error.field()), (ErrorClass::InvalidMessage, Some("to")));
}

#[test]
fn a_spent_retry_budget_is_named() {
    let client = Client::builder().api_key("key").base_url("http://127.0.0.1:9").build_blocking().unwrap();
    // Each may be tried again twice, and all together some hundred times.
    let options = SendManyOptions::new().max_in_flight(100);
    let (ended, error) = collect(client.send_many_opts(messages(100), &options).unwrap());
    assert!(error.is_none() && ended.iter().all(|it| it.outcome() == Outcome::NotSent));
    let is_named = |it: &&BatchResult| it.error().unwrap().to_string().contains("retry budget is spent");
    let named = ended.iter().filter(is_named).count();
    assert!((50..100).contains(&named), "{named}");
}

#[test]
fn after_a_refusal_that_meets_all_no_message_is_begun() {
    for code in ["INSUFFICIENT_CREDIT", "ORG_INACTIVE", "APP_NOT_FOUND"] {
        let sandbox = Sandbox::start().unwrap();
        let client = blocking_client(&sandbox);
        let taken = AtomicUsize::new(0);
        let source = messages(1_000).inspect(|_| {
            // The eleventh message is refused, and all after it.
            if taken.fetch_add(1, Ordering::SeqCst) == 10 {
                sandbox.set_fault(Some(FaultKind::Code { code: code.to_owned() }.into()));
            }
        });
        let options = SendManyOptions::new().max_in_flight(1);
        let mut results = client.send_many_opts(source, &options).unwrap();
        let (ended, error) = collect(&mut results);
        let error = error.unwrap();
        assert_eq!((error.code(), error.outcome()), (Some(code), Some(Outcome::Rejected)));
        assert!(error.to_string().contains("what was not begun is untouched"), "{error}");
        assert_eq!((count(&ended, Outcome::Sent), count(&ended, Outcome::Rejected)), (10, 1));
        assert_eq!((sandbox.requests().len(), taken.load(Ordering::SeqCst)), (11, 11));
        assert_adds_up(&results.summary());
    }
}

#[test]
fn those_that_wait_when_the_run_stops_are_not_sent() {
    let sandbox = Sandbox::start().unwrap();
    let taken = Arc::new(AtomicUsize::new(0));
    // Two requests at a time, the first is refused while the others wait for a slot.
    let seen = taken.clone();
    let others_wait = move |_: &Event| wait_until(|| seen.load(Ordering::SeqCst) > 10);
    let client = builder(&sandbox).max_connections(2).on_event(others_wait).build_blocking().unwrap();
    sandbox.push_fault(FaultKind::Code { code: "ORG_INACTIVE".to_owned() }.into());
    let source = messages(1_000).inspect(|_| {
        taken.fetch_add(1, Ordering::SeqCst);
    });
    let (ended, error) = collect(client.send_many(source).unwrap());
    assert_eq!(error.unwrap().class(), ErrorClass::OrgInactive);
    assert!(ended.len() < 200 && sandbox.requests().len() < 20, "{}", sandbox.requests().len());
    let waited = ended.iter().filter(|it| it.outcome() == Outcome::NotSent);
    let reasons: HashSet<_> = waited.map(|it| it.error().unwrap().kind()).collect();
    assert_eq!(reasons, [Kind::Cancelled].into());
}

#[test]
fn what_stops_is_the_callers_choice() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    sandbox.set_fault(Some(FaultKind::Code { code: "VALIDATION_ERROR".to_owned() }.into()));
    let (ended, error) = collect(client.send_many(messages(50)).unwrap());
    assert!(error.is_none());
    assert_eq!(count(&ended, Outcome::Rejected), 50);
    let options = SendManyOptions::new().max_in_flight(1).stop_on(["VALIDATION_ERROR"]);
    let (ended, error) = collect(client.send_many_opts(messages(50), &options).unwrap());
    assert_eq!((ended.len(), error.unwrap().class()), (1, ErrorClass::Validation));
}

#[test]
fn too_many_unknowns_stop_the_run() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    sandbox.set_fault(Some(FaultKind::Reset.into()));
    let options = SendManyOptions::new().max_in_flight(1).max_unknown(3);
    let (ended, error) = collect(client.send_many_opts(messages(50), &options).unwrap());
    assert_eq!((ended.len(), count(&ended, Outcome::Unknown)), (4, 4));
    let error = error.unwrap();
    assert_eq!(error.class(), ErrorClass::OutcomeUnknown);
    assert!(error.to_string().contains("max_unknown"), "{error}");
}

#[test]
fn a_key_needs_a_journal() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    let keyed = messages(10).enumerate().map(|(n, message)| (format!("key-{n}"), message));
    let (ended, error) =
        collect(client.send_many_opts(keyed, &SendManyOptions::new().max_in_flight(1)).unwrap());
    let error = error.unwrap();
    assert_eq!((error.class(), error.field()), (ErrorClass::Config, Some("key")));
    assert_eq!((ended.len(), ended[0].key.as_deref(), sandbox.requests().len()), (1, Some("key-0"), 0));
}

#[test]
fn options_that_cannot_be_used_are_named() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    let options = SendManyOptions::new();
    for (field, options) in [
        ("max_in_flight", options.clone().max_in_flight(0)),
        ("stop_on", options.clone().stop_on([""])),
        ("timeout", options.timeout(Duration::ZERO)),
    ] {
        let error = client.send_many_opts(messages(1), &options).unwrap_err();
        assert_eq!((error.class(), error.field()), (ErrorClass::Config, Some(field)));
    }
}

#[test]
fn messages_that_are_turned_away_arrive_later() {
    let sandbox = Sandbox::start().unwrap();
    // A message's own time is short: what waits for the end of a hold does not lose any.
    let own_time = Duration::from_secs(4);
    let client = builder(&sandbox).timeout(own_time).build_blocking().unwrap();
    let limit = FaultKind::Limit { per_second: 2, envelope: false };
    sandbox.set_fault(Some(limit.into()));
    let begun = Instant::now();
    let mut results = client.send_many(messages(12)).unwrap();
    let (ended, error) = collect(&mut results);
    assert!(error.is_none() && count(&ended, Outcome::Sent) == 12, "{:?}", results.summary());
    assert!(begun.elapsed() > own_time && sandbox.messages().len() == 12);
}

#[test]
fn trouble_of_the_network_is_tried_again() {
    let sandbox = Arc::new(Sandbox::start().unwrap());
    // The service is back when each message has met the trouble.
    let (service, failures) = (sandbox.clone(), AtomicUsize::new(0));
    let back = move |event: &Event| {
        if matches!(event.step, Step::Ended { outcome: Some(Outcome::NotSent), .. })
            && failures.fetch_add(1, Ordering::SeqCst) == 4
        {
            service.set_fault(None);
        }
    };
    let client = builder(&sandbox).max_retries(100).on_event(back).build_blocking().unwrap();
    sandbox.set_fault(Some(FaultKind::Refuse { ms: None }.into()));
    let (ended, error) = collect(client.send_many(messages(5)).unwrap());
    assert!(error.is_none());
    let sent: Vec<_> = ended.iter().filter_map(BatchResult::receipt).collect();
    assert!(sent.iter().any(|receipt| receipt.attempts > 1), "{ended:?}");
    assert_eq!((sent.len(), sandbox.messages().len()), (5, 5));
    let none = builder(&sandbox).max_retries(0).build_blocking().unwrap();
    sandbox.set_fault(Some(FaultKind::Refuse { ms: None }.into()));
    let (ended, _) = collect(none.send_many(messages(5)).unwrap());
    assert_eq!(count(&ended, Outcome::NotSent), 5);
}

#[test]
fn a_slow_consumer_holds_the_source_back() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = taken.clone();
    let source = messages(100_000).inspect(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut results = client.send_many_opts(source, &SendManyOptions::new().max_in_flight(8)).unwrap();
    for _ in 0..20 {
        assert!(results.next().unwrap().is_ok());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(taken.load(Ordering::SeqCst) <= 20 + 16, "{taken:?}");
    results.close();
    let (rest, error) = collect(&mut results);
    assert!(error.is_none() && rest.len() <= 16);
    assert_adds_up(&results.summary());
    assert_eq!(results.summary().sent as usize, sandbox.messages().len());
}

#[test]
fn a_source_that_blocks_delays_nothing_that_has_ended() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build_background().unwrap();
    let batch = client.send_many(&SendManyOptions::new()).unwrap();
    assert!(matches!(batch.wait(PATIENCE), Some(BatchStep::Room)));
    // It took its time for this one, and may do so for the next.
    std::thread::sleep(Duration::from_millis(20));
    batch.offer(sms(0));
    wait_until(|| batch.summary().sent == 1);
    assert!(matches!(batch.wait(PATIENCE), Some(BatchStep::Result(_))));
    assert!(matches!(batch.wait(PATIENCE), Some(BatchStep::Room)));
    batch.finish();
    assert!(matches!(batch.wait(PATIENCE), Some(BatchStep::Ended(None))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_given_up_while_its_messages_are_under_way() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    sandbox.set_fault(Some(FaultKind::Stall { ms: None }.into()));
    let options = SendManyOptions::new().max_in_flight(4);
    let mut results = client.send_many_opts(stream::iter(messages(50)), &options).unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(50), results.next()).await.is_err());
    while sandbox.requests().len() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((results.summary().taken, results.summary().in_flight), (4, 4));
    results.abort();
    let ended: Vec<_> = StreamExt::collect(&mut results).await;
    let outcomes = ended.iter().map(|it| it.as_ref().unwrap().outcome());
    assert_eq!(outcomes.collect::<Vec<_>>(), [Outcome::Unknown; 4]);
    assert_adds_up(&results.summary());
    assert_eq!(sandbox.requests().len(), 4);
}

#[tokio::test]
async fn what_is_under_way_when_a_stream_is_dropped_ends() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    sandbox.set_fault(Some(FaultKind::Stall { ms: Some(3_000) }.into()));
    let options = SendManyOptions::new().max_in_flight(4);
    let mut results = client.send_many_opts(stream::iter(messages(50)), &options).unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(50), results.next()).await.is_err());
    while sandbox.requests().len() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(results);
    let sent = || client.spending().iter().map(|it| it.messages).sum::<u64>();
    while sent() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Whatever was begun in their place would be there by now.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((sent(), sandbox.requests().len()), (4, 4));
}

#[tokio::test]
async fn an_asynchronous_source_may_wait_for_results() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    let (send, receive) = tokio::sync::mpsc::channel::<usize>(1);
    send.try_send(0).unwrap();
    let source = stream::unfold(receive, async |mut receive| Some((sms(receive.recv().await?), receive)));
    let mut results = client.send_many(source).unwrap();
    for n in 1..=5 {
        // The next message exists only after the one before has ended.
        assert_eq!(results.next().await.unwrap().unwrap().index, n - 1);
        if n < 5 {
            send.send(n as usize).await.unwrap();
        }
    }
    drop(send);
    assert!(results.next().await.is_none());
    assert_eq!(results.summary().sent, 5);
}

#[test]
fn a_closed_client_ends_the_run() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    let mut results = client.send_many(messages(1_000)).unwrap();
    assert!(results.next().unwrap().is_ok());
    client.close();
    let (_, error) = collect(&mut results);
    assert_eq!(error.unwrap().kind(), Kind::Closed);
    assert_adds_up(&results.summary());
}

#[test]
fn progress_is_told_now_and_then_and_at_the_end() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking_client(&sandbox);
    let told = Arc::new(Mutex::new(Vec::new()));
    let to = told.clone();
    let options = SendManyOptions::new()
        .max_in_flight(1)
        .on_progress(move |summary| to.lock().unwrap().push(summary.clone()));
    let source = messages(40).inspect(|_| std::thread::sleep(Duration::from_millis(10)));
    let (ended, _) = collect(client.send_many_opts(source, &options).unwrap());
    let told = told.lock().unwrap();
    assert!(ended.len() == 40 && told.len() >= 3, "{}", told.len());
    let last = told.last().unwrap();
    assert_eq!((last.sent, last.in_flight), (40, 0));
    told.iter().for_each(assert_adds_up);
    // The last one is told at the end, whenever that is.
    let most = last.elapsed.as_millis() / 100 + 3;
    assert!(told.len() as u128 <= most, "{} in {:?}", told.len(), last.elapsed);
}

#[test]
fn no_second_has_more_than_max_rate() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).max_rate(40.0).build_blocking().unwrap();
    let begun = Instant::now();
    let (ended, _) = collect(client.send_many(messages(100)).unwrap());
    assert_eq!(count(&ended, Outcome::Sent), 100);
    assert!(begun.elapsed() >= Duration::from_millis(2_000), "{:?}", begun.elapsed());
    // Plain sends keep it, too, and say so where their time won't do: a second one is
    // not before two minutes.
    let client = builder(&sandbox).max_rate(1.0 / 120.0).build_blocking().unwrap();
    let options = partner_messaging::CallOptions::new().timeout(Duration::from_millis(300));
    let results: Vec<_> = std::thread::scope(|scope| {
        let send = |n| client.send_opts(&sms(n), &options);
        let threads: Vec<_> = (0..20).map(|n| scope.spawn(move || send(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let late = results.iter().filter_map(|it| it.as_ref().err());
    let late: Vec<_> = late.filter(|error| error.to_string().contains("max_rate")).collect();
    assert!(late.len() >= 19, "{results:?}");
    assert!(late.iter().all(|error| error.outcome() == Some(Outcome::NotSent)));
}

#[test]
fn the_spend_limit_is_exact_with_max_cost() {
    let sandbox = Sandbox::start().unwrap();
    let client =
        builder(&sandbox).spend_limit("SGD", "1.00").max_cost("SGD", "0.05").build_blocking().unwrap();
    let mut results = client.send_many(messages(1_000)).unwrap();
    let (ended, error) = collect(&mut results);
    let error = error.unwrap();
    assert_eq!((error.class(), error.kind()), (ErrorClass::SpendLimit, Kind::SpendLimit));
    let spent = results.summary().cost["SGD"];
    assert!(spent <= Decimal::ONE && spent > Decimal::ONE - Decimal::new(5, 2), "{spent}");
    assert!(ended.iter().all(|it| it.outcome() != Outcome::Unknown));
    assert_adds_up(&results.summary());
    assert_eq!(client.send(&sms(1)).unwrap_err().class(), ErrorClass::SpendLimit);
    assert_eq!(results.summary().sent as usize, sandbox.messages().len());
}

#[test]
fn without_max_cost_a_channel_begins_with_one_message() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).spend_limit("SGD", "0.50").build_blocking().unwrap();
    sandbox.push_fault(Fault::new(FaultKind::Stall { ms: Some(300) }));
    let taken = Instant::now();
    let mut results = client.send_many(messages(1_000)).unwrap();
    assert!(results.next().unwrap().is_ok());
    assert!(taken.elapsed() >= Duration::from_millis(300), "the first one went alone");
    let (_, error) = collect(&mut results);
    assert_eq!(error.unwrap().class(), ErrorClass::SpendLimit);
    assert!(results.summary().cost["SGD"] <= Decimal::new(50, 2));
}

#[test]
fn limits_that_cannot_be_used_are_named() {
    let sandbox = Sandbox::start().unwrap();
    let field = |builder: ClientBuilder| builder.build().unwrap_err().field().unwrap_or_default().to_owned();
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(field(builder(&sandbox).max_rate(rate)), "max_rate");
    }
    for amount in ["", "-1", "1_0", "lots", "1,5"] {
        assert_eq!(field(builder(&sandbox).spend_limit("SGD", amount)), "spend_limit");
    }
    assert_eq!(field(builder(&sandbox).spend_limit("", "1")), "spend_limit");
    assert_eq!(field(builder(&sandbox).spend_limit("SGD", "1").max_cost("USD", "1")), "max_cost");
}
