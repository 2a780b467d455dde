//! Answers that mean harm: too large, too deep, or meant for somebody else.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod support;

use std::io::{Read, Write};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use partner_messaging_wire::{End, Plan, Server, answer, chunked, sent_body};
use support::{Face, PATIENCE, assert_consistent, builder, message, outcome_of, with_deadline};

const SMUGGLED: &[u8] = br#"{"success":true,"data":{"messageId":"smuggled"}}"#;

fn told(plan: Plan) -> String {
    let mut outcomes = Vec::new();
    for face in [Face::blocking, Face::asynchronous] {
        let plan = plan.clone();
        let server = Server::start(move |_| plan.clone()).unwrap();
        let client = face(builder(&server.url()).max_retries(3));
        let result = client.send(1);
        server.ledger().told(1, &result);
        assert_consistent(&server);
        assert_eq!(server.requests(), 1);
        outcomes.push(outcome_of(&result));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    outcomes.swap_remove(0)
}

fn raw(head: &str, body: &[u8]) -> Plan {
    let mut bytes = head.replace('\n', "\r\n").into_bytes();
    bytes.extend_from_slice(body);
    Plan::answered(bytes, true).then(End::Fin)
}

#[test]
fn large_answers_are_bounded() {
    let large = vec![b' '; 2 * 1024 * 1024];
    assert_eq!(told(Plan::answered(answer(200, &[], &large), true)), "unknown/too_large");
    assert_eq!(told(raw("HTTP/1.1 200 OK\n\n", &large)), "unknown/too_large");
    assert_eq!(told(raw("HTTP/1.1 400 No\n\n", &large)), "unknown/too_large");
    assert_eq!(
        told(raw("HTTP/1.1 200 OK\ncontent-length: 18446744073709551615\n\n", b"{}")),
        "unknown/too_large"
    );
    let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n{}";
    assert_eq!(
        told(Plan::answered(announced.to_vec(), true).then(End::Stall)),
        "unknown/too_large",
        "at once"
    );
    let headers = "x-pad: 0123456789\n".repeat(101);
    assert_eq!(told(raw(&format!("HTTP/1.1 200 OK\n{headers}\n"), sent_body())), "unknown/too_large");
    let header = format!("HTTP/1.1 200 OK\nx-pad: {}\n\n", "a".repeat(1024 * 1024));
    assert_eq!(told(raw(&header, sent_body())), "unknown/too_large");
}

#[test]
fn an_answer_may_have_exactly_as_many_bytes_as_allowed() {
    let body = sent_body();
    let framings = [
        ("content-length", answer(200, &[], body)),
        ("chunked", chunked(200, body)),
        ("until the end", [b"HTTP/1.1 200 OK\r\n\r\n", body].concat()),
    ];
    for (framing, bytes) in framings {
        for (most, expected) in [(body.len(), "sent"), (body.len() - 1, "unknown/too_large")] {
            let plan = Plan::answered(bytes.clone(), true).then(End::Fin);
            let server = Server::start(move |_| plan.clone()).unwrap();
            for face in [Face::blocking, Face::asynchronous] {
                let client = face(builder(&server.url()).max_response_bytes(most));
                assert_eq!(outcome_of(&client.send(1)), expected, "{framing}, {most} bytes");
            }
        }
    }
}

#[test]
fn an_endless_answer_ends_at_the_bound() {
    let server = Server::start_raw(None, |mut stream, _, _| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    })
    .unwrap();
    assert_eq!(outcome_of(&Face::blocking(builder(&server.url())).send(1)), "unknown/too_large");
}

#[test]
fn endless_interim_answers_end_at_the_deadline() {
    let server = Server::start_raw(None, |mut stream, _, _| {
        let _ = stream.read(&mut [0; 4096]);
        while stream.write_all(b"HTTP/1.1 102 Processing\r\n\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    })
    .unwrap();
    with_deadline(Duration::from_millis(400), |deadline| {
        let client = Face::blocking(builder(&server.url()).timeout(deadline));
        let started = Instant::now();
        let told = outcome_of(&client.send(1));
        assert!(started.elapsed() < deadline + PATIENCE);
        (told != "not_sent/timeout").then(|| assert_eq!(told, "unknown/timeout"))
    });
}

#[test]
fn an_interim_answer_is_not_the_answer() {
    let mut bytes = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".to_vec();
    bytes.extend_from_slice(&answer(200, &[], sent_body()));
    assert_eq!(told(Plan::answered(bytes, true)), "sent");
}

#[test]
fn nothing_is_decompressed() {
    // A gzip of nothing much: whatever it says, it is not JSON.
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0";
    let plan = Plan::answered(answer(200, &[("content-encoding", "gzip")], gzip), true);
    assert_eq!(told(plan), "unknown/malformed");
}

/// None is asked for, and what comes all the same is called by its name.
#[test]
fn an_encoded_answer_is_named() {
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0";
    for (coding, named) in
        [("gzip", "(gzip)"), ("BR", "(br)"), ("snappy", "(in a way that is not known here)")]
    {
        for status in [200, 400, 502] {
            let whole = answer(status, &[("content-encoding", coding)], gzip);
            let server = Server::start(move |_| Plan::answered(whole.clone(), false)).unwrap();
            let client = builder(&server.url()).max_retries(0).build_blocking().unwrap();
            for error in [client.send(&message(1)).unwrap_err(), client.get_balance().unwrap_err()] {
                let text = error.to_string();
                assert!(text.contains("its body is encoded ") && text.contains(named), "{status}: {text}");
            }
        }
    }
    let (head, seen) = channel();
    let server = Server::start_raw(None, move |mut stream, _, _| {
        let mut request = [0; 4096];
        let count = stream.read(&mut request).unwrap_or(0);
        let _ = head.send(String::from_utf8_lossy(&request[..count]).to_ascii_lowercase());
        let _ = stream.write_all(&answer(200, &[], sent_body()));
    })
    .unwrap();
    builder(&server.url()).build_blocking().unwrap().send(&message(1)).unwrap();
    assert!(seen.recv().unwrap().contains("\r\naccept-encoding: identity\r\n"));
}

#[test]
fn contradicting_lengths_are_no_answer() {
    let lengths = format!("HTTP/1.1 200 OK\ncontent-length: {}\ncontent-length: 5\n\n", sent_body().len());
    assert_eq!(told(raw(&lengths, sent_body())), "unknown/malformed");
    for odd in ["-1", "0x10", "1,2", "+5", ""] {
        let plan = raw(&format!("HTTP/1.1 200 OK\ncontent-length: {odd}\n\n"), sent_body());
        assert_eq!(told(plan), "unknown/malformed", "content-length: {odd}");
    }
}

/// Whatever comes after an answer must not be taken for the answer to the next call.
#[test]
fn what_follows_an_answer_never_matches_the_next_call() {
    let extra = answer(200, &[], SMUGGLED);
    let both_lengths = {
        let body =
            [format!("{:x}\r\n", sent_body().len()).as_bytes(), sent_body(), b"\r\n0\r\n\r\n"].concat();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\ntransfer-encoding: chunked\r\n\r\n", 10);
        [head.as_bytes(), &body].concat()
    };
    let shapes: [(&str, Vec<u8>); 3] = [
        ("a second answer in the same bytes", [answer(200, &[], sent_body()), extra.clone()].concat()),
        ("bytes that are no answer", [answer(200, &[], sent_body()), b"garbage".to_vec()].concat()),
        ("both Content-Length and chunks", [both_lengths, extra].concat()),
    ];
    for (name, bytes) in shapes {
        for face in [Face::blocking, Face::asynchronous] {
            let bytes = bytes.clone();
            let server = Server::start(move |turn| match turn.connection {
                0 => Plan::answered(bytes.clone(), true),
                _ => Plan::sent(),
            })
            .unwrap();
            let client = face(builder(&server.url()));
            for call in 0..3 {
                let result = client.send(call);
                server.ledger().told(call, &result);
                if let Ok(receipt) = &result {
                    assert_eq!(receipt.message_id, "msg_1", "{name}, call {call}");
                }
            }
            assert_consistent(&server);
            assert!(server.connections() >= 2, "{name}: the connection was used again");
        }
    }
}

/// An answer that nobody asked for, on an idle connection.
#[test]
fn an_unsolicited_answer_never_matches_the_next_call() {
    for face in [Face::blocking, Face::asynchronous] {
        let (answered, go_on) = channel();
        let (smuggled, is_there) = channel();
        let go_on = Mutex::new(go_on);
        let server = Server::start_raw(None, move |mut stream, connection, ledger| {
            let mut request = vec![0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut request) {
                ledger.accepted(&request[..count]);
                let _ = stream.write_all(&answer(200, &[], sent_body()));
                if connection == 0 {
                    // The answer was read.
                    let _ = go_on.lock().unwrap().recv();
                    let _ = stream.write_all(&answer(200, &[], SMUGGLED));
                    let _ = smuggled.send(());
                }
            }
        })
        .unwrap();
        let client = face(builder(&server.url()));
        for call in 0..3 {
            let result = client.send(call);
            server.ledger().told(call, &result);
            assert_eq!(result.unwrap().message_id, "msg_1");
            if call == 0 {
                client.settle();
                answered.send(()).unwrap();
                is_there.recv().unwrap();
                std::thread::sleep(Duration::from_millis(30));
                client.settle();
            }
        }
        assert_consistent(&server);
        assert_eq!(server.connections(), 2);
    }
}

#[test]
fn what_the_server_says_is_bounded_and_escaped() {
    let text = format!("\u{1b}[31m\r\n\0{}", "x".repeat(100_000));
    let body = format!(
        r#"{{"success":false,"code":{},"error":{}}}"#,
        serde_json_text(&text),
        serde_json_text(&text)
    );
    let server = Server::start(move |_| Plan::answered(answer(400, &[], body.as_bytes()), false)).unwrap();
    let error = Face::blocking(builder(&server.url())).send(1).unwrap_err();
    for shown in [
        error.to_string(),
        format!("{error:?}"),
        error.body().unwrap().to_owned(),
        error.code().unwrap().to_owned(),
    ] {
        assert!(shown.len() < 5_000, "{} bytes", shown.len());
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }
}

fn serde_json_text(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| if c.is_control() { format!("\\u{:04x}", c as u32) } else { c.to_string() })
        .collect();
    format!("\"{escaped}\"")
}
