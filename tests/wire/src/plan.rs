//! What the server does with one request.

use std::time::Duration;

/// Which request a plan is for.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// The connection's number, from 0.
    pub connection: usize,
    /// The request's number on its connection, from 0.
    pub request: usize,
}

/// What the server does with one request.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How much of the request is read.
    pub read: ReadUntil,
    /// Whether the service takes the message, once its whole request has arrived.
    pub accept: bool,
    /// How long it thinks before it answers.
    pub delay: Duration,
    /// The bytes written then.
    pub write: Vec<u8>,
    /// What becomes of the connection after.
    pub end: End,
}

/// How much of a request is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadUntil {
    /// All of it.
    Whole,
    /// So many bytes, or all of it if it has less.
    Bytes(usize),
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It stays open for the next request.
    KeepOpen,
    /// It is closed in order.
    Fin,
    /// It is reset.
    Reset,
    /// It stays open, and nothing more happens.
    Stall,
}

impl Plan {
    /// Takes the message and answers as documented.
    #[must_use]
    pub fn sent() -> Self {
        Self::answered(answer(200, &[], sent_body()), true)
    }

    /// Reads the whole request and answers with these bytes.
    #[must_use]
    pub fn answered(bytes: Vec<u8>, accept: bool) -> Self {
        Self { read: ReadUntil::Whole, accept, delay: Duration::ZERO, write: bytes, end: End::KeepOpen }
    }

    /// Reads so many bytes of the request, and ends.
    #[must_use]
    pub fn cut_request(bytes: usize, end: End) -> Self {
        Self { read: ReadUntil::Bytes(bytes), accept: true, delay: Duration::ZERO, write: Vec::new(), end }
    }

    /// Takes the message, writes the beginning of an answer, and ends.
    #[must_use]
    pub fn cut_answer(bytes: &[u8], end: End) -> Self {
        Self { end, ..Self::answered(bytes.to_vec(), true) }
    }

    /// The same with another end.
    #[must_use]
    pub fn then(mut self, end: End) -> Self {
        self.end = end;
        self
    }
}

/// The documented body of an accepted message.
#[must_use]
pub fn sent_body() -> &'static [u8] {
    br#"{"success":true,"message":"Message sent successfully.","data":{"messageId":"msg_1","recipient":"+6591234567","channel":"SMS","status":"SENT","cost":0.05,"currency":"SGD"}}"#
}

/// An answer with `Content-Length`.
#[must_use]
pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = head(status, headers);
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// The same in two chunks.
#[must_use]
pub fn chunked(status: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = head(status, &[("transfer-encoding", "chunked")]);
    bytes.extend_from_slice(b"\r\n");
    let (first, second) = body.split_at(body.len() / 2);
    for chunk in [first, second] {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.into_bytes()
}
