//! A server's side of HTTP/2, frame by frame (RFC 9113), so that it can be wrong.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use crate::server::Stream;

/// The stream of a client's first request.
pub const FIRST_STREAM: u32 = 1;

/// Error codes (RFC 9113, section 7).
pub mod code {
    /// Graceful shutdown.
    pub const NO_ERROR: u32 = 0x0;
    /// The implementation failed.
    pub const INTERNAL_ERROR: u32 = 0x2;
    /// The stream was not processed.
    pub const REFUSED_STREAM: u32 = 0x7;
    /// The stream is no longer needed.
    pub const CANCEL: u32 = 0x8;
    /// The peer is too busy.
    pub const ENHANCE_YOUR_CALM: u32 = 0xb;
}

const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const SETTINGS: u8 = 0x4;
const PING: u8 = 0x6;
const GOAWAY: u8 = 0x7;
const WINDOW_UPDATE: u8 = 0x8;

const END_STREAM: u8 = 0x1;
const ACK: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// One connection, past its preface.
pub struct Connection {
    stream: Stream,
    /// What has come so far of the requests that are not whole yet.
    bodies: HashMap<u32, Vec<u8>>,
}

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Connection {
    /// Reads the client's preface and sends the server's.
    ///
    /// # Errors
    /// When the connection ends, or the client speaks no HTTP/2.
    pub fn accept(stream: Stream) -> io::Result<Self> {
        Self::accept_with(stream, &[])
    }

    /// The same, and holds every request's body back until it gives it a [`window`](Self::window).
    ///
    /// # Errors
    /// When the connection ends, or the client speaks no HTTP/2.
    pub fn accept_holding_bodies(stream: Stream) -> io::Result<Self> {
        const INITIAL_WINDOW_SIZE: [u8; 6] = [0, 4, 0, 0, 0, 0];
        Self::accept_with(stream, &INITIAL_WINDOW_SIZE)
    }

    fn accept_with(mut stream: Stream, settings: &[u8]) -> io::Result<Self> {
        let mut preface = [0; 24];
        stream.read_exact(&mut preface)?;
        if preface != PREFACE {
            return Err(io::Error::other("no HTTP/2"));
        }
        let mut connection = Self { stream, bodies: HashMap::new() };
        connection.write(SETTINGS, 0, 0, settings)?;
        Ok(connection)
    }

    /// Reads frames until a request's head has arrived; gives its stream.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn read_head(&mut self) -> io::Result<u32> {
        loop {
            let frame = self.read()?;
            self.acknowledge(&frame)?;
            if frame.kind == HEADERS {
                return Ok(frame.stream);
            }
        }
    }

    /// Reads to the end of the connection; gives all data that came.
    pub fn read_data(&mut self) -> Vec<u8> {
        let mut data = Vec::new();
        while let Ok(frame) = self.read() {
            if frame.kind == DATA {
                data.extend_from_slice(&frame.payload);
            }
        }
        data
    }

    /// Lets so many bytes of a stream's body come.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn window(&mut self, stream: u32, bytes: u32) -> io::Result<()> {
        self.write(WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes())
    }

    fn acknowledge(&mut self, frame: &Frame) -> io::Result<()> {
        match frame.kind {
            SETTINGS if frame.flags & ACK == 0 => self.write(SETTINGS, ACK, 0, &[]),
            PING if frame.flags & ACK == 0 => self.write(PING, ACK, 0, &frame.payload),
            _ => Ok(()),
        }
    }

    /// Reads frames until a request has arrived whole; gives its stream and its body.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn read_request(&mut self) -> io::Result<(u32, Vec<u8>)> {
        loop {
            let frame = self.read()?;
            self.acknowledge(&frame)?;
            if frame.kind == DATA {
                self.bodies.entry(frame.stream).or_default().extend_from_slice(&frame.payload);
            }
            if matches!(frame.kind, DATA | HEADERS) && frame.flags & END_STREAM != 0 {
                return Ok((frame.stream, self.bodies.remove(&frame.stream).unwrap_or_default()));
            }
        }
    }

    /// Answers 400 with this body, whole.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn refuse(&mut self, stream: u32, body: &[u8]) -> io::Result<()> {
        // Index 12 of the static table, `:status: 400`.
        self.write(HEADERS, END_HEADERS, stream, &[0x8c])?;
        self.write(DATA, END_STREAM, stream, body)
    }

    /// Answers 200 with this body; with `end` false the answer stays incomplete.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn answer(&mut self, stream: u32, body: &[u8], end: bool) -> io::Result<()> {
        // One byte of HPACK: index 8 of the static table, `:status: 200` (RFC 7541, appendix A).
        self.write(HEADERS, END_HEADERS, stream, &[0x88])?;
        self.write(DATA, if end { END_STREAM } else { 0 }, stream, body)
    }

    /// Begins an answer of status 200 that announces more bytes than `body` has.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn answer_cut(&mut self, stream: u32, body: &[u8], announced: u8) -> io::Result<()> {
        let length = announced.to_string();
        // `content-length`, index 28 of the static table, as a literal that is not indexed.
        let head = [&[0x88, 0x0f, 28 - 15, length.len() as u8], length.as_bytes()].concat();
        self.write(HEADERS, END_HEADERS, stream, &head)?;
        self.write(DATA, 0, stream, body)
    }

    /// Resets a stream.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn reset(&mut self, stream: u32, code: u32) -> io::Result<()> {
        self.write(RST_STREAM, 0, stream, &code.to_be_bytes())
    }

    /// Says goodbye, naming the last stream that was or might be processed.
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn go_away(&mut self, last_stream: u32, code: u32) -> io::Result<()> {
        self.go_away_with(last_stream, code, b"")
    }

    /// The same with a text for people (RFC 9113, section 6.8).
    ///
    /// # Errors
    /// When the connection ends before.
    pub fn go_away_with(&mut self, last_stream: u32, code: u32, text: &[u8]) -> io::Result<()> {
        let payload = [&last_stream.to_be_bytes()[..], &code.to_be_bytes(), text].concat();
        self.write(GOAWAY, 0, 0, &payload)
    }

    /// The connection underneath, to end it.
    #[must_use]
    pub fn into_stream(self) -> Stream {
        self.stream
    }

    fn read(&mut self) -> io::Result<Frame> {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload)?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff;
        Ok(Frame { kind: head[3], flags: head[4], stream, payload })
    }

    fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).map_err(io::Error::other)?.to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags];
        frame.extend_from_slice(&stream.to_be_bytes());
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame)?;
        self.stream.flush()
    }
}
