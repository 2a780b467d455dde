//! A sandbox keeps no more than it says, and tells what has left.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod support;

use std::io::Write;

use partner_messaging_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Connection, SMS, control, get};

/// So many requests with such a header have more than 64 MiB.
const MANY: usize = 290;
const HEADER: usize = 250_000;

fn counts(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.control(r#"{"op": "counts"}"#).unwrap()).unwrap()
}

#[test]
fn the_oldest_requests_and_messages_leave() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    let headers = format!("X-Api-Key: sandbox-key\r\nX-Trace: {}\r\n", "x".repeat(HEADER));
    let content =
        |number: usize| json!({"channel": "SMS", "to": "+1234567890", "content": number.to_string()});
    let mut ids = Vec::new();
    for number in 0..MANY {
        let body = json!({"request": content(number)}).to_string();
        connection.ask("POST", support::SEND, &headers, &body);
        let answer = connection.answer().json();
        ids.push(answer["data"]["messageId"].as_str().unwrap().to_owned());
    }
    let (requests, messages) = (sandbox.requests(), sandbox.messages());
    let kept = requests.len();
    assert!((250..MANY).contains(&kept), "{kept}");
    assert_eq!(messages.len(), kept);
    // The newest, and of those all.
    for (place, number) in (MANY - kept..MANY).enumerate() {
        assert_eq!(requests[place].json.as_ref().unwrap()["request"], content(number));
        assert_eq!(
            (&messages[place]["messageId"], &messages[place]["request"]),
            (&json!(ids[number]), &content(number))
        );
    }
    let of = |id: &str| get(&sandbox, &format!("/partner/message/{id}")).status;
    assert_eq!((of(&ids[0]), of(&ids[MANY - 1])), (404, 200));
    let list = get(&sandbox, "/partner/message?limit=1").json();
    assert_eq!(list["data"]["total"], json!(kept));

    // Two reads and a list were requests, too.
    assert_eq!(counts(&sandbox), json!({"requests": MANY + 3, "messages": MANY}));
    sandbox.clear_requests();
    assert_eq!(counts(&sandbox), json!({"requests": 0, "messages": MANY}));
    let over_http = control(sandbox.url(), r#"{"op": "counts"}"#).json();
    assert_eq!(over_http, json!({"requests": 0, "messages": MANY}));
    sandbox.reset();
    assert_eq!(counts(&sandbox), json!({"requests": 0, "messages": 0}));
    assert_eq!(connection.exchange(SMS).status, 200);
    assert_eq!(sandbox.messages().len(), 1);
}

#[test]
fn a_body_that_is_not_utf8_is_no_json() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    let body = b"{\"request\":{\"channel\":\"SMS\",\"to\":\"+1234567890\",\"content\":\"\xff\"}}";
    connection.write(&format!(
        "POST {} HTTP/1.1\r\nHost: sandbox\r\nX-Api-Key: sandbox-key\r\nContent-Length: {}\r\n\r\n",
        support::SEND,
        body.len()
    ));
    connection.0.write_all(body).unwrap();
    assert_eq!(connection.answer().code().1, "INVALID_REQUEST");
    let [request] = &sandbox.requests()[..] else { panic!("one request") };
    assert!(request.json.is_none() && request.body.contains('\u{fffd}'), "{}", request.body);
}
