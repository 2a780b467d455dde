//! The counting server: raw sockets, one thread for each connection.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::ledger::Ledger;
use crate::plan::{End, Plan, ReadUntil, Turn};

/// A server that plays plans. Dropping it ends it and its connections.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    ledger: Arc<Ledger>,
    stopping: AtomicBool,
    connections: AtomicUsize,
    /// Requests that arrived whole, messages or not.
    requests: AtomicUsize,
    /// Connections that the server has ended in order or by a reset.
    ends: AtomicUsize,
    /// A handle on each open connection, to end it with the server.
    sockets: Mutex<HashMap<usize, TcpStream>>,
}

impl Shared {
    fn forget(&self, number: usize) {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.shared.forget(self.number);
    }
}

/// One connection, encrypted or not.
pub struct Stream {
    wire: Wire,
    number: usize,
    shared: Arc<Shared>,
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    fn socket(&self) -> &TcpStream {
        match &self.wire {
            Wire::Plain(socket) => socket,
            Wire::Tls(stream) => &stream.sock,
        }
    }

    /// Ends the connection as told. A stalled one ends when the other side gives up.
    pub fn end(mut self, end: End) {
        match end {
            End::Reset => {
                // A second handle on the socket would keep it open.
                self.shared.forget(self.number);
                // Closing with no time to linger sends a reset.
                let _ = socket2::SockRef::from(self.socket()).set_linger(Some(Duration::ZERO));
                let shared = self.shared.clone();
                drop(self);
                shared.ends.fetch_add(1, Ordering::SeqCst);
            }
            End::Fin => {
                let _ = self.socket().shutdown(Shutdown::Write);
                self.shared.ends.fetch_add(1, Ordering::SeqCst);
                // Bytes left unread would turn the close into a reset.
                drain(self.socket());
            }
            End::Stall | End::KeepOpen => drain(&mut self),
        }
    }
}

fn drain(mut from: impl Read) {
    let mut sink = [0; 4096];
    while from.read(&mut sink).is_ok_and(|count| count > 0) {}
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.wire {
            Wire::Plain(stream) => stream.read(buffer),
            Wire::Tls(stream) => stream.read(buffer).inspect_err(|error| {
                // The handshake was refused, and the alert is out. With bytes left unread
                // the close would be a reset, which may overtake it.
                if error.kind() == io::ErrorKind::InvalidData {
                    let _ = stream.sock.shutdown(Shutdown::Write);
                    drain(&stream.sock);
                }
            }),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.wire {
            Wire::Plain(stream) => stream.write(bytes),
            Wire::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.wire {
            Wire::Plain(stream) => stream.flush(),
            Wire::Tls(stream) => stream.flush(),
        }
    }
}

impl Server {
    /// A plain server whose requests meet the plans that `script` makes.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start(script: impl Fn(Turn) -> Plan + Send + Sync + 'static) -> io::Result<Self> {
        Self::start_with(None, move |stream, connection, shared| play(stream, connection, shared, &script))
    }

    /// The same behind TLS.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start_tls(
        tls: Arc<ServerConfig>,
        script: impl Fn(Turn) -> Plan + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::start_with(Some(tls), move |stream, connection, shared| {
            play(stream, connection, shared, &script)
        })
    }

    /// A server whose connections are handled by `handle`, which gets the
    /// stream, the connection's number and the ledger.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start_raw(
        tls: Option<Arc<ServerConfig>>,
        handle: impl Fn(Stream, usize, &Ledger) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::start_with(tls, move |stream, connection, shared| handle(stream, connection, &shared.ledger))
    }

    fn start_with(
        tls: Option<Arc<ServerConfig>>,
        handle: impl Fn(Stream, usize, &Shared) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            ledger: Arc::default(),
            stopping: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            ends: AtomicUsize::new(0),
            sockets: Mutex::default(),
        });
        let for_thread = shared.clone();
        let accepting =
            std::thread::spawn(move || accept(&listener, tls.as_ref(), &Arc::new(handle), &for_thread));
        Ok(Self { address, shared, accepting: Some(accepting) })
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `https://localhost:port`, for servers behind TLS.
    #[must_use]
    pub fn tls_url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The ledger that arrived messages are recorded in.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.shared.ledger
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many requests arrived whole so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// How many connections it has ended so far, in order or by a reset.
    #[must_use]
    pub fn ends(&self) -> usize {
        self.shared.ends.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the accepting thread.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
        for socket in self.shared.sockets.lock().unwrap_or_else(PoisonError::into_inner).values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn accept<H>(listener: &TcpListener, tls: Option<&Arc<ServerConfig>>, handle: &Arc<H>, shared: &Arc<Shared>)
where
    H: Fn(Stream, usize, &Shared) + Send + Sync + 'static,
{
    for socket in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(socket) = socket else { continue };
        let number = shared.connections.fetch_add(1, Ordering::SeqCst);
        let _ = socket.set_nodelay(true);
        if let Ok(copy) = socket.try_clone() {
            shared.sockets.lock().unwrap_or_else(PoisonError::into_inner).insert(number, copy);
        }
        let wire = match tls {
            None => Wire::Plain(socket),
            Some(config) => match ServerConnection::new(config.clone()) {
                Ok(connection) => Wire::Tls(Box::new(StreamOwned::new(connection, socket))),
                Err(_) => continue,
            },
        };
        let stream = Stream { wire, number, shared: shared.clone() };
        let (handle, shared) = (handle.clone(), shared.clone());
        std::thread::spawn(move || handle(stream, number, &shared));
    }
}

/// Plays one plan for each request of a connection.
fn play(mut stream: Stream, connection: usize, shared: &Shared, script: &dyn Fn(Turn) -> Plan) {
    for request in 0.. {
        // A plan is made when a request begins: none is used up by one that never comes.
        let Some(first) = first_byte(&mut stream) else { return };
        let plan = script(Turn { connection, request });
        let Some(read) = read_request(&mut stream, first, plan.read) else { return };
        if let Some(body) = read.whole {
            shared.requests.fetch_add(1, Ordering::SeqCst);
            if plan.accept {
                // Before the answer: from here on the service has the message.
                shared.ledger.accepted(&body);
            }
        }
        std::thread::sleep(plan.delay);
        if stream.write_all(&plan.write).and_then(|()| stream.flush()).is_err() {
            return;
        }
        if plan.end != End::KeepOpen {
            return stream.end(plan.end);
        }
    }
}

struct Request {
    /// The body, if the request arrived whole.
    whole: Option<Vec<u8>>,
}

/// The first byte of a request, or `None` when the other side is gone.
fn first_byte(stream: &mut Stream) -> Option<u8> {
    let mut byte = [0];
    matches!(stream.read(&mut byte), Ok(1)).then_some(byte[0])
}

/// Reads the rest of a request, so that not one byte more is taken than
/// planned. `None` when the other side is gone before that.
fn read_request(stream: &mut Stream, first: u8, until: ReadUntil) -> Option<Request> {
    let limit = match until {
        ReadUntil::Whole => usize::MAX,
        ReadUntil::Bytes(limit) => limit,
    };
    let mut bytes = Vec::with_capacity(512);
    bytes.push(first);
    let mut total = None;
    while bytes.len() < limit && total.is_none_or(|total| bytes.len() < total) {
        // The head byte by byte; the body's length is known.
        let want = total.map_or(1, |total: usize| total.min(limit) - bytes.len());
        let start = bytes.len();
        bytes.resize(start + want, 0);
        let Ok(count @ 1..) = stream.read(&mut bytes[start..]) else { return None };
        bytes.truncate(start + count);
        if total.is_none() && bytes.ends_with(b"\r\n\r\n") {
            total = Some(bytes.len() + content_length(&bytes));
        }
    }
    let whole = total
        .filter(|total| bytes.len() == *total)
        .map(|total| bytes.split_off(total - content_length(&bytes)));
    Some(Request { whole })
}

fn content_length(head: &[u8]) -> usize {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let value = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
