//! A server that books what it accepts before it answers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often each message was accepted, by the number in its text.
type Book = Arc<Mutex<BTreeMap<u64, u32>>>;

/// It takes every message but each seventh, which it refuses, and it closes the connection
/// instead of answering each eleventh that it takes.
pub struct Server {
    url: String,
    book: Book,
}

impl Server {
    /// Starts one on a free port; it lives as long as the process.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(|_| ())
    }

    /// The same; `before_answer` is called with the number of each message that was accepted.
    #[must_use]
    pub fn start_with(before_answer: impl Fn(u64) + Send + Sync + 'static) -> Self {
        let before_answer = Arc::new(before_answer);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let book = Book::default();
        let books = book.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (book, before_answer) = (books.clone(), before_answer.clone());
                // A killed client ends in an error here, as it should.
                std::thread::spawn(move || drop(serve(&stream, &book, &*before_answer)));
            }
        });
        Self { url, book }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How often a message was accepted.
    #[must_use]
    pub fn times_accepted(&self, number: u64) -> u32 {
        self.book.lock().unwrap().get(&number).copied().unwrap_or(0)
    }

    /// How many messages it has accepted.
    #[must_use]
    pub fn total_accepted(&self) -> u64 {
        self.book.lock().unwrap().values().copied().map(u64::from).sum()
    }

    /// What it does with a message of this number.
    #[must_use]
    pub const fn refuses(number: u64) -> bool {
        number % 7 == 3
    }

    /// Whether it takes a message of this number and says nothing.
    #[must_use]
    pub const fn is_silent(number: u64) -> bool {
        !Self::refuses(number) && number % 11 == 5
    }
}

fn serve(stream: &TcpStream, book: &Book, before_answer: &dyn Fn(u64)) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let text = String::from_utf8_lossy(&body);
        let number: u64 = text.split_once("call-").unwrap().1.split_once('.').unwrap().0.parse().unwrap();
        let (status, answer) = if Server::refuses(number) {
            ("400 Bad Request", r#"{"success":false,"message":"refused"}"#.to_owned())
        } else {
            let times = {
                let mut book = book.lock().unwrap();
                let times = book.entry(number).or_default();
                *times += 1;
                *times
            };
            if Server::is_silent(number) {
                return Ok(());
            }
            before_answer(number);
            let data = format!(
                r#"{{"messageId":"msg_{number}_{times}","recipient":"+6591234567","channel":"SMS","status":"SENT","cost":0.05,"currency":"SGD"}}"#
            );
            ("200 OK", format!(r#"{{"success":true,"message":"Message sent successfully.","data":{data}}}"#))
        };
        // Long enough that a kill falls between the request and its answer.
        std::thread::sleep(Duration::from_micros(300));
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        (&*stream).write_all(format!("{head}{answer}").as_bytes())?;
    }
}
