//! Many calls at once, at services that are slow or want fewer. Counts, not times.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use partner_messaging::{
    CallOptions, Cancel, Client, ClientBuilder, Error, Event, Kind, Outcome, Receipt, Step,
};
use partner_messaging_wire::{End, Plan, Server, answer};
use support::{PATIENCE, assert_consistent, builder, message, outcome_of, wait_until, with_deadline};

/// Sends so many messages at once, and tells the server's ledger how each ended.
fn send_all(client: &Client, server: &Server, calls: u64, options: &CallOptions) -> BTreeMap<String, usize> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let results: Vec<Result<Receipt, Error>> = runtime.block_on(async {
        let tasks: Vec<_> = (0..calls)
            .map(|call| {
                let (client, options) = (client.clone(), options.clone());
                tokio::spawn(async move { client.send_opts(&message(call), &options).await })
            })
            .collect();
        let mut results = Vec::new();
        for task in tasks {
            results.push(task.await.unwrap());
        }
        results
    });
    let mut counts = BTreeMap::new();
    for (call, result) in (0..).zip(&results) {
        server.ledger().told(call, result);
        *counts.entry(outcome_of(result)).or_default() += 1;
    }
    counts
}

/// A service that takes so many messages a second, and answers 429 to the others.
fn limited(per_second: usize, headers: &'static [(&'static str, &'static str)]) -> Server {
    let window = Mutex::new((Instant::now(), 0));
    Server::start(move |_| {
        let mut window = window.lock().unwrap();
        if window.0.elapsed() >= Duration::from_secs(1) {
            *window = (Instant::now(), 0);
        }
        window.1 += 1;
        if window.1 > per_second { Plan::answered(answer(429, headers, b""), false) } else { Plan::sent() }
    })
    .unwrap()
}

fn patient(url: &str) -> ClientBuilder {
    builder(url).timeout(2 * PATIENCE).max_retries(2)
}

#[test]
fn a_crowd_at_a_limited_service_arrives() {
    for headers in [&[("retry-after", "1")][..], &[]] {
        let server = limited(200, headers);
        let client = patient(&server.url()).build().unwrap();
        let counts = send_all(&client, &server, 1_000, &CallOptions::new());
        assert_eq!(counts, [("sent".to_owned(), 1_000)].into(), "{headers:?}");
        // At most a full set of slots is turned away before each hold.
        assert!(server.requests() < 1_700, "{} requests with {headers:?}", server.requests());
        assert_consistent(&server);
    }
}

#[test]
fn without_retries_a_429_is_told_at_once() {
    let server = limited(0, &[("retry-after", "60")]);
    let client = patient(&server.url()).max_retries(0).build().unwrap();
    let started = Instant::now();
    let counts = send_all(&client, &server, 1, &CallOptions::new());
    assert_eq!(counts, [("rejected/api".to_owned(), 1)].into());
    assert!(started.elapsed() < Duration::from_secs(50));
}

#[test]
fn who_runs_out_of_time_in_a_hold_is_told_what_became_of_it() {
    // One is turned away; the others have not been sent when its hold outlasts them.
    let server = limited(0, &[("retry-after", "59")]);
    let client = patient(&server.url()).max_connections(1).timeout(Duration::from_secs(50)).build().unwrap();
    let started = Instant::now();
    let counts = send_all(&client, &server, 50, &CallOptions::new());
    assert_eq!(counts, [("not_sent/timeout".to_owned(), 49), ("rejected/api".to_owned(), 1)].into());
    assert_eq!(server.requests(), 1);
    assert!(started.elapsed() < Duration::from_secs(40), "nobody waits for what can't be");
}

#[test]
fn an_endless_pause_does_not_silence_the_client() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |_| match requests.fetch_add(1, Ordering::SeqCst) {
        0 => Plan::answered(answer(429, &[("retry-after", "4294967295")], b""), false),
        _ => Plan::sent(),
    })
    .unwrap();
    let client = patient(&server.url()).build().unwrap();
    assert_eq!(send_all(&client, &server, 1, &CallOptions::new()), [("rejected/api".to_owned(), 1)].into());
    assert_eq!(send_all(&client, &server, 20, &CallOptions::new()), [("sent".to_owned(), 20)].into());
}

#[test]
fn a_hold_of_reads_lets_sends_through() {
    let server = Server::start(|turn| match turn.request {
        0 if turn.connection == 0 => Plan::answered(answer(429, &[("retry-after", "59")], b""), false),
        _ => Plan::sent(),
    })
    .unwrap();
    let client = patient(&server.url()).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = CallOptions::new().timeout(Duration::from_secs(50));
    let error = runtime.block_on(client.get_balance_opts(&options)).unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(429), 1));
    let error = runtime.block_on(client.get_balance_opts(&options)).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Timeout, 0));
    assert!(error.to_string().contains("429"), "{error}");
    runtime.block_on(client.send_opts(&message(1), &options)).unwrap();
}

#[test]
fn cancelling_and_closing_end_the_wait_for_a_hold() {
    for close in [false, true] {
        let server = limited(0, &[("retry-after", "59")]);
        let (begun, held) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (begun.clone(), held.clone());
        let count = move |event: &Event| match event.step {
            Step::Attempt { .. } => drop(counts.0.fetch_add(1, Ordering::SeqCst)),
            Step::Retry { .. } => drop(counts.1.fetch_add(1, Ordering::SeqCst)),
            _ => {}
        };
        let client = patient(&server.url()).on_event(count).build().unwrap();
        let cancel = Cancel::new();
        let (ender, other) = (cancel.clone(), client.clone());
        let thread = std::thread::spawn(move || {
            // What was begun was turned away, too, and nothing more is begun in a hold.
            wait_until(|| match held.load(Ordering::SeqCst) {
                0 => false,
                held => begun.load(Ordering::SeqCst) == held,
            });
            if close { other.close() } else { ender.cancel() }
        });
        let counts = send_all(&client, &server, 3, &CallOptions::new().cancel(&cancel));
        thread.join().unwrap();
        // At least one was turned away before the hold was on for all.
        let turned_away = counts.get("rejected/api").copied().unwrap_or_default();
        let unsent = if close { "not_sent/closed" } else { "not_sent/cancelled" };
        assert!(turned_away >= 1, "{counts:?}");
        assert_eq!(turned_away + counts.get(unsent).copied().unwrap_or_default(), 3, "{counts:?}");
    }
}

#[test]
fn a_spent_retry_budget_is_named() {
    // Nobody listens there: every attempt fails unsent.
    let client = builder("http://127.0.0.1:9").max_retries(1_000).timeout(Duration::from_secs(20)).build();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = client.unwrap();
    let error = runtime.block_on(async {
        let sends = (0..200).map(|call| {
            let client = client.clone();
            tokio::spawn(async move { client.send(&message(call)).await.unwrap_err() })
        });
        let mut errors = Vec::new();
        for send in sends.collect::<Vec<_>>() {
            errors.push(send.await.unwrap());
        }
        errors.into_iter().find(|error| error.to_string().contains("retry budget")).unwrap()
    });
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
}

#[test]
fn a_crowd_at_a_service_that_is_too_slow_opens_no_more_than_it_may() {
    let server = Server::start(|_| Plan { delay: PATIENCE, ..Plan::sent() }).unwrap();
    let client = builder(&server.url()).timeout(Duration::from_secs(1)).max_connections(50).build().unwrap();
    let counts = send_all(&client, &server, 1_000, &CallOptions::new());
    let unknown = counts.get("unknown/timeout").copied().unwrap_or_default();
    assert!(unknown <= 50, "{counts:?}");
    assert_eq!(counts.get("not_sent/timeout").copied().unwrap_or_default() + unknown, 1_000, "{counts:?}");
    assert!(server.connections() <= 50, "{} connections", server.connections());
}

#[test]
fn a_crowd_with_too_little_time_leaves_no_unknowns() {
    let server = Server::start(|_| Plan { delay: Duration::from_millis(500), ..Plan::sent() }).unwrap();
    let client = builder(&server.url()).timeout(Duration::from_secs(8)).max_connections(20).build().unwrap();
    let counts = send_all(&client, &server, 2_000, &CallOptions::new());
    // What was sent at the very end may still have met the deadline: a slot's worth.
    assert!(counts.get("unknown/timeout").copied().unwrap_or_default() <= 20, "{counts:?}");
    assert!(counts.get("sent").copied().unwrap_or_default() > 100, "{counts:?}");
    assert!(server.connections() <= 40, "{} connections", server.connections());
    assert_consistent(&server);
}

#[test]
fn an_answer_that_lies_in_the_socket_counts_although_the_process_slept() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    with_deadline(Duration::from_millis(600), |deadline| {
        let server =
            Server::start(|_| Plan { delay: Duration::from_millis(200), ..Plan::sent().then(End::Fin) });
        let server = server.unwrap();
        let client = builder(&server.url()).timeout(deadline).build().unwrap();
        let (result, was_in_time) = runtime.block_on(async {
            let begun = Instant::now();
            let send = tokio::spawn(async move { client.send(&message(1)).await });
            while server.requests() == 0 && begun.elapsed() < deadline {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let was_in_time = server.requests() == 1 && begun.elapsed() < deadline;
            if was_in_time {
                // The request has left; nothing of the client runs until long after the deadline.
                std::thread::sleep(deadline);
                wait_until(|| server.ends() == 1);
            }
            (send.await.unwrap(), was_in_time)
        });
        server.ledger().told(1, &result);
        assert_consistent(&server);
        was_in_time.then(|| assert_eq!(outcome_of(&result), "sent"))
    });
}

#[test]
fn a_process_that_sleeps_past_the_deadline_sends_nothing_after() {
    let server = Arc::new(Server::start(|_| Plan::sent()).unwrap());
    let client = builder(&server.url()).timeout(Duration::from_millis(300)).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(async {
        let send = tokio::spawn(async move { client.send(&message(1)).await });
        tokio::task::yield_now().await;
        std::thread::sleep(Duration::from_millis(600));
        send.await.unwrap()
    });
    assert_eq!(outcome_of(&result), "not_sent/timeout");
    assert_eq!(server.requests(), 0);
}
