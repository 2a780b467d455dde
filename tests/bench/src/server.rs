//! The server that clients are measured against: it reads each request to its
//! end and answers fixed bytes, the documented envelope of an accepted SMS.
//!
//! It prints where it listens, as one line of JSON: `http`, `https` (HTTP/2 or
//! HTTP/1.1, as the client chooses) and `ca`, the file to trust. With `--unique-ids` each answer
//! has another message id, of the same length. For each line on its standard input
//! it prints what it counted since the last one; when that input ends, it ends.

use std::convert::Infallible;
use std::io::BufRead;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SENT: &[u8] = br#"{"success":true,"message":"Message sent successfully.","data":{"messageId":"msg_123456789","recipient":"+6591234567","channel":"SMS","status":"SENT","cost":0.12,"currency":"SGD"}}"#;

/// What a client that sends something else is told: no benchmark may pass on it.
const REFUSED: &[u8] =
    br#"{"success":false,"error":"Request structure is invalid","code":"INVALID_REQUEST"}"#;

/// What stands in the place of the number of the message's id, where each is to have its own.
const ID: &[u8] = b"123456789";

#[derive(Default)]
struct Counts {
    /// The next message's number, if each is to have its own.
    next_id: Option<AtomicUsize>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    accepted: AtomicUsize,
    requests: AtomicUsize,
    /// Those of the requests that came over HTTP/2.
    http2: AtomicUsize,
}

fn main() -> Result<(), Failure> {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let unique = arguments.pop_if(|last| last == "--unique-ids").map(|_| AtomicUsize::new(100_000_000));
    let delay = delay(&arguments)?;
    let counts = Arc::new(Counts { next_id: unique, ..Counts::default() });
    // One thread: the rest of the machine is the client's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (places, ca) = runtime.block_on(listen(&counts, delay))?;
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    println!("{places}");
    for line in std::io::stdin().lock().lines() {
        line?;
        println!("{}", counts.since_last());
    }
    std::fs::remove_file(ca)?;
    Ok(())
}

fn delay(arguments: &[String]) -> Result<Duration, Failure> {
    match arguments {
        [] => Ok(Duration::ZERO),
        [option, milliseconds] if option == "--delay-ms" => Ok(Duration::from_millis(milliseconds.parse()?)),
        _ => Err("usage: bench-server [--delay-ms N] [--unique-ids]".into()),
    }
}

/// Accepts connections from now on; tells where, and the file to trust.
async fn listen(counts: &Arc<Counts>, delay: Duration) -> Result<(serde_json::Value, PathBuf), Failure> {
    let (tls, ca) = certificate()?;
    let (plain, http) = bind().await?;
    let (secure, https) = bind().await?;
    tokio::spawn(accept(plain, None, Arc::clone(counts), delay));
    tokio::spawn(accept(secure, Some(tls), Arc::clone(counts), delay));
    let places = serde_json::json!({
        "http": format!("http://{http}"),
        "https": format!("https://{https}"),
        "ca": ca,
    });
    Ok((places, ca))
}

/// A new certificate for this machine, signed by itself; and the file to trust.
fn certificate() -> Result<(TlsAcceptor, PathBuf), Failure> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    let ca = std::env::temp_dir().join(format!("pm-bench-{}.pem", std::process::id()));
    std::fs::write(&ca, cert.pem())?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), ca))
}

async fn bind() -> Result<(TcpListener, SocketAddr), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, counts: Arc<Counts>, delay: Duration) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let (tls, counts) = (tls.clone(), Arc::clone(&counts));
            tokio::spawn(async move {
                counts.opened();
                // A client that goes away in mid-connection is no concern of the server's.
                let _ = serve(stream, tls, &counts, delay).await;
                counts.open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }
}

async fn serve(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    counts: &Arc<Counts>,
    delay: Duration,
) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    let answer = service_fn(|request| {
        let counts = Arc::clone(counts);
        async move { Ok::<_, Infallible>(answer(request, &counts, delay).await) }
    });
    let one = hyper::server::conn::http1::Builder::new();
    let Some(tls) = tls else {
        return Ok(one.serve_connection(TokioIo::new(stream), answer).await?);
    };
    let stream = tls.accept(stream).await?;
    if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
        return Ok(one.serve_connection(TokioIo::new(stream), answer).await?);
    }
    let mut two = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    two.timer(TokioTimer::new()).max_concurrent_streams(1000);
    Ok(two.serve_connection(TokioIo::new(stream), answer).await?)
}

async fn answer(request: Request<Incoming>, counts: &Counts, delay: Duration) -> Response<Full<Bytes>> {
    let documented = request.method() == Method::POST
        && request.uri().path() == "/partner/message/send"
        && request.headers().get("x-api-key").is_some_and(|key| key == "bench-key")
        && request.headers().get("content-type").is_some_and(|kind| kind == "application/json");
    if request.version() == Version::HTTP_2 {
        counts.http2.fetch_add(1, Ordering::Relaxed);
    }
    let whole = match request.into_body().collect().await {
        Ok(body) => body.to_bytes().starts_with(b"{"),
        Err(_) => false,
    };
    counts.requests.fetch_add(1, Ordering::Relaxed);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let (status, body) = if documented && whole { (200, SENT) } else { (400, REFUSED) };
    let body = match &counts.next_id {
        Some(next) if status == 200 => with_id(body, next.fetch_add(1, Ordering::Relaxed)),
        _ => Bytes::from_static(body),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

/// The answer with this number in its message id.
fn with_id(answer: &[u8], number: usize) -> Bytes {
    let mut answer = answer.to_vec();
    if let Some(at) = answer.windows(ID.len()).position(|it| it == ID) {
        answer[at..at + ID.len()].copy_from_slice(&format!("{number:09}").as_bytes()[..ID.len()]);
    }
    answer.into()
}

impl Counts {
    fn opened(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_open.fetch_max(open, Ordering::Relaxed);
    }

    fn since_last(&self) -> serde_json::Value {
        serde_json::json!({
            "requests": self.requests.swap(0, Ordering::Relaxed),
            "http2": self.http2.swap(0, Ordering::Relaxed),
            "connections": self.accepted.swap(0, Ordering::Relaxed),
            "most_open": self.most_open.swap(self.open.load(Ordering::Relaxed), Ordering::Relaxed),
        })
    }
}
