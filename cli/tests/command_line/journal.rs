//! Keys and journals from the command line.

use partner_messaging_sandbox::Fault;
use serde_json::json;

use crate::bulk_run::{BULK, people};
use crate::support::{Ended, Place, mode};

fn send<'a>(key: &'a str, text: &'a str) -> Vec<&'a str> {
    let mut arguments = vec!["send", "--channel", "SMS", "--to", "+6591234567", "--content", text];
    arguments.extend(["--key", key, "--journal", "j.db"]);
    arguments
}

#[test]
fn a_key_is_accepted_once() {
    let place = Place::new();
    place.run(&send("order-1", "Hello")).with(0);
    let again = place.run(&send("order-1", "Hello")).with(0);
    assert!(again.out.contains("nothing was sent now"), "{again:?}");
    assert_eq!(place.accepted(), 1);
    // Another message under the same key.
    place.run(&send("order-1", "Other")).with(2);
    assert_eq!(place.accepted(), 1);
    assert_eq!(mode(&place.path("j.db")), 0o600);
}

#[test]
fn a_journal_is_summed_listed_and_exported() {
    let place = Place::new();
    place.run(&send("order-1", "Hello")).with(0);
    place.run(&send("order-2", "Hello")).with(0);
    place.sandbox.push_fault(Fault::from_json(r#"{"kind":"reset"}"#).unwrap());
    place.run(&send("order-3", "Hello")).with(3);
    let summary = place.run(&["journal", "summary", "j.db", "--json"]).with(0).json();
    assert_eq!(summary["outcomes"]["sent"], 2);
    assert_eq!(summary["outcomes"]["unknown"], 1);
    assert_eq!(summary["cost"], json!({"SGD": "0.10"}));
    assert_eq!(place.run(&["journal", "summary", "--journal", "j.db", "--json"]).with(0).json(), summary);
    let people = place.run(&["journal", "summary", "j.db"]).with(0);
    assert!(people.out.contains("0.10 SGD"), "{people:?}");
    let listed = place.run(&["journal", "list", "j.db", "--json"]).with(0).json_lines();
    assert_eq!(
        listed.iter().map(|it| it["key"].as_str().unwrap()).collect::<Vec<_>>(),
        ["order-1", "order-2", "order-3"]
    );
    let unknown = place.run(&["journal", "list", "j.db", "--outcome", "unknown"]).with(0);
    assert!(unknown.out.contains("order-3") && !unknown.out.contains("order-1"), "{unknown:?}");
    place.run(&["journal", "list", "j.db", "--outcome", "lost"]).with(2);
    let csv = place.run(&["journal", "export", "j.db"]).with(0).out;
    let rows: Vec<_> = csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[2][0], &rows[2][1]), (3, "order-3", "unknown"));
    place.run(&["journal", "export", "j.db", "--format", "jsonl", "--output", "out.jsonl"]).with(0);
    assert_eq!(std::fs::read_to_string(place.path("out.jsonl")).unwrap().lines().count(), 3);
    assert_eq!(mode(&place.path("out.jsonl")), 0o600);
}

#[test]
fn what_is_unknown_is_resolved_by_a_person() {
    let place = Place::new();
    for key in ["order-1", "order-2"] {
        place.sandbox.push_fault(Fault::from_json(r#"{"kind":"reset"}"#).unwrap());
        place.run(&send(key, "Hello")).with(3);
    }
    // What is unknown is not sent again.
    place.run(&send("order-1", "Hello")).with(3);
    place.run(&["journal", "resolve", "j.db", "order-1", "sent"]).with(2);
    place.run(&["journal", "resolve", "j.db", "order-1", "sent", "--message-id", "msg_1"]).with(0);
    place.run(&["journal", "resolve", "--journal", "j.db", "order-2", "not-sent"]).with(0);
    place.run(&["journal", "resolve", "j.db", "order-2", "not_sent"]).with(2);
    place.run(&["journal", "resolve", "j.db", "order-9", "not_sent"]).with(2);
    place.run(&send("order-2", "Hello")).with(0);
    let summary = place.run(&["journal", "summary", "j.db", "--json"]).with(0).json();
    assert_eq!((&summary["outcomes"]["sent"], &summary["outcomes"]["unknown"]), (&json!(2), &json!(0)));
}

#[test]
fn old_records_are_forgotten() {
    let place = Place::new();
    place.run(&send("order-1", "Hello")).with(0);
    let purge = |before| place.run(&["journal", "purge", "j.db", "--before", before, "--json"]);
    assert_eq!(purge("2020-01-01").with(0).json(), json!({"purged": 0}));
    assert_eq!(purge("2999-01-01").with(0).json(), json!({"purged": 1}));
    purge("yesterday").with(2);
}

#[test]
fn a_stop_holds_on_every_machine_until_resumed() {
    let server = std::env::var("PARTNER_MESSAGING_TEST_POSTGRES")
        .expect("this test needs a server: cargo xtask test cli");
    let (before, after) = server.rsplit_once('@').unwrap();
    let (user, password) = before.rsplit_once(':').unwrap();
    let journal = format!("{user}@{after}?journal=stop-{}", std::process::id());
    let place = Place::new();
    let run =
        |command: &[&str]| Ended::of(place.program(command).env("PGPASSWORD", password).output().unwrap());
    let bulk = || run(&[&BULK[..], &["--journal", &journal]].concat());
    people(&place, 40);
    place.sandbox.set_state(&json!({"balance": "0.00"})).unwrap();
    let ended = bulk().with(4);
    assert!(ended.err.contains("INSUFFICIENT_CREDIT"), "{ended:?}");
    place.sandbox.set_state(&json!({"balance": "100.00"})).unwrap();
    let ended = bulk().with(4);
    assert!(ended.err.contains("INSUFFICIENT_CREDIT") && ended.err.contains("journal resume"), "{ended:?}");
    assert_eq!(place.accepted(), 0);
    let resume = || run(&["journal", "resume", &journal, "--json"]).with(0).json();
    let resumed = resume();
    assert_eq!((&resumed["resumed"], resumed["at"].is_string()), (&json!(true), true));
    assert_eq!(resumed["reason"], "InsufficientCreditError (INSUFFICIENT_CREDIT)");
    assert_eq!(resume(), json!({"resumed": false, "at": null, "reason": null}));
    bulk().with(0);
    assert_eq!(place.accepted(), 40);
    // A file remembers none.
    place.run(&send("order-1", "Hello")).with(0);
    let ended = place.run(&["journal", "resume", "j.db"]).with(0);
    assert!(ended.out.contains("nothing was stopped"), "{ended:?}");
}

#[test]
fn a_journal_that_cannot_be_used_has_its_own_status() {
    let place = Place::new();
    place.run(&["journal", "summary", "missing.db"]).with(5);
    assert!(!place.path("missing.db").exists());
    place.write("j.db", "not a journal at all, but a text that is long enough to be taken for a file");
    place.run(&["journal", "summary", "j.db"]).with(5);
    place.run(&send("order-1", "Hello")).with(5);
    assert_eq!(place.accepted(), 0);
    let url = "postgresql://user:word@127.0.0.1/db?journal=x";
    let refused = place.run(&["journal", "summary", url]).with(2);
    assert!(refused.err.contains("PGPASSWORD") && !refused.err.contains("word@"), "{refused:?}");
}
