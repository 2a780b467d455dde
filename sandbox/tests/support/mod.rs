//! A client of bare sockets: it shows what is on the wire and nothing else.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared by several tests, and a test may fail by panicking"
)]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use partner_messaging_sandbox::{Fault, Sandbox};
use serde_json::Value;

pub const SEND: &str = "/partner/message/send";
pub const SMS: &str = r#"{"request":{"channel":"SMS","to":"+1234567890","content":"Hello from API!"}}"#;

/// How long what is to come is waited for: longer than a busy machine takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const CONTROL: &str = "/sandbox/control";
/// The headers of a program that uses the sandbox's own paths.
pub const OWN: &str = "Host: localhost\r\nContent-Type: application/json\r\n";

/// How a connection came to its end.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    Fin,
    Rst,
    /// It did not.
    Open,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect(&self.body)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn code(&self) -> (u16, String) {
        let json = self.json();
        assert_eq!(json["success"], false, "{json}");
        assert!(!json["error"].as_str().unwrap().is_empty());
        (self.status, json["code"].as_str().unwrap().to_owned())
    }
}

pub struct Connection(pub TcpStream);

impl Connection {
    pub fn to(url: &str) -> Connection {
        Connection::try_to(url).unwrap()
    }

    pub fn try_to(url: &str) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(url.strip_prefix("http://").unwrap())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection(stream))
    }

    pub fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).unwrap();
    }

    /// Writes a request in one piece.
    pub fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) {
        self.ask_as(&format!("Host: sandbox\r\n{headers}"), method, path, body);
    }

    /// The same with nothing in its head but these headers and the body's length.
    pub fn ask_as(&mut self, headers: &str, method: &str, path: &str, body: &str) {
        let length = body.len();
        self.write(&format!("{method} {path} HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}"));
    }

    pub fn send(&mut self, body: &str) {
        self.ask("POST", SEND, "X-Api-Key: sandbox-key\r\n", body);
    }

    /// Reads one answer with a `content-length`.
    pub fn answer(&mut self) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            let read = self.0.read(&mut byte).unwrap();
            assert_eq!(read, 1, "ended after {:?}", String::from_utf8_lossy(&head));
            head.push(byte[0]);
        }
        let mut answer = Answer { status: 0, head: String::from_utf8(head).unwrap(), body: String::new() };
        answer.status = answer.head[9..12].parse().unwrap();
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        answer
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "X-Api-Key: sandbox-key\r\n", "");
        self.answer()
    }

    pub fn exchange(&mut self, body: &str) -> Answer {
        self.send(body);
        self.answer()
    }

    /// Reads to the end of the connection, or for so long.
    pub fn rest(&mut self, patience: Duration) -> (Vec<u8>, End) {
        let rest = self.rest_until(Instant::now() + patience);
        self.0.set_read_timeout(Some(PATIENCE)).unwrap();
        rest
    }

    fn rest_until(&mut self, until: Instant) -> (Vec<u8>, End) {
        let mut bytes = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return (bytes, End::Open);
            }
            self.0.set_read_timeout(Some(left)).unwrap();
            let mut some = [0; 4096];
            match self.0.read(&mut some) {
                Ok(0) => return (bytes, End::Fin),
                Ok(read) => bytes.extend_from_slice(&some[..read]),
                Err(error) => match error.kind() {
                    ErrorKind::ConnectionReset => return (bytes, End::Rst),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => return (bytes, End::Open),
                    other => panic!("{other:?}"),
                },
            }
        }
    }

    pub fn end(&mut self) -> (Vec<u8>, End) {
        self.rest(PATIENCE)
    }
}

/// Waits until so many requests have arrived.
pub fn wait_for_requests(sandbox: &Sandbox, count: usize) {
    let begun = Instant::now();
    while sandbox.requests().len() < count {
        assert!(begun.elapsed() < PATIENCE, "they never arrive");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// One reading request on a connection of its own.
pub fn get(sandbox: &Sandbox, path: &str) -> Answer {
    Connection::to(sandbox.url()).get(path)
}

/// One request on a connection of its own.
pub fn send(sandbox: &Sandbox, body: &str) -> Answer {
    Connection::to(sandbox.url()).exchange(body)
}

pub fn push(sandbox: &Sandbox, fault: &str) {
    sandbox.push_fault(Fault::from_json(fault).unwrap());
}

/// A command to the control endpoint.
pub fn control(url: &str, command: &str) -> Answer {
    let mut connection = Connection::to(url);
    connection.ask_as(OWN, "POST", CONTROL, command);
    connection.answer()
}
