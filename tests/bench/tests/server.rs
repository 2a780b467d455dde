//! The server of the benchmark: every client must get the same answer from it.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use partner_messaging::{ClientBuilder, Sms, blocking};
use serde_json::Value;

struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> (Self, Value) {
        let mut process = Command::new(env!("CARGO_BIN_EXE_bench-server"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, output };
        let places = server.line();
        (server, places)
    }

    fn counts(&mut self) -> Value {
        self.process.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        self.line()
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

fn client(url: &Value) -> ClientBuilder {
    blocking::Client::builder().api_key("bench-key").base_url(url.as_str().unwrap())
}

#[test]
fn a_send_is_answered_and_counted() {
    let (mut server, places) = Server::start();
    let plain = client(&places["http"]).build_blocking().unwrap();
    let secure = client(&places["https"]).ca_file(places["ca"].as_str().unwrap()).build_blocking().unwrap();
    let message = Sms::text("+6591234567", "x".repeat(100_000));
    for http2 in [0, 2] {
        let client = if http2 == 0 { &plain } else { &secure };
        for _ in 0..2 {
            assert_eq!(client.send(&message).unwrap().message_id, "msg_123456789");
        }
        let counts = server.counts();
        assert_eq!((&counts["requests"], &counts["http2"]), (&Value::from(2), &Value::from(http2)));
        assert_eq!(counts["connections"], 1, "{counts}");
    }
}

#[test]
fn nothing_passes_that_is_no_send() {
    let (_server, places) = Server::start();
    let stranger = client(&places["http"]).api_key("another").build_blocking().unwrap();
    let error = stranger.send(&Sms::text("+6591234567", "Hello")).unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(400), Some("INVALID_REQUEST")));
}
