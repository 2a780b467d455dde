//! The commands, through the library and over HTTP.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::time::{Duration, Instant};

use partner_messaging_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{CONTROL, Connection, OWN, SMS, control, push, send};

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_command_works_through_the_library() {
    let sandbox = Sandbox::start().unwrap();
    let run = |command: Value| value(&sandbox.control(&command.to_string()).unwrap());
    assert_eq!(
        run(json!({"op": "state"})),
        json!({
            "organization": "active", "app": "active",
            "channels": {"EMAIL": "configured", "SMS": "configured", "WHATSAPP": "configured"},
            "balance": "100.00", "currency": "SGD",
            "prices": {"EMAIL": "0.01", "SMS": "0.05", "WHATSAPP": "0.12"},
            "delivery": {"after_ms": 1000, "status": "DELIVERED"},
            "page_totals": ["total", "totalPages", "hasMore"], "page_style": "object"
        })
    );
    assert_eq!(run(json!({"op": "set_state", "state": {"balance": "0.10"}})), Value::Null);
    assert_eq!(run(json!({"op": "push_fault", "fault": {"kind": "html502"}})), Value::Null);
    assert_eq!(run(json!({"op": "set_fault", "fault": {"kind": "code", "code": "X"}})), Value::Null);
    assert_eq!(send(&sandbox, SMS).status, 502);
    assert_eq!(send(&sandbox, SMS).status, 400);
    assert_eq!(run(json!({"op": "set_fault", "fault": null})), Value::Null);
    assert_eq!(send(&sandbox, SMS).status, 200);
    let requests = run(json!({"op": "requests"}));
    assert_eq!(requests.as_array().unwrap().len(), 3);
    assert_eq!(requests[0]["path"], support::SEND);
    assert_eq!(requests[0]["headers"][1], json!(["x-api-key", "sandbox-key"]));
    assert_eq!(requests[0]["json"], value(SMS));
    let messages = run(json!({"op": "messages"}));
    assert_eq!(messages[0]["recipient"], "+1234567890");
    let id = &messages[0]["messageId"];
    assert_eq!(run(json!({"op": "advance", "message_id": id, "status": "FAILED"})), Value::Null);
    assert_eq!(run(json!({"op": "messages"}))[0]["status"], "FAILED");
    assert_eq!(run(json!({"op": "advance", "status": "READ"})), Value::Null);
    assert_eq!(run(json!({"op": "messages"}))[0]["status"], "READ");
    assert_eq!(run(json!({"op": "clear_requests"})), Value::Null);
    assert_eq!(run(json!({"op": "requests"})), json!([]));
    push(&sandbox, r#"{"kind":"reset"}"#);
    assert_eq!(run(json!({"op": "reset"})), Value::Null);
    assert_eq!(run(json!({"op": "messages"})), json!([]));
    assert_eq!(run(json!({"op": "state"}))["balance"], "100.00");
    assert_eq!(send(&sandbox, SMS).status, 200);
}

#[test]
fn a_wrong_command_names_its_field_and_changes_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let before = sandbox.state();
    for (command, field) in [
        ("", None),
        ("[1", None),
        (r#"{}"#, Some("op")),
        (r#"{"op":"explode"}"#, Some("op")),
        (r#"{"op":"set_state"}"#, Some("state")),
        (r#"{"op":"set_state","state":3}"#, Some("state")),
        (r#"{"op":"set_state","state":{"balance":"x","app":"missing"}}"#, Some("state.balance")),
        (r#"{"op":"push_fault"}"#, Some("fault")),
        (r#"{"op":"push_fault","fault":null}"#, Some("fault")),
        (r#"{"op":"push_fault","fault":{"kind":"slow"}}"#, Some("fault.ms_per_byte")),
        (r#"{"op":"set_fault"}"#, Some("fault")),
        (r#"{"op":"set_fault","fault":{"kind":"reset","times":2}}"#, Some("fault.times")),
        (r#"{"op":"reset","fault":{"kind":"reset"}}"#, Some("fault")),
        (r#"{"op":"advance"}"#, Some("status")),
        (r#"{"op":"advance","status":""}"#, Some("status")),
        (r#"{"op":"advance","status":1}"#, Some("status")),
        (r#"{"op":"advance","status":"READ","message_id":"msg_1"}"#, Some("message_id")),
        (r#"{"op":"advance","status":"READ","state":{}}"#, Some("state")),
        (r#"{"op":"messages","message_id":"msg_1"}"#, Some("message_id")),
        (r#"{"op":"set_state","state":{"delivery":{"status":""}}}"#, Some("state.delivery.status")),
    ] {
        let error = sandbox.control(command).unwrap_err();
        assert_eq!(error.field(), field, "{command}: {error}");
        assert!(!error.problem().is_empty());
    }
    let error = sandbox.control(r#"{"op":"state","extra":1}"#).unwrap_err();
    assert!(error.to_string().contains("extra"), "{error}");
    assert_eq!(sandbox.state(), before);
    assert_eq!(send(&sandbox, SMS).status, 200);
}

#[test]
fn the_endpoint_offers_the_same_outside_the_api() {
    let sandbox = Sandbox::start().unwrap();
    let url = sandbox.url();
    // It needs no key, takes no fault and is not recorded.
    push(&sandbox, r#"{"kind":"close_before_read"}"#);
    let answer = control(url, r#"{"op":"state"}"#);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["balance"], "100.00");
    sandbox.reset();
    push(&sandbox, r#"{"kind":"reset"}"#);
    assert_eq!(control(url, r#"{"op":"requests"}"#).body, "[]");
    assert_eq!(control(url, r#"{"op":"reset"}"#).body, "null");
    assert_eq!(send(&sandbox, SMS).status, 200);

    let answer = control(url, r#"{"op":"set_state","state":{"app":"asleep"}}"#);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["field"], "state.app");
    let mut connection = Connection::to(url);
    connection.ask_as(OWN, "GET", CONTROL, "");
    let answer = connection.answer();
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    connection.ask_as(OWN, "POST", "/sandbox/control/", "");
    assert_eq!(connection.answer().status, 404);
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn the_port_is_closed_over_http_only_for_a_time() {
    let sandbox = Sandbox::start().unwrap();
    let url = sandbox.url();
    let answer = control(url, r#"{"op":"set_fault","fault":{"kind":"refuse"}}"#);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["field"], "fault.ms");
    let start = Instant::now();
    let answer = control(url, r#"{"op":"push_fault","fault":{"kind":"refuse","ms":400}}"#);
    assert_eq!((answer.status, answer.body.as_str()), (200, "null"));
    while Connection::try_to(url).is_err() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(start.elapsed() >= Duration::from_millis(400));
    assert_eq!(send(&sandbox, SMS).status, 200);
}
