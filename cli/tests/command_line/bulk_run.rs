//! How a run of `bulk` goes, and what it says of itself.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use partner_messaging_sandbox::Fault;
use serde_json::{Value, json};

use crate::manners::signal;
use crate::support::{Ended, Place, mode};

pub(crate) const BULK: [&str; 8] =
    ["bulk", "people.csv", "--channel", "SMS", "--to", "{phone}", "--content", "Code {code}"];

/// A file of so many rows, each of its own.
pub(crate) fn people(place: &Place, count: u32) {
    let mut content = "id,phone,code\n".to_owned();
    for n in 0..count {
        writeln!(content, "{n},+6591{n:06},{}", 271_828 + n).unwrap();
    }
    place.write("people.csv", content);
}

pub(crate) fn bulk(place: &Place, further: &[&str]) -> Ended {
    place.run(&[&BULK[..], further].concat())
}

/// The counts must be all that became of the rows.
#[track_caller]
pub(crate) fn adds_up(sum: &Value) {
    let parts = ["sent", "sent_before", "rejected", "not_sent", "unknown", "invalid", "not_begun"];
    let total: u64 = parts.iter().map(|name| sum[name].as_u64().unwrap()).sum();
    assert_eq!(sum["rows"].as_u64().unwrap(), total, "{sum}");
}

#[test]
fn a_run_shows_its_journal_its_sum_and_no_secrets() {
    let place = Place::new();
    people(&place, 30);
    let ended = bulk(&place, &[]).with(0);
    assert!(ended.err.contains("people.csv.journal"), "{ended:?}");
    assert_eq!(ended.out.lines().last().unwrap(), "30 rows: 30 sent; 1.50 SGD");
    let journal = std::fs::read(place.path("people.csv.journal")).unwrap();
    for secret in [place.sandbox.api_key(), "271830", "+6591000002"] {
        assert!(!ended.shown().contains(secret), "{secret}");
        assert!(!journal.windows(secret.len()).any(|it| it == secret.as_bytes()), "{secret}");
    }
    assert_eq!(mode(&place.path("people.csv.journal")), 0o600);
}

#[test]
fn results_have_a_line_for_each_row() {
    let place = Place::new();
    people(&place, 5);
    place.sandbox.push_fault(Fault::from_json(r#"{"kind":"reset"}"#).unwrap());
    let ended = bulk(&place, &["--key", "order-{id}", "--results", "r.jsonl", "--json"]).with(3);
    adds_up(&ended.json());
    let results = std::fs::read_to_string(place.path("r.jsonl")).unwrap();
    let mut lines: Vec<Value> = results.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|it| it["row"].as_u64());
    assert_eq!(lines.iter().map(|it| it["row"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(lines.iter().all(|it| it["key"] == format!("order-{}", it["row"].as_u64().unwrap() - 1)));
    assert_eq!(lines.iter().filter(|it| it["outcome"] == "unknown").count(), 1);
    assert!(!results.contains("+6591") && !results.contains("2718"), "{results}");
    assert_eq!(mode(&place.path("r.jsonl")), 0o600);
}

#[test]
fn what_meets_every_row_stops_the_run() {
    let place = Place::new();
    people(&place, 100);
    place.sandbox.set_state(&json!({"balance": "1.00"})).unwrap();
    let ended = bulk(&place, &["--json", "--max-in-flight", "4"]).with(4);
    adds_up(&ended.json());
    assert_eq!(ended.json()["sent"], 20);
    assert!(
        ended.err.contains("INSUFFICIENT_CREDIT") && ended.err.contains("run the same command again"),
        "{ended:?}"
    );
    place.sandbox.set_state(&json!({"balance": "100.00"})).unwrap();
    let ended = bulk(&place, &["--json"]).with(0);
    assert_eq!((&ended.json()["sent"], &ended.json()["sent_before"]), (&json!(80), &json!(20)));
    assert_eq!(place.accepted(), 100);
}

#[test]
fn a_spend_limit_stops_the_run() {
    let place = Place::new();
    people(&place, 50);
    let ended = bulk(&place, &["--json", "--spend-limit", "SGD 1.00", "--max-cost", "SGD 0.05"]).with(4);
    adds_up(&ended.json());
    assert_eq!(ended.json()["cost"], json!({"SGD": "1.00"}));
    assert_eq!(place.accepted(), 20);
    bulk(&place, &["--spend-limit", "100"]).with(2);
}

#[test]
fn a_rate_is_kept() {
    let place = Place::new();
    people(&place, 15);
    let begun = Instant::now();
    bulk(&place, &["--max-rate", "10"]).with(0);
    assert!(begun.elapsed() >= Duration::from_millis(400), "{:?}", begun.elapsed());
}

#[test]
fn progress_for_programs_is_json() {
    let place = Place::new();
    people(&place, 15);
    let ended = bulk(&place, &["--progress", "json", "--max-rate", "10"]).with(0);
    let lines: Vec<Value> = ended.err.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let last = lines.last().unwrap();
    assert_eq!((&last["taken"], &last["sent"], &last["total"]), (&json!(15), &json!(15), &json!(15)));
}

#[test]
fn a_first_ctrl_c_ends_in_order() {
    let place = Place::new();
    people(&place, 200);
    for name in ["INT", "TERM", "HUP"] {
        let command = [&BULK[..], &["--max-rate", "10", "--json"]].concat();
        let before = place.accepted();
        let child = place.program(&command).spawn().unwrap();
        wait_until(|| place.accepted() > before + 3);
        signal(child.id(), name);
        let ended = Ended::of(child.wait_with_output().unwrap()).with(130);
        let sum = ended.json();
        adds_up(&sum);
        assert!(sum["not_begun"].as_u64().unwrap() > 0 && sum["unknown"] == 0, "{sum}");
        let sent = sum["sent"].as_u64().unwrap() + sum["sent_before"].as_u64().unwrap();
        assert_eq!(sent as usize, place.accepted(), "{name}");
    }
    bulk(&place, &[]).with(0);
    assert_eq!(place.accepted(), 200);
}

#[test]
fn a_second_ctrl_c_leaves_at_once() {
    let place = Place::new();
    people(&place, 10);
    place.sandbox.set_fault(Some(Fault::from_json(r#"{"kind":"stall"}"#).unwrap()));
    let mut child = place.program(&BULK).spawn().unwrap();
    wait_until(|| !place.sandbox.requests().is_empty());
    signal(child.id(), "INT");
    // Two signals that wait at the same time are one.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("Ctrl-C again leaves at once")));
    assert!(child.try_wait().unwrap().is_none());
    let begun = Instant::now();
    signal(child.id(), "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn closed_streams_do_not_end_a_run() {
    let place = Place::new();
    people(&place, 40);
    let mut child =
        place.program(&[&BULK[..], &["--progress", "json", "--max-rate", "20"]].concat()).spawn().unwrap();
    drop(child.stdout.take());
    let mut few = [0; 10];
    child.stderr.take().unwrap().read_exact(&mut few).unwrap();
    child.wait().unwrap();
    assert_eq!(place.accepted(), 40);
}

#[test]
fn the_process_list_shows_no_key() {
    let place = Place::new();
    people(&place, 40);
    place.write("key", place.sandbox.api_key());
    let mut child = place
        .program(&[&BULK[..], &["--max-rate", "5", "--api-key-file", "key"]].concat())
        .env_remove("PARTNER_MESSAGING_API_KEY")
        .spawn()
        .unwrap();
    wait_until(|| place.accepted() > 2);
    let arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    let shown = String::from_utf8_lossy(&arguments).into_owned();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(shown.contains("people.csv") && !shown.contains(place.sandbox.api_key()), "{shown}");
}

pub(crate) fn wait_until(mut is_true: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_true() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came to be");
        std::thread::sleep(Duration::from_millis(5));
    }
}
