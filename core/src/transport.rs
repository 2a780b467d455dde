//! The HTTP stack: the only file that names the HTTP library.
//!
//! One call of [`Transport::exchange`] makes one request at most. The settings
//! here are not optional: with its defaults the library sends one request
//! several times on HTTP/2 refusals and redirects, hands the key to other
//! hosts, and reads answers without a bound.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method};
use url::Url;

use crate::barrier::GuardedBody;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::tls;

/// Shorter than the keep-alive time of common servers, so that a connection
/// is dropped here before it is there.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The most header fields that an answer may have.
const MOST_HEADERS: usize = 100;

pub(crate) struct Transport {
    http: reqwest::Client,
    max_response_bytes: usize,
    proxied: bool,
}

/// An answer that arrived whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why no whole answer arrived. Whether the request left is not told here: the
/// barrier of its body knows.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) what: String,
    /// Whether the same attempt may do better a moment later, if nothing was sent.
    pub(crate) transient: bool,
    /// The server's word that it processed nothing of the request (RFC 9113, section 8.7).
    pub(crate) refused: bool,
    /// Whether there never was a connection for the request.
    pub(crate) unconnected: bool,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(config)?)
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(config.max_connections)
            .tcp_nodelay(true)
            .http1_max_headers(MOST_HEADERS)
            .http2_max_header_list_size(64 * 1024)
            .dns_resolver(Arc::new(Resolver));
        if !config.http2 {
            builder = builder.http1_only();
        }
        builder = match &config.proxy {
            Some(proxy) => {
                let proxy = reqwest::Proxy::all(proxy.clone())
                    .map_err(|_| Error::config("proxy", "can't be used as a proxy"))?;
                builder.no_proxy().proxy(proxy)
            }
            None => builder.no_proxy(),
        };
        let http = builder
            .build()
            .map_err(|error| Error::internal(format!("the HTTP client can't be set up: {error}")))?;
        Ok(Self { http, max_response_bytes: config.max_response_bytes, proxied: config.proxy.is_some() })
    }

    /// Sends one request and reads its answer, within the bounds.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<GuardedBody>,
    ) -> Result<Answer, Failure> {
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = headers;
        *request.body_mut() = body.map(reqwest::Body::wrap);
        let mut response = self.http.execute(request).await.map_err(|error| self.failure(&error))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let announced = response.content_length();
        if announced.is_some_and(|length| length > self.max_response_bytes as u64) {
            return Err(self.too_large());
        }
        // The announcement is the server's word only: it must not size our memory beyond reason.
        let expected = usize::try_from(announced.unwrap_or(0)).unwrap_or(0);
        let mut body = Vec::with_capacity(expected.min(16 * 1024));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken_off(&error))? {
            if body.len() + chunk.len() > self.max_response_bytes {
                return Err(self.too_large());
            }
            body.extend_from_slice(&chunk);
        }
        if body.len() < expected {
            // HTTP/2 ends a body quietly when its connection goes away in order.
            return Err(Failure {
                kind: Kind::Closed,
                what: "the connection ended before the answer was complete".to_owned(),
                transient: true,
                refused: false,
                unconnected: false,
            });
        }
        Ok(Answer { status, headers, body })
    }

    /// The answer broke off. It had begun, so the server did process the
    /// request: whatever it says after that is no refusal.
    fn broken_off(&self, error: &reqwest::Error) -> Failure {
        match self.failure(error) {
            Failure { refused: true, .. } => Failure {
                kind: Kind::Reset,
                what: "the stream was reset in the midst of the answer".to_owned(),
                transient: true,
                refused: false,
                unconnected: false,
            },
            failure => failure,
        }
    }

    fn too_large(&self) -> Failure {
        Failure {
            kind: Kind::TooLarge,
            what: format!("the answer is larger than max_response_bytes ({} bytes)", self.max_response_bytes),
            transient: false,
            refused: false,
            unconnected: false,
        }
    }

    /// Reads the evidence in an error, by the types in its chain of causes.
    fn failure(&self, error: &reqwest::Error) -> Failure {
        if error.is_connect() { self.connect_failure(error) } else { exchange_failure(error) }
    }

    /// No connection came about.
    fn connect_failure(&self, error: &reqwest::Error) -> Failure {
        let failure = |kind, what: String, transient| Failure {
            kind,
            what,
            transient,
            refused: false,
            unconnected: true,
        };
        if let Some(cause) = find::<ResolveError>(error) {
            return failure(
                Kind::Dns,
                format!(
                    "the name of {} could not be resolved: {}",
                    if self.proxied { "the proxy" } else { "the service" },
                    cause.0
                ),
                true,
            );
        }
        if let Some(cause) = find::<rustls::Error>(error) {
            return failure(Kind::Tls, tls_problem(cause), false);
        }
        if error.is_timeout() {
            return failure(
                Kind::Timeout,
                "no connection could be made within connect_timeout".to_owned(),
                true,
            );
        }
        let cause = find_io(error);
        if self.proxied {
            return match cause {
                Some(cause) => failure(
                    Kind::Proxy,
                    format!("no connection through the proxy could be made: {cause}"),
                    true,
                ),
                // An answer of the proxy, such as 407: it would say the same again.
                None => failure(Kind::Proxy, "the proxy refused to connect to the service".to_owned(), false),
            };
        }
        match cause {
            Some(cause) => {
                failure(connect_kind(cause), format!("no connection could be made: {cause}"), true)
            }
            None => failure(Kind::Connect, "no connection could be made".to_owned(), true),
        }
    }
}

fn connect_kind(cause: &io::Error) -> Kind {
    match cause.kind() {
        io::ErrorKind::TimedOut => Kind::Timeout,
        io::ErrorKind::ConnectionReset => Kind::Reset,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            Kind::Closed
        }
        _ => Kind::Connect,
    }
}

/// What is wrong with the certificate or the handshake, in a user's words.
fn tls_problem(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    let rustls::Error::InvalidCertificate(bad) = error else {
        return format!("the TLS handshake failed: {error}");
    };
    let problem = match bad {
        Bad::Expired | Bad::ExpiredContext { .. } => "has expired",
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => "is not valid yet",
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => "is for another host",
        Bad::UnknownIssuer => "is from an issuer that is not trusted",
        Bad::Revoked => "was revoked",
        other => return format!("the service's certificate was refused: {other}"),
    };
    format!("the service's certificate {problem}")
}

/// A connection was there, and then something went wrong.
fn exchange_failure(error: &reqwest::Error) -> Failure {
    let failure =
        |kind, what: String| Failure { kind, what, transient: true, refused: false, unconnected: false };
    if let Some(cause) = find::<h2::Error>(error) {
        return http2_failure(cause);
    }
    if let Some(cause) = find_io(error) {
        return match cause.kind() {
            io::ErrorKind::ConnectionReset => failure(Kind::Reset, "the connection was reset".to_owned()),
            io::ErrorKind::TimedOut => failure(Kind::Timeout, "the connection timed out".to_owned()),
            _ => failure(Kind::Closed, format!("the connection failed: {cause}")),
        };
    }
    if let Some(cause) = find::<rustls::Error>(error) {
        return failure(Kind::Tls, format!("the encrypted connection failed: {cause}"));
    }
    if let Some(cause) = find::<hyper::Error>(error) {
        if cause.is_parse_too_large() {
            return failure(Kind::TooLarge, "the answer's headers are too large".to_owned());
        }
        if cause.is_parse() {
            return failure(Kind::Malformed, "the answer is not HTTP".to_owned());
        }
    }
    failure(Kind::Closed, "the connection ended before the answer was complete".to_owned())
}

fn http2_failure(cause: &h2::Error) -> Failure {
    let reason = cause.reason();
    let refused_stream = cause.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM);
    // Streams up to the last one named in a GOAWAY end otherwise: this one was above it.
    let went_away = cause.is_go_away() && reason == Some(h2::Reason::NO_ERROR);
    let refused = cause.is_remote() && (refused_stream || went_away);
    let (kind, what) = if refused {
        (Kind::Refused, "the server refused the request unprocessed".to_owned())
    } else if cause.is_reset() {
        (Kind::Reset, format!("the stream was reset: {cause}"))
    } else if cause.is_go_away() || cause.is_io() {
        (Kind::Closed, format!("the connection ended: {cause}"))
    } else {
        (Kind::Malformed, format!("the answer is not HTTP/2: {cause}"))
    };
    Failure { kind, what, transient: true, refused, unconnected: false }
}

/// The first error of type `T` in a chain of causes.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The innermost I/O error in a chain of causes: those around it only pass it on.
fn find_io<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    causes(error).filter_map(|cause| cause.downcast_ref()).last()
}

/// An error and its causes, from the outside in. An I/O error's `source` skips
/// the error that it was made of, so that one is asked for by `get_ref`.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

/// Resolves names by the system's resolver, with an error that can be told from others.
struct Resolver;

impl reqwest::dns::Resolve for Resolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            // Port 0: the connector puts the URL's own in its place.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(ResolveError)?;
            let addresses: Vec<SocketAddr> = found.collect();
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[derive(Debug)]
struct ResolveError(io::Error);

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for ResolveError {}
