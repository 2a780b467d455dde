//! The documented API, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::collections::BTreeSet;
use std::io::Write;

use partner_messaging_sandbox::{Config, Sandbox};
use serde_json::json;
use support::{Connection, SEND, SMS, push, send};

const EMAIL: &str = r#"{"request":{"channel":"EMAIL","to":"user@example.com","subject":"Test","htmlContent":"<h1>Hello</h1>"}}"#;
const WHATSAPP: &str = r#"{"request":{"channel":"WHATSAPP","to":"+1234567890","from":"+1234567890","templateId":"HXf8aa5a783ac6df54b1d28473f2de4c75","templateVariables":{"1":"OTP_CODE"}}}"#;

#[test]
fn the_documents_messages_are_accepted() {
    let sandbox = Sandbox::start().unwrap();
    let mut ids = BTreeSet::new();
    for (body, channel, to, cost) in [
        (SMS, "SMS", "+1234567890", "0.05"),
        (EMAIL, "EMAIL", "user@example.com", "0.01"),
        (WHATSAPP, "WHATSAPP", "+1234567890", "0.12"),
    ] {
        let answer = send(&sandbox, body);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let id = answer.json()["data"]["messageId"].as_str().unwrap().to_owned();
        assert_eq!(
            answer.body,
            format!(
                "{{\"success\":true,\"message\":\"Message sent successfully.\",\"data\":{{\
                 \"messageId\":\"{id}\",\"recipient\":\"{to}\",\"channel\":\"{channel}\",\
                 \"status\":\"SENT\",\"cost\":{cost},\"currency\":\"SGD\"}}}}"
            )
        );
        assert!(id.starts_with("msg_"));
        ids.insert(id);
    }
    assert_eq!(ids.len(), 3);
    assert_eq!(sandbox.state().balance.to_string(), "99.82");
    let messages = sandbox.messages();
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[0]["channel"], "SMS");
    assert_eq!(messages[0]["request"]["content"], "Hello from API!");
}

#[test]
fn state_decides_which_code_is_answered() {
    let sandbox = Sandbox::start().unwrap();
    for (patch, status, code) in [
        (json!({"organization": "missing"}), 404, "ORG_NOT_FOUND"),
        (json!({"organization": "inactive"}), 403, "ORG_INACTIVE"),
        (json!({"app": "missing"}), 404, "APP_NOT_FOUND"),
        (json!({"app": "inactive"}), 403, "APP_INACTIVE"),
        (json!({"balance": "0.04"}), 402, "INSUFFICIENT_CREDIT"),
        (json!({"channels": {"SMS": null}}), 400, "CHANNEL_CONFIG_NOT_FOUND"),
        (json!({"channels": {"SMS": "not_configured"}}), 400, "CHANNEL_CONFIG_NOT_FOUND"),
        (json!({"channels": {"SMS": "no_credentials"}}), 400, "CHANNEL_CREDENTIALS_NOT_FOUND"),
    ] {
        sandbox.reset();
        sandbox.set_state(&patch).unwrap();
        assert_eq!(send(&sandbox, SMS).code(), (status, code.to_owned()));
        assert!(sandbox.messages().is_empty());
    }
    sandbox.reset();
    for body in ["", "{", "[]", "{}", r#"{"request":"x"}"#, r#"{"request":null}"#] {
        assert_eq!(send(&sandbox, body).code(), (400, "INVALID_REQUEST".to_owned()), "{body}");
    }
    let answer = send(&sandbox, r#"{"request":{"channel":"SMS","to":"12","content":"x"}}"#);
    assert_eq!(answer.code(), (400, "VALIDATION_ERROR".to_owned()));
    assert!(answer.json()["error"].as_str().unwrap().starts_with("to "));
}

#[test]
fn every_code_is_answered_on_demand() {
    let sandbox = Sandbox::start().unwrap();
    for (code, status) in [
        ("INVALID_REQUEST", 400),
        ("VALIDATION_ERROR", 400),
        ("ORG_NOT_FOUND", 404),
        ("ORG_INACTIVE", 403),
        ("APP_NOT_FOUND", 404),
        ("APP_INACTIVE", 403),
        ("INSUFFICIENT_CREDIT", 402),
        ("CHANNEL_CONFIG_NOT_FOUND", 400),
        ("CHANNEL_CREDENTIALS_NOT_FOUND", 400),
        ("MESSAGE_NOT_FOUND", 404),
        ("INVALID_PAGINATION", 400),
        ("UNAUTHORIZED", 401),
        ("SOMETHING_NEW", 400),
    ] {
        push(&sandbox, &json!({"kind": "code", "code": code}).to_string());
        assert_eq!(send(&sandbox, SMS).code(), (status, code.to_owned()));
    }
    assert!(sandbox.messages().is_empty());
    assert_eq!(send(&sandbox, SMS).status, 200);
}

#[test]
fn a_wrong_key_is_refused_before_anything_else() {
    let config = Config::from_json(r#"{"api_key":"other","state":{"organization":"missing"}}"#);
    let sandbox = Sandbox::start_with(config.unwrap()).unwrap();
    for header in ["", "x-api-key: sandbox-key\r\n", "x-api-key: \r\n"] {
        let mut connection = Connection::to(sandbox.url());
        connection.ask("POST", SEND, header, "no json");
        let answer = connection.answer();
        assert_eq!(answer.status, 401);
        assert_eq!(
            answer.body,
            r#"{"success":false,"error":"Invalid or missing API key","code":"UNAUTHORIZED"}"#
        );
    }
    let mut connection = Connection::to(sandbox.url());
    connection.ask("POST", SEND, "x-api-key: other\r\n", SMS);
    assert_eq!(connection.answer().code().1, "ORG_NOT_FOUND");
}

#[test]
fn credit_sinks_exactly_until_it_is_used_up() {
    let sandbox = Sandbox::start().unwrap();
    let patch = json!({"balance": "0.30", "prices": {"RCS": "0.10"}, "channels": {"RCS": "configured"}});
    sandbox.set_state(&patch).unwrap();
    let rcs = r#"{"request":{"channel":"RCS","to":"anyone"}}"#;
    for left in ["0.20", "0.10", "0.00"] {
        let answer = send(&sandbox, rcs);
        assert!(answer.body.contains("\"cost\":0.10,"), "{}", answer.body);
        assert_eq!(sandbox.state().balance.to_string(), left);
    }
    assert_eq!(send(&sandbox, rcs).code(), (402, "INSUFFICIENT_CREDIT".to_owned()));
    assert_eq!(sandbox.state().balance.to_string(), "0.00");
    assert_eq!(sandbox.messages().len(), 3);
    let exact = sandbox.control(r#"{"op":"messages"}"#).unwrap();
    assert!(exact.contains("\"cost\":0.10,"), "{exact}");
}

#[test]
fn two_requests_share_a_connection() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    assert_eq!(connection.exchange(SMS).status, 200);
    assert_eq!(connection.exchange(EMAIL).status, 200);
    // And two that are sent at once.
    connection.send(SMS);
    connection.send(EMAIL);
    assert_eq!(connection.answer().json()["data"]["channel"], "SMS");
    assert_eq!(connection.answer().json()["data"]["channel"], "EMAIL");
    assert_eq!(connection_numbers(&sandbox), [1; 4]);
    assert_eq!(Connection::to(sandbox.url()).exchange(SMS).status, 200);
    assert_eq!(connection.exchange(SMS).status, 200);
    assert_eq!(connection_numbers(&sandbox), [1, 1, 1, 1, 2, 1]);
}

fn connection_numbers(sandbox: &Sandbox) -> Vec<u64> {
    sandbox.requests().iter().map(|request| request.connection).collect()
}

#[test]
fn requests_are_recorded_as_they_came() {
    let sandbox = Sandbox::start().unwrap();
    let mut connection = Connection::to(sandbox.url());
    connection.ask("POST", SEND, "X-Zulu: 1\r\nX-API-Key: sandbox-key\r\nA: 2\r\n", SMS);
    connection.answer();
    connection.ask("GET", "/partner/elsewhere?page=1", "", "");
    let answer = connection.answer();
    assert_eq!((answer.status, answer.body.as_str()), (404, "not found"));
    assert!(answer.header("content-type").unwrap().starts_with("text/plain"));

    let requests = sandbox.requests();
    assert_eq!(requests.len(), 2);
    let names: Vec<_> = requests[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["host", "x-zulu", "x-api-key", "a", "content-length"]);
    assert_eq!(requests[0].header("x-api-key"), Some("sandbox-key"));
    assert_eq!(requests[0].body, SMS);
    assert_eq!(requests[0].json.as_ref().unwrap()["request"]["channel"], "SMS");
    assert_eq!(requests[0].http_version, "HTTP/1.1");
    assert_eq!(requests[1].method, "GET");
    assert_eq!(requests[1].path, "/partner/elsewhere?page=1");
    assert_eq!(requests[1].json, None);

    // One that never arrives whole is not recorded.
    connection.write(&format!("POST {SEND} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{"));
    drop(connection);
    sandbox.clear_requests();
    assert!(sandbox.requests().is_empty());
    assert_eq!(send(&sandbox, SMS).status, 200);
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn http_itself_is_spoken_properly() {
    let sandbox = Sandbox::start().unwrap();
    let key = "x-api-key: sandbox-key\r\n";
    let mut connection = Connection::to(sandbox.url());

    connection.ask("GET", SEND, key, "");
    let answer = connection.answer();
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    connection.write(&format!("HEAD {SEND} HTTP/1.1\r\nHost: x\r\n\r\n"));
    let mut head = [0; 4096];
    let read = std::io::Read::read(&mut connection.0, &mut head).unwrap();
    assert!(head[..read].starts_with(b"HTTP/1.1 405 ") && head[..read].ends_with(b"\r\n\r\n"));

    connection.write(&format!(
        "POST {SEND} HTTP/1.1\r\nHost: x\r\n{key}Transfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        &SMS[..5],
        SMS.len() - 5,
        &SMS[5..]
    ));
    assert_eq!(connection.answer().status, 200);

    let length = SMS.len();
    connection.write(&format!(
        "POST {SEND} HTTP/1.1\r\nHost: x\r\n{key}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    ));
    assert_eq!(connection.answer().status, 100);
    connection.write(SMS);
    assert_eq!(connection.answer().status, 200);
    assert_eq!(sandbox.messages().len(), 2);

    // A client that closes its side after the request still gets the answer.
    connection.send(SMS);
    connection.0.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(connection.answer().status, 200);
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let limit = 1024 * 1024;
    let of = |length: usize| {
        let frame = r#"{"request":{"channel":"SMS","to":"+1234567890","content":""}}"#;
        let fill = "x".repeat(length - frame.len());
        frame.replace("\"\"", &format!("\"{fill}\""))
    };
    assert_eq!(send(&sandbox, &of(limit)).status, 200);
    let mut connection = Connection::to(sandbox.url());
    assert_eq!(connection.exchange(&of(limit + 1)).status, 413);
    assert_eq!(connection.end().1, support::End::Fin);

    let mut connection = Connection::to(sandbox.url());
    connection.write(&format!("POST {SEND} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for _ in 0..3 {
        let chunk = "x".repeat(limit / 2);
        write!(connection.0, "{:x}\r\n{chunk}\r\n", chunk.len()).unwrap();
    }
    connection.write("0\r\n\r\n");
    assert_eq!(connection.answer().status, 413);

    let mut connection = Connection::to(sandbox.url());
    connection.write(&format!(
        "POST {SEND} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n"
    ));
    assert_eq!(connection.answer().status, 413);
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn credit_and_record_agree_under_simultaneous_requests() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_state(&json!({"balance": "1.00"})).unwrap();
    let accepted: usize = std::thread::scope(|scope| {
        let one = || {
            let mut connection = Connection::to(sandbox.url());
            (0..10).filter(|_| connection.exchange(SMS).status == 200).count()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(accepted, 20);
    assert_eq!(sandbox.state().balance.to_string(), "0.00");
    assert_eq!(sandbox.requests().len(), 40);
}
