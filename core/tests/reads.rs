//! Reads, lists and fallback against the sandbox with its state, where the
//! shared cases with their canned answers don't reach.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::time::{Duration, Instant};

use partner_messaging::{
    CallOptions, Cancel, Client, Decimal, ErrorClass, Kind, MessageFilter, Outcome, Pager, Sms, WhatsApp,
    blocking,
};
use partner_messaging_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::json;

fn client(sandbox: &Sandbox) -> blocking::Client {
    builder(sandbox).build_blocking().unwrap()
}

fn builder(sandbox: &Sandbox) -> partner_messaging::ClientBuilder {
    Client::builder().api_key(sandbox.api_key()).base_url(sandbox.url())
}

fn sms(n: usize) -> Sms {
    Sms::text(format!("+65912345{n:02}"), "Hello")
}

fn wait_until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came to be");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_message_is_followed_until_its_status_is_final() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_state(&json!({"delivery": {"after_ms": null}})).unwrap();
    let client = client(&sandbox);
    let receipt = client.send(&sms(1)).unwrap();
    assert_eq!(client.get_message(&receipt.message_id).unwrap().status.as_deref(), Some("SENT"));
    sandbox.clear_requests();
    let record = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| client.wait_for_status(&receipt.message_id).unwrap());
        // It was not final at the first look.
        wait_until(|| sandbox.requests().len() >= 2);
        sandbox.advance(None, "DELIVERED").unwrap();
        waiting.join().unwrap()
    });
    assert_eq!(record.status.as_deref(), Some("DELIVERED"));
    assert_eq!((record.cost, record.recipient.as_deref()), (receipt.cost, Some("+6591234501")));
    assert!(record.updated_at > record.created_at);
}

#[test]
fn waiting_ends_at_its_deadline_and_when_it_is_cancelled() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_state(&json!({"delivery": {"after_ms": null}})).unwrap();
    let client = client(&sandbox);
    let id = client.send(&sms(1)).unwrap().message_id;
    let begun = Instant::now();
    let options = CallOptions::new().timeout(Duration::from_secs(3));
    let record = client.wait_for_status_opts(&id, None, &options).unwrap();
    assert_eq!(record.status.as_deref(), Some("SENT"));
    assert!(begun.elapsed() >= Duration::from_secs(3) && begun.elapsed() < Duration::from_secs(30));

    let cancel = Cancel::new();
    let handle = cancel.clone();
    sandbox.clear_requests();
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_until(|| !sandbox.requests().is_empty());
            handle.cancel();
        });
        client.wait_for_status_opts(&id, None, &CallOptions::new().cancel(&cancel)).unwrap_err()
    });
    assert_eq!(
        (error.class(), error.kind(), error.outcome()),
        (ErrorClass::Transport, Kind::Cancelled, None)
    );

    // A service that does not answer does not keep anyone waiting either.
    sandbox.set_fault(Some(FaultKind::Stall { ms: None }.into()));
    let error = client.wait_for_status_opts(&id, None, &options).unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
}

/// Every way in which the sandbox tells of its pages lists the same messages.
#[test]
fn a_list_is_whole_whatever_its_pages_tell() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let mut sent: Vec<String> = (0..7).map(|n| client.send(&sms(n)).unwrap().message_id).collect();
    sent.reverse();
    let tells: [&[&str]; 5] =
        [&["total", "totalPages", "hasMore"], &["total"], &["totalPages"], &["hasMore"], &[]];
    for tells in tells {
        for style in ["object", "array", "pagination"] {
            for limit in [1, 3, 7, 50] {
                sandbox.set_state(&json!({"page_totals": tells, "page_style": style})).unwrap();
                let list = client.list_messages(&MessageFilter::new().limit(limit)).unwrap();
                let ids: Vec<String> = list.map(|message| message.unwrap().message_id).collect();
                assert_eq!(ids, sent, "{tells:?} {style} {limit}");
            }
        }
    }
}

#[test]
fn lists_are_filtered_and_lazy() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    (0..5).for_each(|n| drop(client.send(&sms(n)).unwrap()));
    client.send(&WhatsApp::new("+6591234599", "+6581234567", "HX1")).unwrap();
    sandbox.clear_requests();
    let mut list = client.list_messages(&MessageFilter::new().limit(2).channel("SMS")).unwrap();
    assert!(sandbox.requests().is_empty());
    list.next().unwrap().unwrap();
    list.next().unwrap().unwrap();
    assert_eq!(sandbox.requests().len(), 1);
    assert_eq!(list.count(), 3);
    assert_eq!(sandbox.requests().len(), 3);
    for (filter, count) in [
        (MessageFilter::new().recipient("+6591234503"), 1),
        (MessageFilter::new().sender("+6581234567"), 1),
        (MessageFilter::new().since("2100-01-01"), 0),
        (MessageFilter::new().until("2100-01-01T00:00:00+08:00"), 6),
        (MessageFilter::new().status("FAILED"), 0),
    ] {
        assert_eq!(client.list_messages(&filter).unwrap().count(), count, "{filter:?}");
    }
}

#[tokio::test]
async fn a_list_goes_on_after_its_future_was_dropped() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    for n in 0..3 {
        client.send(&sms(n)).await.unwrap();
    }
    let mut list = client.list_messages(&MessageFilter::new().limit(1)).unwrap();
    let first = list.next().await.unwrap().unwrap().message_id;
    sandbox.push_fault(FaultKind::Stall { ms: Some(3_000) }.into());
    let dropped = tokio::time::timeout(Duration::from_millis(50), list.next()).await;
    assert!(dropped.is_err());
    let mut ids = vec![first];
    while let Some(message) = list.next().await {
        ids.push(message.unwrap().message_id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(sandbox.requests().iter().filter(|request| request.method == "GET").count(), 3);
}

/// A server that never comes to an end of new pages is only asked as far as one listens.
#[test]
fn an_endless_list_can_be_left() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    for n in 0..20 {
        let body = format!(r#"{{"success":true,"data":[{{"messageId":"{n}"}}]}}"#);
        sandbox.push_fault(
            Fault::from_json(&json!({"kind":"respond","status":200,"body":body}).to_string()).unwrap(),
        );
    }
    let list = client.list_messages(&MessageFilter::new().limit(1)).unwrap();
    assert_eq!(list.take(10).filter_map(Result::ok).count(), 10);
    assert_eq!(sandbox.requests().len(), 10);
}

#[test]
fn the_balance_sinks_by_what_the_ledger_says() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let before = client.get_balance().unwrap().amount;
    (0..3).for_each(|n| drop(client.send(&sms(n)).unwrap()));
    client.send(&WhatsApp::new("+6591234599", "+6581234567", "HX1")).unwrap();
    let spent = client.spending();
    let sum: Decimal = spent.iter().map(|entry| entry.cost).sum();
    assert_eq!(before - client.get_balance().unwrap().amount, sum);
    assert_eq!(sum.to_string(), "0.27");
    assert_eq!(client.reset_spending(), spent);
    assert!(client.spending().is_empty());
}

#[test]
fn many_threads_write_one_ledger() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..25).for_each(|n| drop(client.send(&sms(n)).unwrap())));
        }
    });
    let spent = client.spending();
    assert_eq!((spent[0].messages, spent[0].cost.to_string().as_str()), (100, "5.00"));
}

#[test]
fn a_message_takes_the_next_channel() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_state(&json!({"channels": {"WHATSAPP": "not_configured"}})).unwrap();
    let client = client(&sandbox);
    let whatsapp = WhatsApp::new("+6591234567", "+6581234567", "HX1");
    let accepted = client.send_with_fallback(&[&whatsapp, &sms(1)]).unwrap();
    assert_eq!(accepted.receipt.channel.as_deref(), Some("SMS"));
    let outcomes: Vec<_> = accepted.trail.iter().map(|step| step.outcome.unwrap()).collect();
    assert_eq!(outcomes, [Outcome::Rejected, Outcome::Sent]);
    assert_eq!(sandbox.messages().len(), 1);
}

#[tokio::test]
async fn a_fallback_that_is_cancelled_stops_where_it_is() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_state(&json!({"channels": {"WHATSAPP": "not_configured"}})).unwrap();
    let client = builder(&sandbox).build().unwrap();
    let whatsapp = WhatsApp::new("+6591234567", "+6581234567", "HX1");
    sandbox.push_fault(FaultKind::Code { code: "CHANNEL_CONFIG_NOT_FOUND".into() }.into());
    sandbox.push_fault(FaultKind::Stall { ms: None }.into());
    let cancel = Cancel::new();
    let options = CallOptions::new().cancel(&cancel);
    let send = async { client.send_with_fallback_opts(&[&whatsapp, &sms(1), &sms(2)], &options).await };
    let cancelled = async {
        while sandbox.requests().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(send, cancelled);
    let error = result.unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::Unknown), Kind::Cancelled));
    assert_eq!(error.trail().len(), 2);
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_closed_client_reads_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    client.close();
    let error = client.get_balance().await.unwrap_err();
    assert_eq!((error.class(), error.kind(), error.outcome()), (ErrorClass::Transport, Kind::Closed, None));
    let mut pager = Pager::new(&MessageFilter::new()).unwrap();
    assert!(client.next_page(&mut pager, &CallOptions::new()).await.unwrap().is_err());
    assert!(client.next_page(&mut pager, &CallOptions::new()).await.is_none());
    assert!(sandbox.requests().is_empty());
}
