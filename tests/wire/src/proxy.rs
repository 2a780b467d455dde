//! An HTTP proxy that answers as it is told.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

/// How the proxy answers a request.
#[derive(Clone, Debug)]
pub enum ProxyAnswer {
    /// It opens a tunnel to this address, whatever host was named.
    Tunnel(SocketAddr),
    /// It passes the request on to this address.
    Forward(SocketAddr),
    /// It answers with these bytes and closes.
    Bytes(&'static str),
    /// It never answers.
    Stall,
}

/// A proxy. Dropping it ends it.
pub struct Proxy {
    address: SocketAddr,
    door: Option<Door>,
    heads: Arc<Mutex<Vec<String>>>,
    stopping: Arc<AtomicBool>,
}

impl Proxy {
    /// Starts a proxy.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start(answer: ProxyAnswer) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let proxy = Self { address, door: None, heads: Arc::default(), stopping: Arc::default() };
        let (heads, stopping) = (proxy.heads.clone(), proxy.stopping.clone());
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if stopping.load(Ordering::SeqCst) {
                    return;
                }
                let (heads, answer) = (heads.clone(), answer.clone());
                std::thread::spawn(move || serve(socket, &answer, &heads));
            }
        });
        Ok(proxy)
    }

    /// Starts a proxy that is spoken to over TLS.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start_tls(answer: ProxyAnswer, tls: Arc<ServerConfig>) -> io::Result<Self> {
        let mut proxy = Self::start(answer)?;
        proxy.door = Some(Door::open(proxy.address, tls)?);
        Ok(proxy)
    }

    /// `http[s]://[credentials@]127.0.0.1:port`; `credentials` are `user:password` or empty.
    #[must_use]
    pub fn url(&self, credentials: &str) -> String {
        let at = if credentials.is_empty() { "" } else { "@" };
        let (scheme, address) = match &self.door {
            Some(door) => ("https", door.address),
            None => ("http", self.address),
        };
        format!("{scheme}://{credentials}{at}{address}")
    }

    /// The heads of the requests that it got, lower case.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// What takes the encryption off in front of a proxy.
struct Door {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Door {
    fn open(inside: SocketAddr, tls: Arc<ServerConfig>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(tls);
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut outside = acceptor.accept(socket).await?;
                    if outside.get_ref().1.alpn_protocol() == Some(b"h2") {
                        return Err(io::Error::other("what is inside speaks no HTTP/2"));
                    }
                    let mut inside = tokio::net::TcpStream::connect(inside).await?;
                    tokio::io::copy_bidirectional(&mut outside, &mut inside).await
                });
            }
        });
        Ok(Self { address, _runtime: runtime })
    }
}

fn serve(mut socket: TcpStream, answer: &ProxyAnswer, heads: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    heads.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    match answer {
        ProxyAnswer::Stall => while socket.read(&mut byte).is_ok_and(|count| count > 0) {},
        ProxyAnswer::Bytes(bytes) => {
            let _ = socket.write_all(bytes.as_bytes());
        }
        ProxyAnswer::Tunnel(address) | ProxyAnswer::Forward(address) => {
            let Ok(mut target) = TcpStream::connect(address) else { return };
            let _ = match answer {
                ProxyAnswer::Tunnel(_) => socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n"),
                _ => target.write_all(&head),
            };
            let (Ok(from), Ok(to)) = (socket.try_clone(), target.try_clone()) else { return };
            std::thread::spawn(move || pump(from, to));
            pump(target, socket);
        }
    }
}

pub(crate) fn pump(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
