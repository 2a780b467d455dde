//! A SOCKS 5 proxy (RFC 1928, RFC 1929) that connects to one address, whatever host
//! it is asked for.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::proxy::pump;

/// A SOCKS proxy. Dropping it ends it.
pub struct Socks {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// Where every connection leads.
    target: SocketAddr,
    /// User name and password, if it wants any.
    credentials: Option<(&'static str, &'static str)>,
    /// What it answers to a request: 0 is yes (RFC 1928, section 6).
    reply: u8,
    asked: Mutex<Vec<String>>,
    stopping: AtomicBool,
}

const VERSION: u8 = 5;
const NO_CREDENTIALS: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xff;

impl Socks {
    /// Starts a proxy that leads to `target` and answers requests with `reply`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start(
        target: SocketAddr,
        credentials: Option<(&'static str, &'static str)>,
        reply: u8,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            target,
            credentials,
            reply,
            asked: Mutex::default(),
            stopping: AtomicBool::new(false),
        });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if serving.stopping.load(Ordering::SeqCst) {
                    return;
                }
                let shared = serving.clone();
                std::thread::spawn(move || shared.serve(socket));
            }
        });
        Ok(Self { address, shared })
    }

    /// `scheme://[credentials@]127.0.0.1:port`.
    #[must_use]
    pub fn url(&self, scheme: &str, credentials: &str) -> String {
        let at = if credentials.is_empty() { "" } else { "@" };
        format!("{scheme}://{credentials}{at}{}", self.address)
    }

    /// The hosts and ports that it was asked for; names in quotes, addresses as they are.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Socks {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let [version, methods] = read(&mut client)?;
        let mut offered = vec![0; methods.into()];
        client.read_exact(&mut offered)?;
        let wanted = if self.credentials.is_some() { USER_AND_PASSWORD } else { NO_CREDENTIALS };
        let method = if version == VERSION && offered.contains(&wanted) { wanted } else { NO_METHOD };
        client.write_all(&[VERSION, method])?;
        if method == NO_METHOD {
            return Ok(());
        }
        if let Some((user, password)) = self.credentials {
            let [_version] = read(&mut client)?;
            let given = (text(&mut client)?, text(&mut client)?);
            let right = given.0 == user && given.1 == password;
            client.write_all(&[1, u8::from(!right)])?;
            if !right {
                return Ok(());
            }
        }
        let [_version, _connect, _reserved, kind] = read(&mut client)?;
        let host = match kind {
            1 => Ipv4Addr::from(read::<4>(&mut client)?).to_string(),
            3 => format!("{:?}", text(&mut client)?),
            _ => return Err(io::Error::other("no such kind of address")),
        };
        let port = u16::from_be_bytes(read(&mut client)?);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{host}:{port}"));
        // The address that it connected from: nobody asks.
        client.write_all(&[VERSION, self.reply, 0, 1, 0, 0, 0, 0, 0, 0])?;
        if self.reply != 0 {
            return Ok(());
        }
        let target = TcpStream::connect(self.target)?;
        let (from, to) = (client.try_clone()?, target.try_clone()?);
        std::thread::spawn(move || pump(from, to));
        pump(target, client);
        Ok(())
    }
}

fn read<const COUNT: usize>(client: &mut TcpStream) -> io::Result<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A text with its length before it.
fn text(client: &mut TcpStream) -> io::Result<String> {
    let [length] = read(client)?;
    let mut bytes = vec![0; length.into()];
    client.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
