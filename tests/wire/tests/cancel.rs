//! Cancelling at every poll and at random moments: the outcome is the barrier's.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use partner_messaging::{CallOptions, Cancel, Client, Error, Kind, Outcome, Receipt};
use partner_messaging_wire::{End, Plan, Server, answer, sent_body};
use support::{PATIENCE, assert_consistent, builder, message, outcome_of, with_deadline};

/// How the caller gives a call up.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// By its handle: the call goes on to its outcome.
    Handle,
    /// By closing the client.
    Close,
    /// By dropping the future: nobody is told.
    Drop,
}

/// Sends, and gives the call up before its poll number `at` (from 0). `None`
/// when it ended before that, or was dropped; then the flag tells which.
async fn send_until(
    client: &Client,
    call: u64,
    at: usize,
    way: Way,
) -> (Option<Result<Receipt, Error>>, bool) {
    let cancel = Cancel::new();
    let options = CallOptions::new().cancel(&cancel);
    let message = message(call);
    let mut sending = pin!(client.send_opts(&message, &options));
    let mut polls = 0;
    let mut reached = false;
    let result = std::future::poll_fn(|context| {
        if polls == at {
            reached = true;
            match way {
                Way::Handle => cancel.cancel(),
                Way::Close => client.close(),
                Way::Drop => return Poll::Ready(None),
            }
        }
        polls += 1;
        sending.as_mut().poll(context).map(Some)
    })
    .await;
    (result, reached)
}

fn plans() -> Vec<(&'static str, Plan)> {
    let slow = Plan { delay: Duration::from_millis(3), ..Plan::sent() };
    vec![
        ("sent", Plan::sent()),
        ("sent slowly", slow),
        (
            "refused",
            Plan::answered(answer(400, &[], br#"{"success":false,"code":"VALIDATION_ERROR"}"#), false),
        ),
        ("closed", Plan::cut_answer(b"", End::Fin)),
        ("reset", Plan::cut_answer(b"", End::Reset)),
        ("stalled", Plan::cut_answer(&answer(200, &[], sent_body())[..30], End::Stall)),
        ("cut request", Plan::cut_request(40, End::Reset)),
    ]
}

/// Cancels at every poll there is; `reused`: on a connection that has served a call before.
async fn at_every_poll(reused: bool, way: Way) {
    for (name, plan) in plans() {
        let for_script = plan.clone();
        let server =
            Server::start(
                move |turn| {
                    if reused && turn.request == 0 { Plan::sent() } else { for_script.clone() }
                },
            )
            .unwrap();
        // Nothing but the deadline ends what stalls: it is the caller's at the last poll.
        let stalls = plan.end == End::Stall;
        let timeout = if stalls { Duration::from_secs(1) } else { PATIENCE };
        let mut call = 0;
        for at in 0.. {
            let client = builder(&server.url()).timeout(timeout).build().unwrap();
            if reused {
                let warm = client.send(&message(call)).await;
                server.ledger().told(call, &warm);
                call += 1;
            }
            let (result, reached) = send_until(&client, call, at, way).await;
            if let Some(result) = &result {
                server.ledger().told(call, result);
                if let (Err(error), true) = (result, reached) {
                    let by_us = matches!(error.kind(), Kind::Cancelled | Kind::Closed)
                        || (stalls && error.kind() == Kind::Timeout);
                    assert!(by_us || error.outcome() != Some(Outcome::NotSent), "{name} at {at}: {result:?}");
                }
                if at == 0 {
                    assert_eq!(result.as_ref().unwrap_err().outcome(), Some(Outcome::NotSent), "{name}");
                    assert_eq!(result.as_ref().unwrap_err().attempts(), 0, "{name}");
                }
            } else {
                // Dropped: nobody was told, so either is fine, but once at most.
                tokio::time::sleep(Duration::from_millis(5)).await;
                assert!(server.ledger().times_accepted(call) <= 1, "{name} at {at}");
                server.ledger().told(call, &Err(forgotten().await));
            }
            call += 1;
            if !reached {
                break;
            }
            assert!(at < 1_000, "{name} never ends");
        }
        // Whatever could still leave has left by now.
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_consistent(&server);
    }
}

/// An `unknown` of its own, to enter in the ledger for a call that told nobody.
async fn forgotten() -> Error {
    let server = Server::start(|_| Plan::cut_answer(b"", End::Fin)).unwrap();
    builder(&server.url()).build().unwrap().send(&message(0)).await.unwrap_err()
}

#[tokio::test]
async fn by_the_handle() {
    at_every_poll(false, Way::Handle).await;
    at_every_poll(true, Way::Handle).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_the_handle_with_connections_on_other_threads() {
    at_every_poll(false, Way::Handle).await;
    at_every_poll(true, Way::Handle).await;
}

#[tokio::test]
async fn by_closing_the_client() {
    at_every_poll(false, Way::Close).await;
    at_every_poll(true, Way::Close).await;
}

#[tokio::test]
async fn by_dropping_the_call() {
    at_every_poll(false, Way::Drop).await;
    at_every_poll(true, Way::Drop).await;
}

/// A client whose call was cancelled goes on working, and says `not_sent` only
/// of what never arrives: a thousand cancellations at moments spread over a call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_any_moment() {
    let server = Server::start(|_| Plan { delay: Duration::from_micros(500), ..Plan::sent() }).unwrap();
    let client = builder(&server.url()).build().unwrap();
    for call in 0..1_000 {
        let cancel = Cancel::new();
        let options = CallOptions::new().cancel(&cancel);
        // The runtime's own timer counts in milliseconds.
        let at = Instant::now() + Duration::from_micros(call);
        let canceller = tokio::spawn(async move {
            while Instant::now() < at {
                tokio::task::yield_now().await;
            }
            cancel.cancel();
        });
        let result = client.send_opts(&message(call), &options).await;
        server.ledger().told(call, &result);
        canceller.await.unwrap();
    }
    let after = client.send(&message(1_000)).await;
    server.ledger().told(1_000, &after);
    assert_eq!(outcome_of(&after), "sent");
    tokio::time::sleep(Duration::from_millis(50)).await;
    println!("{}", server.ledger().summary());
    assert_consistent(&server);
    assert!(server.ledger().count(Outcome::NotSent) + server.ledger().count(Outcome::Unknown) > 100);
}

/// A deadline that passes before the request left is `not_sent`, and one after is `unknown`.
#[test]
fn deadlines_tell_which_side_they_fell_on() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    with_deadline(Duration::from_millis(200), |deadline| {
        let server = Server::start(|_| Plan::cut_answer(b"", End::Stall)).unwrap();
        let client = builder(&server.url()).max_connections(1).timeout(deadline).build().unwrap();
        let (first, second) = (message(1), message(2));
        let sooner = CallOptions::new().timeout(deadline / 2);
        let (first, second) =
            runtime.block_on(async { tokio::join!(client.send(&first), client.send_opts(&second, &sooner)) });
        if server.requests() == 0 {
            assert_eq!(outcome_of(&first), "not_sent/timeout");
            return None;
        }
        assert_eq!(outcome_of(&first), "unknown/timeout");
        // It waited for its turn behind the first, and gave up before it had one.
        assert_eq!(outcome_of(&second), "not_sent/timeout");
        assert_eq!(second.unwrap_err().attempts(), 0);
        assert_eq!(server.ledger().times_accepted(2), 0);
        Some(())
    });
}
