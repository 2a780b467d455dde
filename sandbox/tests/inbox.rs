//! What the inbox page gets: the live events, and the details of one request.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use partner_messaging_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, Connection, SEND, SMS, get, push, send};

const HOST: &str = "Host: localhost\r\n";

/// The events, read as a browser reads them.
struct Events {
    lines: BufReader<TcpStream>,
    last_id: String,
}

impl Events {
    fn of(sandbox: &Sandbox) -> Events {
        Events::after(sandbox, "")
    }

    fn after(sandbox: &Sandbox, id: &str) -> Events {
        let mut connection = Connection::to(sandbox.url());
        // Of version 1.0, so that the answer comes without chunks.
        connection.write(&format!("GET /sandbox/events HTTP/1.0\r\n{HOST}Last-Event-ID: {id}\r\n\r\n"));
        let mut lines = BufReader::new(connection.0);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            lines.read_line(&mut line).unwrap();
        }
        Events { lines, last_id: id.to_owned() }
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the stream has ended");
            if let Some(id) = line.strip_prefix("id: ") {
                self.last_id = id.trim().to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }

    /// The requests that come until there are so many.
    fn requests(&mut self, count: usize) -> Vec<Value> {
        let mut requests = Vec::new();
        while requests.len() < count {
            let batch = self.next();
            let events = batch["events"].as_array().unwrap().iter();
            requests.extend(events.filter_map(|event| event.get("request").cloned()));
        }
        requests
    }
}

fn own(sandbox: &Sandbox, path: &str) -> Answer {
    let mut connection = Connection::to(sandbox.url());
    connection.ask_as(HOST, "GET", path, "");
    connection.answer()
}

#[test]
fn a_page_gets_what_is_there_and_what_comes() {
    let sandbox = Sandbox::start().unwrap();
    send(&sandbox, SMS);
    let mut events = Events::of(&sandbox);
    let first = events.next();
    assert_eq!(first["restart"], true);
    assert_eq!(first["state"]["balance"], "99.95");
    assert_eq!(first["api_key"], "sandbox-key");
    assert_eq!(first["totals"], json!({"sent": 1, "rejected": 0, "unknown": 0, "reads": 0, "left": 0}));
    assert_eq!(first["rates"][0].as_array().unwrap()[1..], [json!(1), json!(0), json!(0)]);
    let entry = &first["events"][0]["request"];
    for (field, value) in [
        ("n", json!(0)),
        ("method", json!("POST")),
        ("path", json!(SEND)),
        ("channel", json!("SMS")),
        ("to", json!("+1234567890")),
        ("text", json!("Hello from API!")),
        ("status", json!(200)),
        ("outcome", json!("sent")),
        ("fault", json!(null)),
    ] {
        assert_eq!(entry[field], value, "{field}");
    }
    let message = &entry["message"];
    assert_eq!(message["id"], sandbox.messages()[0]["messageId"]);
    assert_eq!(message["cost"], "0.05");
    assert_eq!(message["due"]["status"], "DELIVERED");

    let sent = Instant::now();
    send(&sandbox, SMS);
    let second = events.next();
    // Sooner than anything would be told by itself.
    assert!(sent.elapsed() < Duration::from_secs(10));
    assert_eq!(second["restart"], false);
    assert_eq!(second["events"][0]["request"]["n"], 1);
    assert_eq!(second["events"][0]["request"]["same"], entry["same"]);
    assert_eq!(second["state"]["balance"], "99.90");
    get(&sandbox, "/partner/credit/balance");
    let read = &events.requests(1)[0];
    assert_eq!((&read["method"], &read["outcome"]), (&json!("GET"), &Value::Null));
}

#[test]
fn changes_are_told_too() {
    let sandbox = Sandbox::start().unwrap();
    send(&sandbox, SMS);
    let mut events = Events::of(&sandbox);
    events.next();
    let id = sandbox.messages()[0]["messageId"].as_str().unwrap().to_owned();
    sandbox.advance(Some(&id), "READ").unwrap();
    let batch = events.next();
    let change = &batch["events"][0]["status"];
    assert_eq!((&change["message"], &change["status"]), (&json!(id), &json!("READ")));
    assert_eq!(batch["state"], Value::Null, "nothing of it has changed");
    sandbox.advance(None, "FAILED").unwrap();
    assert_eq!(events.next()["events"][0]["status"]["message"], Value::Null);

    sandbox.set_state(&json!({"app": "inactive"})).unwrap();
    assert_eq!(events.next()["state"]["app"], "inactive");
    push(&sandbox, r#"{"kind":"reset","times":3}"#);
    let faults = &events.next()["faults"];
    assert_eq!(faults["queue"], json!([{"kind": "reset", "times": 3}]));
    assert_eq!(faults["queued"], 3);
    sandbox.clear_faults();
    assert_eq!(events.next()["faults"]["queue"], json!([]));
    push(&sandbox, r#"{"kind":"limit","per_second":5}"#);
    assert_eq!(events.next()["faults"]["limit"]["per_second"], 5);

    sandbox.reset();
    let batch = events.next();
    assert_eq!((&batch["restart"], &batch["totals"]["sent"]), (&json!(true), &json!(0)));
    assert_eq!(batch["faults"]["limit"], Value::Null);
    assert_eq!(batch["state"]["app"], "active");
}

#[test]
fn a_page_that_connects_again_gets_the_rest() {
    let sandbox = Sandbox::start().unwrap();
    for _ in 0..3 {
        send(&sandbox, SMS);
    }
    let mut events = Events::of(&sandbox);
    events.requests(3);
    let id = events.last_id.clone();
    drop(events);
    send(&sandbox, SMS);
    let batch = Events::after(&sandbox, &id).next();
    assert_eq!((&batch["restart"], batch["events"].as_array().unwrap().len()), (&json!(false), 1));
    assert_eq!(batch["events"][0]["request"]["n"], 3);
    // Of another sandbox, of one before a reset, or of no sandbox.
    let other = Sandbox::start().unwrap();
    for id in [id.as_str(), "1.0", "nonsense"] {
        assert_eq!(Events::after(&other, id).next()["restart"], true, "{id}");
    }
    sandbox.reset();
    assert_eq!(Events::after(&sandbox, &id).next()["restart"], true);
}

#[test]
fn many_messages_come_in_batches() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    for _ in 0..1200 {
        connection.exchange(SMS);
    }
    let mut events = Events::of(&sandbox);
    let numbers: Vec<_> = events.requests(1200).iter().map(|entry| entry["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..1200).collect::<Vec<_>>());
}

#[test]
fn requests_that_faults_ate_are_told_as_such() {
    let sandbox = Sandbox::start().unwrap();
    for (fault, outcome, status, accepted) in [
        (r#"{"kind":"html502"}"#, "unknown", json!(502), false),
        (r#"{"kind":"code","code":"ORG_INACTIVE"}"#, "rejected", json!(403), false),
        (r#"{"kind":"rate_limit"}"#, "rejected", json!(429), false),
        (r#"{"kind":"redirect"}"#, "unknown", json!(307), false),
        (r#"{"kind":"close_after_read"}"#, "unknown", json!(200), true),
        (r#"{"kind":"reset"}"#, "unknown", json!(200), true),
        (r#"{"kind":"unreadable"}"#, "unknown", json!(200), true),
        (r#"{"kind":"slow","ms_per_byte":0}"#, "sent", json!(200), true),
        (r#"{"kind":"close_before_read"}"#, "unknown", json!(null), false),
    ] {
        push(&sandbox, fault);
        let mut connection = Connection::to(sandbox.url());
        connection.send(SMS);
        let entry = Events::of(&sandbox).requests(1).remove(0);
        assert_eq!(entry["outcome"], outcome, "{fault}");
        assert_eq!(entry["status"], status, "{fault}");
        assert_eq!(entry["message"].is_object(), accepted, "{fault}");
        assert!(fault.contains(entry["fault"]["kind"].as_str().unwrap()), "{fault}");
        sandbox.reset();
    }
    sandbox.set_state(&json!({"balance": "0.00"})).unwrap();
    send(&sandbox, SMS);
    let entry = Events::of(&sandbox).requests(1).remove(0);
    assert_eq!((&entry["code"], &entry["outcome"]), (&json!("INSUFFICIENT_CREDIT"), &json!("rejected")));
}

#[test]
fn a_cut_behind_the_answer_loses_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let answer = send(&sandbox, SMS);
    let length = answer.head.len() + answer.body.len();
    for (after, outcome) in [(length - 1, "unknown"), (length, "sent"), (length + 1, "sent")] {
        push(&sandbox, &format!(r#"{{"kind":"truncate","after":{after}}}"#));
        let mut connection = Connection::to(sandbox.url());
        connection.send(SMS);
        assert_eq!(connection.end().0.len(), length.min(after));
        let entries = Events::of(&sandbox).requests(1);
        assert_eq!(entries.last().unwrap()["outcome"], outcome, "{after} of {length}");
    }
}

#[test]
fn the_details_are_the_whole_request_without_secrets() {
    let sandbox = Sandbox::start().unwrap();
    send(&sandbox, SMS);
    let details = own(&sandbox, "/sandbox/entries/0").json();
    assert_eq!(details["request"]["body"], SMS);
    assert!(details["request"]["headers"].as_array().unwrap().contains(&json!(["x-api-key", "sandbox-key"])));
    assert_eq!(details["answer"]["status"], 200);
    assert!(details["answer"]["body"].as_str().unwrap().contains("messageId"));

    let mut connection = Connection::to(sandbox.url());
    connection.ask("POST", SEND, "X-Api-Key: pk_live_1\r\nAuthorization: Bearer pk_live_2\r\n", SMS);
    assert_eq!(connection.answer().status, 401);
    let answer = own(&sandbox, "/sandbox/entries/1");
    assert!(answer.body.contains("[redacted]") && !answer.body.contains("pk_live"), "{}", answer.body);

    for path in ["/sandbox/entries/", "/sandbox/entries/x", "/sandbox/entries/0/email"] {
        assert_eq!(own(&sandbox, path).status, 404, "{path}");
    }
    // What is not there any more, or not yet.
    for path in ["/sandbox/entries/2", "/sandbox/entries/2/email"] {
        let answer = own(&sandbox, path);
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
    }
}

#[test]
fn the_log_can_be_had_as_a_file() {
    let sandbox = Sandbox::start().unwrap();
    for _ in 0..450 {
        send(&sandbox, SMS);
    }
    sandbox.advance(None, "READ").unwrap();
    get(&sandbox, "/partner/credit/balance");
    let mut connection = Connection::to(sandbox.url());
    connection.write(&format!("GET /sandbox/entries HTTP/1.0\r\n{HOST}\r\n"));
    let (bytes, _) = connection.end();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: application/x-ndjson"), "{head}");
    let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..450).chain([451]).collect::<Vec<_>>());
    assert_eq!(lines[7]["request"]["body"], SMS);
    assert_eq!(lines[7]["message"]["id"], sandbox.messages()[7]["messageId"]);
    assert_eq!(lines[450]["answer"]["status"], 200);
}

#[test]
fn an_email_is_shown_without_scripts_and_loads() {
    let sandbox = Sandbox::start().unwrap();
    let html = "<script>alert(1)</script><img src=http://127.0.0.1:1/x><p>Häi</p>";
    let message = json!({"channel": "EMAIL", "to": "a@b", "subject": "s", "htmlContent": html});
    send(&sandbox, &json!({"request": message}).to_string());
    let answer = own(&sandbox, "/sandbox/entries/0/email");
    assert_eq!((answer.status, answer.body.as_str()), (200, html));
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    for directive in ["sandbox;", "default-src 'none';", "frame-ancestors 'self'"] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("allow-"));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
}

#[test]
fn the_page_holds_all_that_it_needs() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(sandbox.inbox_url(), format!("{}/", sandbox.url()));
    let answer = own(&sandbox, "/");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    for directive in
        ["default-src 'none'", "script-src 'sha256-", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert!(answer.body.len() < 150_000, "{} bytes", answer.body.len());
    for outside in [" src=", "@import", "url(http", "<link rel=stylesheet"] {
        assert!(!answer.body.contains(outside), "{outside}");
    }
    let mut connection = Connection::to(sandbox.url());
    connection.write(&format!("HEAD / HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"));
    let (head, _) = connection.end();
    assert!(head.starts_with(b"HTTP/1.1 200 ") && head.ends_with(b"\r\n\r\n"));
    assert!(sandbox.requests().is_empty());
}
