//! Each command, for people and for programs.

use serde_json::json;

use crate::support::Place;

const SMS: [&str; 7] = ["send", "--channel", "SMS", "--to", "+6591234567", "--content", "Hello 271828"];

#[test]
fn a_message_is_sent_by_options() {
    let place = Place::new();
    let ended = place.run(&SMS).with(0);
    assert!(ended.out.starts_with("sent as msg") && ended.out.contains("SGD"), "{ended:?}");
    let body = place.sandbox.requests()[0].json.clone().unwrap();
    assert_eq!(body["request"], json!({"channel": "SMS", "to": "+6591234567", "content": "Hello 271828"}));
}

#[test]
fn a_message_is_sent_from_standard_input() {
    let place = Place::new();
    let message = json!({
        "channel": "WHATSAPP", "to": "+6591234567", "from": "+6581234567",
        "templateId": "HX1", "templateVariables": {"1": "314159"},
    });
    let ended = place.run_with_input(&["send", "--json"], message.to_string().as_bytes()).with(0);
    let receipt = ended.json();
    assert_eq!((&receipt["outcome"], &receipt["channel"]), (&json!("sent"), &json!("WHATSAPP")));
    assert!(!ended.shown().contains("6591234567") && !ended.shown().contains("314159"), "{ended:?}");
    assert_eq!(place.sandbox.requests()[0].json.clone().unwrap()["request"], message);
}

#[test]
fn the_status_says_what_became_of_the_message() {
    let place = Place::new();
    // Refused.
    place.sandbox.set_state(&json!({"balance": "0.00"})).unwrap();
    let ended = place.run(&SMS).with(1);
    assert!(ended.err.contains("INSUFFICIENT_CREDIT"), "{ended:?}");
    place.sandbox.reset();
    // The answer is lost.
    place.sandbox.push_fault(partner_messaging_sandbox::Fault::from_json(r#"{"kind":"reset"}"#).unwrap());
    let ended = place.run(&[&SMS[..], &["--json"]].concat()).with(3);
    assert_eq!(ended.json()["outcome"], "unknown");
    // Nobody listens.
    place.sandbox.push_fault(partner_messaging_sandbox::Fault::from_json(r#"{"kind":"refuse"}"#).unwrap());
    place.run(&[&SMS[..], &["--max-retries", "0"]].concat()).with(1);
    place.sandbox.set_fault(None);
    // A message that can't be one, and an option that isn't.
    place.run(&["send", "--channel", "SMS", "--to", "6591", "--content", "x"]).with(2);
    place.run(&["send", "--chanel", "SMS"]).with(2);
    place.run(&[&SMS[..], &["--key", "k"]].concat()).with(2);
}

#[test]
fn what_was_sent_is_seen_listed_and_waited_for() {
    let place = Place::new();
    place.sandbox.set_state(&json!({"delivery": {"after_ms": 50}})).unwrap();
    let id = place.run(&[&SMS[..], &["--json"]].concat()).with(0).json()["message_id"].clone();
    let id = id.as_str().unwrap();
    let waited = place.run(&["wait", id, "--json"]).with(0);
    assert_eq!(waited.json()["status"], "DELIVERED");
    let shown = place.run(&["get", id]).with(0);
    assert!(shown.out.contains("DELIVERED") && !shown.out.contains("+6591234567"), "{shown:?}");
    for _ in 0..4 {
        place.run(&SMS).with(0);
    }
    let listed = place.run(&["list", "--json"]).with(0).json_lines();
    assert_eq!(listed.len(), 5);
    assert!(listed.iter().all(|record| record["recipient"].as_str().unwrap().ends_with("4567")));
    assert!(listed.iter().all(|record| record["recipient"] != "+6591234567"));
    assert_eq!(place.run(&["list", "--json", "--limit", "3"]).with(0).json_lines().len(), 3);
    assert_eq!(place.run(&["list"]).with(0).out.lines().count(), 6);
    let balance = place.run(&["balance", "--json"]).with(0).json();
    assert_eq!(balance, json!({"amount": "99.75", "currency": "SGD"}));
    assert_eq!(place.run(&["balance"]).with(0).out, "99.75 SGD\n");
    place.run(&["get", "msg_none"]).with(1);
}

#[test]
fn a_message_that_failed_is_waited_for_with_status_1() {
    let place = Place::new();
    let id = place.run(&[&SMS[..], &["--json"]].concat()).with(0).json()["message_id"].clone();
    place.sandbox.advance(id.as_str(), "FAILED").unwrap();
    place.run(&["wait", id.as_str().unwrap()]).with(1);
    place.run(&["wait", id.as_str().unwrap(), "--until", "FAILED"]).with(0);
}

#[test]
fn any_other_request_is_made() {
    let place = Place::new();
    let data = place.run(&["request", "GET", "/partner/credit/balance"]).with(0);
    assert!(data.out.contains("100.00"), "{data:?}");
    let body = r#"{"request":{"channel":"SMS","to":"+6591234567","content":"x"}}"#;
    let sent = place.sandbox.requests().len();
    place.run(&["send", "--channel", "SMS", "--to", "+6591234567", "--content", "x"]).with(0);
    let path = place.sandbox.requests()[sent].path.clone();
    let reply =
        place.run_with_input(&["request", "POST", &path, "--body", "-", "--json"], body.as_bytes()).with(0);
    assert_eq!(reply.json()["data"]["channel"], "SMS");
    assert_eq!(place.accepted(), 2);
    place.run(&["request", "GET", "/x", "--body", "{}"]).with(2);
    place.run(&["request", "FETCH", "/x"]).with(2);
}

#[test]
fn the_key_may_come_from_a_file() {
    let place = Place::new();
    place.write("key", format!("{}\n", place.sandbox.api_key()));
    let ended =
        place.program(&["balance", "--api-key-file", "key"]).env_remove("PARTNER_MESSAGING_API_KEY").output();
    assert!(ended.unwrap().status.success());
    let none = place.program(&["balance"]).env_remove("PARTNER_MESSAGING_API_KEY").output().unwrap();
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("--api-key-file"));
    place.run(&["balance", "--api-key-file", "missing"]).with(1);
}
