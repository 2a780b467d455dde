//! Encrypted connections: a front that speaks TLS as PostgreSQL does, before the real server.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use partner_messaging::ErrorClass;
use partner_messaging_journal::Journal;
use partner_messaging_wire::{Authority, Leaf};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::server::url;

/// By which a client asks for TLS before it says anything else.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A front of the real server; `tls` absent: it refuses to encrypt. `spoke`: whether a client
/// has said anything that wasn't encrypted.
fn front(tls: Option<Arc<ServerConfig>>, spoke: &Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let (runtime, spoke) =
        (tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(), spoke.clone());
    std::thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let _ = serve(stream, tls.clone(), &spoke).await;
            }
        });
    });
    address
}

async fn serve(
    mut stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    spoke: &AtomicBool,
) -> std::io::Result<()> {
    let mut request = [0; 8];
    stream.read_exact(&mut request).await?;
    if request != SSL_REQUEST {
        spoke.store(true, Ordering::SeqCst);
        return Ok(());
    }
    let Some(tls) = tls else {
        stream.write_all(b"N").await?;
        if stream.read(&mut request).await? > 0 {
            spoke.store(true, Ordering::SeqCst);
        }
        return Ok(());
    };
    stream.write_all(b"S").await?;
    let mut stream = TlsAcceptor::from(tls).accept(stream).await?;
    let server = url().rsplit_once('@').unwrap().1.split('/').next().unwrap().to_owned();
    let mut server = TcpStream::connect(server).await?;
    copy_bidirectional(&mut stream, &mut server).await?;
    Ok(())
}

/// The journal behind the front, whose certificate is to be of this authority.
fn open(front: SocketAddr, host: &str, roots: Option<&Path>) -> Result<(), partner_messaging::Error> {
    let user = url().split_once('@').unwrap().0.to_owned();
    let roots = roots.map_or(String::new(), |path| format!("&sslrootcert={}", path.display()));
    let url = format!("{user}@{host}:{}/postgres?sslmode=verify-full&journal=tls{roots}", front.port());
    let journal = Journal::open(url)?;
    journal.open().wait()?;
    journal.summary().wait().map(drop)
}

#[test]
fn a_certificate_is_checked_with_its_name() {
    let (ours, other) = (Authority::new().unwrap(), Authority::new().unwrap());
    let (roots, other_roots) = (ours.file().unwrap(), other.file().unwrap());
    let spoke = Arc::default();
    let good = front(Some(ours.server(Leaf::Good, &[]).unwrap()), &spoke);
    open(good, "localhost", Some(&roots)).unwrap();
    open(good, "127.0.0.1", Some(&roots)).unwrap();
    let refused = |result: Result<(), partner_messaging::Error>| {
        let error = result.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Journal, "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
    };
    refused(open(good, "localhost", Some(&other_roots)));
    refused(open(good, "localhost", None));
    for leaf in [Leaf::OtherHost, Leaf::Expired] {
        refused(open(front(Some(ours.server(leaf, &[]).unwrap()), &spoke), "localhost", Some(&roots)));
    }
    assert!(!spoke.load(Ordering::SeqCst));
    [roots, other_roots].iter().for_each(|file| std::fs::remove_file(file).unwrap());
}

#[test]
fn a_server_that_does_not_encrypt_learns_nothing() {
    let spoke = Arc::default();
    let authority = Authority::new().unwrap();
    let roots = authority.file().unwrap();
    let error = open(front(None, &spoke), "localhost", Some(&roots)).unwrap_err();
    assert!(error.to_string().contains("TLS"), "{error}");
    assert!(!spoke.load(Ordering::SeqCst));
    std::fs::remove_file(roots).unwrap();
}
