//! One connection to the server.

use std::os::fd::AsRawFd;
use std::pin::Pin;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, UnixStream, lookup_host};
use tokio::task::JoinHandle;
use tokio_postgres::tls::{NoTls, TlsConnect};
use tokio_postgres::{Client, Config};

use super::address::{Address, Place, ServerHost};
use super::fault::{Fault, STANDBY};
use super::tls::Encrypt;
use crate::fork::{forget, remember};

/// What bytes go through.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An open connection, whose other half runs beside it.
pub(super) struct Session {
    pub(super) client: Client,
    task: JoinHandle<()>,
}

impl Session {
    /// Takes leave of the server.
    pub(super) async fn close(self) {
        let Self { client, task } = self;
        drop(client);
        let _ = task.await;
    }
}

/// Closes the connection in a forked child, and then only there.
struct Inherited(i32);

impl Inherited {
    fn new(socket: &impl AsRawFd) -> Self {
        let descriptor = socket.as_raw_fd();
        remember(descriptor);
        Self(descriptor)
    }
}

impl Drop for Inherited {
    fn drop(&mut self) {
        forget(self.0);
    }
}

/// Connects to the first of the servers that is the primary one.
pub(super) async fn connect(address: &Address) -> Result<Session, Fault> {
    let mut problem = Fault::Broken("there is no server to connect to".to_owned());
    for host in &address.hosts {
        let attempt = tokio::time::timeout(address.connect_timeout, connect_to(address, host)).await;
        match attempt {
            Ok(Ok(session)) => return Ok(session),
            Ok(Err(fault)) => problem = fault,
            Err(_) => {
                let seconds = address.connect_timeout.as_secs();
                problem = Fault::Broken(format!("{} did not answer within {seconds} s", host.place));
            }
        }
    }
    Err(problem)
}

async fn connect_to(address: &Address, host: &ServerHost) -> Result<Session, Fault> {
    let unreachable =
        |error: std::io::Error| Fault::Broken(format!("{} can't be reached: {error}", host.place));
    let config = address.config_for(host).map_err(Fault::Broken)?;
    let (stream, inherited) = open(host).await.map_err(unreachable)?;
    let session = match &host.tls {
        None => start(stream, inherited, NoTls, &config).await?,
        Some(tls) => {
            let name = ServerName::try_from(host.place.to_string()).map_err(|_| {
                Fault::Broken(format!("{} is no name that a certificate can be of", host.place))
            })?;
            start(stream, inherited, Encrypt { config: tls.clone(), name }, &config).await?
        }
    };
    match check(&session.client).await {
        Ok(()) => Ok(session),
        Err(fault) => {
            session.close().await;
            Err(fault)
        }
    }
}

async fn open(host: &ServerHost) -> std::io::Result<(Box<dyn Stream>, Inherited)> {
    let addresses = match &host.place {
        Place::Unix(folder) => {
            let stream = UnixStream::connect(folder.join(format!(".s.PGSQL.{}", host.port))).await?;
            let inherited = Inherited::new(&stream);
            return Ok((Box::new(stream), inherited));
        }
        Place::Address(address, _) => vec![(*address, host.port).into()],
        Place::Name(name) => lookup_host((name.as_str(), host.port)).await?.collect(),
    };
    // What is allowed in plain words to this machine goes nowhere else.
    let local_only = host.tls.is_none();
    let mut problem = std::io::Error::other("it has no address that may be used");
    for address in addresses.into_iter().filter(|address| !local_only || address.ip().is_loopback()) {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_nodelay(true)?;
        socket.set_keepalive(true)?;
        let inherited = Inherited::new(&socket);
        match socket.connect(address).await {
            Ok(stream) => return Ok((Box::new(stream), inherited)),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

async fn start<T>(
    stream: Box<dyn Stream>,
    inherited: Inherited,
    tls: T,
    config: &Config,
) -> Result<Session, Fault>
where
    T: TlsConnect<Box<dyn Stream>>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect_raw(stream, tls).await.map_err(refused)?;
    let connection: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(connection);
    let task = tokio::spawn(async move {
        // Dropped in the opposite order: a descriptor is forgotten while it is still ours.
        let connection = connection;
        let _inherited = inherited;
        // Whoever waits for an answer learns of its end, too.
        let _ = connection.await;
    });
    Ok(Session { client, task })
}

/// Why there is no connection, in words, without the password.
fn refused(error: tokio_postgres::Error) -> Fault {
    use std::error::Error;

    if let Some(refusal) = error.as_db_error() {
        return Fault::Broken(format!(
            "the server refused: {} ({})",
            refusal.message(),
            refusal.code().code()
        ));
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    Fault::Broken(format!("no connection to the server: {text}"))
}

/// PostgreSQL 12, by the number that the server has for it.
const OLDEST: i32 = 120_000;

/// Refuses a server that can't keep a journal.
async fn check(client: &Client) -> Result<(), Fault> {
    let sql = "SELECT pg_is_in_recovery(), current_setting('server_encoding'), \
               current_setting('server_version_num')::int4";
    let row = client.query_typed_one(sql, &[]).await?;
    let (is_standby, encoding, version): (bool, String, i32) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if is_standby {
        return Err(Fault::Broken(STANDBY.to_owned()));
    }
    if encoding != "UTF8" {
        return Err(Fault::Broken(format!("the database's encoding is {encoding}: it has to be UTF8")));
    }
    if version < OLDEST {
        return Err(Fault::Broken("the server is older than PostgreSQL 12".to_owned()));
    }
    Ok(())
}
