//! What a send with a key does, by what the journal has under it: real clients, a real
//! store, and the sandbox's record of what left.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use partner_messaging::{
    CallOptions, Cancel, Client, ClientBuilder, Email, Error, ErrorClass, Event, Kind, Outcome, Receipt,
    Request, Sms, Step, WhatsApp, WireMessage, blocking,
};
use partner_messaging_journal::Journal;
use partner_messaging_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::json;

use super::Place;

/// Longer than anything takes here, on a busy machine, too.
const PATIENCE: Duration = Duration::from_secs(120);

struct World {
    sandbox: Sandbox,
    place: Place,
    journal: Journal,
    client: blocking::Client,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let place = Place::new();
        let journal = Journal::open(place.journal("journal.db")).unwrap();
        let client = builder(&sandbox, &journal).build_blocking().unwrap();
        Self { sandbox, place, journal, client }
    }

    fn builder(&self) -> ClientBuilder {
        builder(&self.sandbox, &self.journal)
    }

    fn send(&self, key: &str) -> Result<Receipt, Error> {
        self.client.send_opts(&sms(), &with_key(key))
    }

    /// Lets the next request meet this.
    fn fault(&self, kind: FaultKind) {
        self.sandbox.push_fault(Fault::new(kind));
    }

    fn sent(&self) -> usize {
        self.sandbox.requests().len()
    }

    fn unknown(&self, key: &str) {
        self.fault(FaultKind::CloseAfterRead);
        assert_eq!(self.send(key).unwrap_err().outcome(), Some(Outcome::Unknown));
    }
}

fn builder(sandbox: &Sandbox, journal: &Journal) -> ClientBuilder {
    Client::builder().api_key(sandbox.api_key()).base_url(sandbox.url()).max_retries(0).journal(journal)
}

fn sms() -> Sms {
    Sms::text("+6591234567", "Hello")
}

fn with_key(key: &str) -> CallOptions {
    CallOptions::new().key(key)
}

#[test]
fn what_was_sent_is_replayed() {
    let world = World::new();
    let first = world.send("k").unwrap();
    assert!(!first.replayed && first.attempts == 1);
    let again = world.send("k").unwrap();
    assert!(again.replayed);
    assert_eq!((again.attempts, &again.message_id), (0, &first.message_id));
    assert_eq!((&again.channel, again.cost, &again.currency), (&first.channel, first.cost, &first.currency));
    assert_eq!((again.recipient, again.status, again.message), (None, None, None));
    assert_eq!(world.sent(), 1);
    // Money is spent once.
    assert_eq!(world.client.spending()[0].messages, 1);
    let record = world.journal.get("k").wait().unwrap().unwrap();
    assert_eq!((record.outcome, record.message_id), (Some(Outcome::Sent), Some(first.message_id)));
    assert!(record.claimed_at <= record.ended_at.unwrap());
}

#[test]
fn it_outlives_the_client_and_the_journal() {
    let world = World::new();
    let first = world.send("k").unwrap();
    let World { sandbox, place, journal, client } = world;
    client.close();
    journal.close().wait().unwrap();
    let journal = Journal::open(place.journal("journal.db")).unwrap();
    let client = builder(&sandbox, &journal).build_blocking().unwrap();
    let again = client.send_opts(&sms(), &with_key("k")).unwrap();
    assert!(again.replayed && again.message_id == first.message_id);
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn what_was_refused_or_not_sent_is_sent_anew() {
    let world = World::new();
    world.sandbox.set_state(&json!({"balance": "0.00"})).unwrap();
    assert_eq!(world.send("k").unwrap_err().class(), ErrorClass::InsufficientCredit);
    let record = world.journal.get("k").wait().unwrap().unwrap();
    assert_eq!(
        (record.outcome, record.code.as_deref()),
        (Some(Outcome::Rejected), Some("INSUFFICIENT_CREDIT"))
    );
    world.sandbox.set_state(&json!({"balance": "10.00"})).unwrap();
    assert!(!world.send("k").unwrap().replayed);

    let cancel = Cancel::new();
    cancel.cancel();
    let error = world.client.send_opts(&sms(), &with_key("c").cancel(&cancel)).unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Cancelled));
    assert!(error.to_string().contains("before the journal could be read"), "{error}");
    assert!(world.journal.get("c").wait().unwrap().is_none());

    // Claimed, and then no connection.
    let gone = "http://127.0.0.1:9";
    let journal = Journal::open(world.place.journal("other.db")).unwrap();
    let client = Client::builder()
        .api_key("key")
        .base_url(gone)
        .max_retries(0)
        .journal(&journal)
        .build_blocking()
        .unwrap();
    for _ in 0..2 {
        let error = client.send_opts(&sms(), &with_key("k")).unwrap_err();
        assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Connect));
        let record = journal.get("k").wait().unwrap().unwrap();
        assert_eq!((record.outcome, record.kind), (Some(Outcome::NotSent), Some(Kind::Connect)));
    }
}

#[test]
fn what_is_unknown_stays_so_until_somebody_resolves_it() {
    let world = World::new();
    for key in ["a", "b"] {
        world.unknown(key);
        let error = world.send(key).unwrap_err();
        assert_eq!((error.class(), error.kind()), (ErrorClass::OutcomeUnknown, Kind::Closed));
        assert_eq!(error.attempts(), 0);
    }
    assert_eq!(world.sent(), 2);
    world.journal.resolve_sent("a", "msg_x").wait().unwrap();
    let receipt = world.send("a").unwrap();
    assert!(receipt.replayed && receipt.message_id == "msg_x");
    world.journal.resolve_not_sent("b").wait().unwrap();
    assert!(!world.send("b").unwrap().replayed);
    assert_eq!(world.sent(), 3);
}

#[test]
fn a_key_stands_for_one_message() {
    let world = World::new();
    let first = world.send("k").unwrap();
    // The same in another form.
    let wire = WireMessage::from_json(r#" {"to": "+6591234567", "content":"\u0048ello", "channel":"SMS"} "#);
    assert_eq!(world.client.send_opts(&wire, &with_key("k")).unwrap().message_id, first.message_id);
    for other in ["hello", "Hello ", "Hello!"] {
        let error = world.client.send_opts(&Sms::text("+6591234567", other), &with_key("k")).unwrap_err();
        assert_eq!((error.class(), error.field()), (ErrorClass::InvalidMessage, Some("key")));
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
    }
    let email = Email::new("a@example.com", "Hi", "<p>Hi</p>");
    assert_eq!(world.client.send_opts(&email, &with_key("k")).unwrap_err().field(), Some("key"));
    let error = world.client.send_with_fallback_opts(&[&sms()], &with_key("k")).unwrap_err();
    assert_eq!(error.field(), Some("key"));
    // What could be read in two ways has no digest.
    let twice =
        WireMessage::from_json(r#"{"channel":"SMS","to":"+6591234567","content":"Hi","x":{"a":1,"a":2}}"#);
    let error = world.client.send_opts(&twice, &with_key("t")).unwrap_err();
    assert_eq!((error.class(), error.field()), (ErrorClass::InvalidMessage, Some("message")));
    assert_eq!(world.sent(), 1);
}

#[test]
fn what_cannot_have_a_key_says_so() {
    let world = World::new();
    let plain = Client::builder()
        .api_key(world.sandbox.api_key())
        .base_url(world.sandbox.url())
        .build_blocking()
        .unwrap();
    let refused = |result: Result<(), Error>| {
        let error = result.unwrap_err();
        assert_eq!(error.field(), Some("key"), "{error}");
        error.class()
    };
    assert_eq!(refused(plain.send_opts(&sms(), &with_key("k")).map(drop)), ErrorClass::Config);
    let long = "k".repeat(256);
    for bad in ["", "a\nb", long.as_str()] {
        assert_eq!(refused(world.send(bad).map(drop)), ErrorClass::InvalidMessage);
    }
    let client = &world.client;
    let (get, post) = (Request::new("GET", "/partner/message"), Request::new("POST", "/partner/x"));
    assert_eq!(refused(client.request_opts(&get, &with_key("k")).map(drop)), ErrorClass::Config);
    assert_eq!(refused(client.request_opts(&post, &with_key("k")).map(drop)), ErrorClass::Config);
    assert_eq!(refused(client.get_message_opts("id", &with_key("k")).map(drop)), ErrorClass::Config);
    assert_eq!(refused(client.get_balance_opts(&with_key("k")).map(drop)), ErrorClass::Config);
    assert_eq!(world.sent(), 0);
}

#[test]
fn a_journal_is_of_one_origin() {
    let world = World::new();
    world.send("k").unwrap();
    let other = Sandbox::start().unwrap();
    // A file tells at once, a server when it is first used.
    let client = builder(&other, &world.journal).build_blocking();
    let error = client.and_then(|client| client.send_opts(&sms(), &with_key("k"))).unwrap_err();
    assert_eq!((error.class(), error.field()), (ErrorClass::Config, Some("journal")));
    let text = error.to_string();
    assert!(text.contains(other.url()) && text.contains(world.sandbox.url()), "{text}");
    // The same origin, under another path.
    let below = format!("{}/below", world.sandbox.url());
    let client = world.builder().base_url(below).build_blocking().unwrap();
    assert!(client.send_opts(&sms(), &with_key("k")).unwrap().replayed);
    assert!(other.requests().is_empty());
}

#[test]
fn one_key_is_for_a_whole_fallback() {
    let world = World::new();
    world.sandbox.set_state(&json!({"channels": {"WHATSAPP": "not_configured"}})).unwrap();
    let whatsapp = WhatsApp::new("+6591234567", "+6581234567", "HX1");
    let send = || world.client.send_with_fallback_opts(&[&whatsapp, &sms()], &with_key("k"));
    let first = send().unwrap();
    assert_eq!((first.trail.len(), first.receipt.channel.as_deref()), (2, Some("SMS")));
    let again = send().unwrap();
    assert!(again.receipt.replayed && again.receipt.message_id == first.receipt.message_id);
    assert_eq!((again.trail.len(), again.trail[0].channel.as_str()), (1, "SMS"));
    assert_eq!((again.trail[0].outcome, again.trail[0].attempts), (Some(Outcome::Sent), 0));
    assert_eq!(world.sent(), 2);
    let summary = world.journal.summary().wait().unwrap();
    assert_eq!((summary.sent, summary.totals[0].channel.as_str()), (1, "SMS"));
    // Refused by all: the key is free again.
    world.sandbox.set_state(&json!({"channels": {"SMS": "not_configured"}})).unwrap();
    let refused = || world.client.send_with_fallback_opts(&[&whatsapp, &sms()], &with_key("l")).unwrap_err();
    assert_eq!((refused().trail().len(), refused().trail().len()), (2, 2));
    assert_eq!(world.sent(), 6);
}

#[test]
fn a_request_may_have_a_key() {
    let world = World::new();
    let request = |json: &str| Request::new("POST", "/partner/message/send").json(json);
    let body = r#"{"request":{"channel":"SMS","to":"+6591234567","content":"Hi"}}"#;
    let first = world.client.request_opts(&request(body), &with_key("k")).unwrap();
    assert!(!first.replayed && first.data().is_some());
    let again = world.client.request_opts(&request(&body.replace(':', " : ")), &with_key("k")).unwrap();
    assert!(again.replayed && again.data().is_none() && again.headers.is_empty());
    assert_eq!((again.status, again.attempts), (200, 0));
    let other = Request::new("PUT", "/partner/message/send").json(body);
    assert_eq!(world.client.request_opts(&other, &with_key("k")).unwrap_err().field(), Some("key"));
    assert_eq!(world.sent(), 1);
}

/// A client for asynchronous calls, and what it told.
fn observed(world: &World) -> (Client, Arc<Mutex<Vec<Step>>>) {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let log = steps.clone();
    let observer = move |event: &Event| log.lock().unwrap().push(event.step.clone());
    (world.builder().on_event(observer).build().unwrap(), steps)
}

fn names(steps: &Mutex<Vec<Step>>) -> Vec<&'static str> {
    steps.lock().unwrap().iter().map(Step::as_str).collect()
}

#[tokio::test]
async fn who_comes_second_waits_and_gets_what_the_first_got() {
    let world = World::new();
    let (client, steps) = observed(&world);
    // The first one has no answer before another one waits for it.
    world.fault(FaultKind::Stall { ms: Some(3_000) });
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.send_opts(&sms(), &with_key("k")).await.unwrap() })
    });
    let mut receipts = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        receipts.push(call.await.unwrap());
    }
    assert_eq!(receipts.iter().filter(|receipt| !receipt.replayed).count(), 1);
    assert!(receipts.iter().all(|receipt| receipt.message_id == receipts[0].message_id));
    assert_eq!(world.sent(), 1);
    let names = names(&steps);
    let count = |name| names.iter().filter(|step| **step == name).count();
    assert_eq!((count("claimed"), count("attempt"), count("ended")), (1, 1, 20));
    assert_eq!(count("replayed"), 19);
    // Who looked when the first had ended needn't wait.
    assert!((1..=19).contains(&count("waiting")), "{names:?}");
}

#[tokio::test]
async fn who_waits_sends_itself_where_the_first_provably_did_not() {
    let world = World::new();
    let client = world.builder().build().unwrap();
    world.fault(FaultKind::Respond {
        status: 400,
        headers: [].into(),
        body: json!({"success": false, "error": "no", "code": "VALIDATION_ERROR"}).to_string(),
    });
    let (message, options) = (sms(), with_key("k"));
    let send = || client.send_opts(&message, &options);
    let (first, second) = tokio::join!(send(), send());
    let results = [first, second];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(world.sent(), 2);
}

#[tokio::test]
async fn waiting_ends_as_unknown_with_its_own_time() {
    let world = World::new();
    let (client, steps) = observed(&world);
    world.fault(FaultKind::Stall { ms: None });
    let end_first = Cancel::new();
    let first = {
        let (client, options) = (client.clone(), with_key("k").timeout(PATIENCE).cancel(&end_first));
        tokio::spawn(async move { client.send_opts(&sms(), &options).await })
    };
    while world.sent() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let in_progress = |error: Error| {
        assert_eq!((error.class(), error.kind()), (ErrorClass::OutcomeUnknown, Kind::InProgress), "{error}");
        assert_eq!((error.outcome(), error.attempts()), (Some(Outcome::Unknown), 0));
    };
    let begun = Instant::now();
    let short = with_key("k").timeout(Duration::from_secs(2));
    in_progress(client.send_opts(&sms(), &short).await.unwrap_err());
    assert!(begun.elapsed() < PATIENCE / 2);
    let cancel = Cancel::new();
    let handle = cancel.clone();
    tokio::spawn(async move {
        while names(&steps).iter().filter(|step| **step == "waiting").count() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        handle.cancel();
    });
    in_progress(client.send_opts(&sms(), &with_key("k").cancel(&cancel)).await.unwrap_err());
    // The first one ends; then it is unknown for everybody.
    end_first.cancel();
    assert_eq!(first.await.unwrap().unwrap_err().kind(), Kind::Cancelled);
    let error = client.send_opts(&sms(), &with_key("k")).await.unwrap_err();
    assert_eq!((error.outcome(), error.kind()), (Some(Outcome::Unknown), Kind::Cancelled));
    assert_eq!(world.sent(), 1);
}

#[tokio::test]
async fn calls_under_way_come_to_their_end_when_the_journal_is_closed() {
    let world = World::new();
    let client = world.builder().build().unwrap();
    world.fault(FaultKind::Stall { ms: Some(1_000) });
    let call = |key: &'static str| {
        let client = client.clone();
        tokio::spawn(async move { client.send_opts(&sms(), &with_key(key)).await })
    };
    let first = call("k");
    while world.sent() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = call("k");
    // It has the journal once it looks for its key; nothing else is ahead of it.
    tokio::task::yield_now().await;
    world.journal.close().await.unwrap();
    assert!(!first.await.unwrap().unwrap().replayed);
    assert!(second.await.unwrap().unwrap().replayed);
    let error = call("l").await.unwrap().unwrap_err();
    assert_eq!((error.class(), error.outcome()), (ErrorClass::Journal, Some(Outcome::NotSent)));
    assert_eq!(world.sent(), 1);
}

#[test]
fn each_who_opens_a_journal_closes_it_for_itself() {
    let world = World::new();
    let another = Journal::open(world.place.journal("journal.db")).unwrap();
    another.close().wait().unwrap();
    assert!(another.summary().wait().is_err());
    world.send("k").unwrap();
    // A client closes the journal that is its own, and no other.
    world.client.close();
    assert_eq!(world.journal.get("k").wait().unwrap().unwrap().outcome, Some(Outcome::Sent));
    let own = Journal::open(world.place.journal("journal.db")).unwrap();
    let client = world.builder().own_journal(&own).build_blocking().unwrap();
    assert!(client.send_opts(&sms(), &with_key("k")).unwrap().replayed);
    client.close();
    assert!(own.is_closed() && !world.journal.is_closed());
    let error = client.send_opts(&sms(), &with_key("k")).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Closed, Some(Outcome::NotSent)));
}

#[tokio::test]
async fn a_dropped_call_settles_its_claim() {
    let world = World::new();
    let (client, steps) = observed(&world);
    world.fault(FaultKind::Stall { ms: None });
    let (message, options) = (sms(), with_key("k"));
    let arrived = async {
        while world.sent() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        result = client.send_opts(&message, &options) => panic!("nobody answered it: {result:?}"),
        () = arrived => {}
    }
    let record = loop {
        let record = world.journal.get("k").await.unwrap().unwrap();
        if record.outcome.is_some() {
            break record;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!((record.outcome, record.kind), (Some(Outcome::Unknown), Some(Kind::Cancelled)));
    assert_eq!(names(&steps), ["claimed", "attempt", "ended"]);
}

#[tokio::test]
async fn two_clients_share_a_journal() {
    let world = World::new();
    let (one, two) = (world.builder().build().unwrap(), world.builder().build().unwrap());
    let sends = (0..100).map(|n| {
        let client = if n % 2 == 0 { one.clone() } else { two.clone() };
        let key = format!("k{}", n / 2);
        tokio::spawn(async move { client.send_opts(&sms(), &with_key(&key)).await.unwrap() })
    });
    let mut replayed = 0;
    for send in sends.collect::<Vec<_>>() {
        replayed += usize::from(send.await.unwrap().replayed);
    }
    assert_eq!((replayed, world.sent()), (50, 50));
    let summary = world.journal.summary().await.unwrap();
    assert_eq!((summary.sent, summary.in_progress), (50, 0));
    assert_eq!(summary.totals[0].cost.to_string(), "2.50");
}

#[test]
fn the_services_list_tells_what_became_of_an_unknown() {
    let world = World::new();
    let (journal, client) = (&world.journal, &world.client);
    let outcome = |key: &str, message: &Sms| {
        let records = journal.reconcile_blocking(client, &[(key, message)]).unwrap();
        records.into_iter().next().map(|record| (record.outcome.unwrap(), record.resolved, record.message_id))
    };
    world.unknown("sent");
    let id = world.sandbox.messages()[0]["messageId"].as_str().unwrap().to_owned();
    let other = Sms::text("+6591234567", "Something else");
    assert_eq!(outcome("sent", &other), Some((Outcome::Unknown, false, None)), "not what the key stands for");
    assert_eq!(outcome("sent", &sms()), Some((Outcome::Sent, true, Some(id.clone()))));
    assert_eq!(outcome("sent", &sms()), Some((Outcome::Sent, true, Some(id.clone()))), "once more");
    assert_eq!(outcome("nothing", &sms()), None);
    let receipt = world.send("sent").unwrap();
    assert!(receipt.replayed && receipt.message_id == id && receipt.cost.is_some());

    // Nothing is found: the only one to that recipient stands under another key.
    world.fault(FaultKind::Html502);
    assert_eq!(world.send("lost").unwrap_err().outcome(), Some(Outcome::Unknown));
    assert_eq!(outcome("lost", &sms()), Some((Outcome::Unknown, false, None)));

    // Of two it can't be told which is whose, until one of them is known.
    world.unknown("a");
    world.unknown("b");
    assert_eq!(outcome("a", &sms()), Some((Outcome::Unknown, false, None)));
    let ids: Vec<_> =
        world.sandbox.messages().iter().map(|it| it["messageId"].as_str().unwrap().to_owned()).collect();
    let free: Vec<_> = ids.iter().filter(|it| **it != id).collect();
    assert_eq!(free.len(), 2);
    journal.resolve_sent("a", free[0]).wait().unwrap();
    assert_eq!(outcome("b", &sms()), Some((Outcome::Sent, true, Some(free[1].clone()))));
    assert_eq!(journal.summary().wait().unwrap().sent, 3);
}

#[test]
fn a_run_that_is_stopped_stops_the_others_of_a_server() {
    let world = World::new();
    world.sandbox.set_state(&json!({"balance": "0.00"})).unwrap();
    let run = |name: &str| {
        let messages = (0..20).map(|n| (format!("{name}-{n}"), sms()));
        let mut results = world.client.send_many(messages).unwrap();
        let error = results.find_map(Result::err);
        (results.summary().sent, error)
    };
    assert_eq!(run("first").1.unwrap().class(), ErrorClass::InsufficientCredit);
    world.sandbox.set_state(&json!({"balance": "100.00"})).unwrap();
    let stop = world.journal.stopped().wait().unwrap();
    if world.journal.name().starts_with("postgresql:") {
        assert_eq!(stop.unwrap().reason, "InsufficientCreditError (INSUFFICIENT_CREDIT)");
        let (sent, error) = run("second");
        let error = error.unwrap();
        assert_eq!((sent, error.outcome()), (0, Some(Outcome::NotSent)));
        let text = error.to_string();
        assert!(text.contains("INSUFFICIENT_CREDIT") && text.contains("journal resume"), "{text}");
        // One message is no run.
        world.send("single").unwrap();
        assert!(world.journal.resume().wait().unwrap().is_some());
    } else {
        assert_eq!(stop, None, "who runs the same again on one machine has looked at it");
    }
    assert_eq!((run("third").0, world.journal.resume().wait().unwrap()), (20, None));
}
