//! Why no whole answer arrived: the evidence in the HTTP stack's errors.
//!
//! Errors are told apart by the types in their chains of causes, never by their
//! texts, and those texts go nowhere: reqwest's hold the URL, and an HTTP/2 error or
//! a certificate's hold what the peer wrote.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use tower_service::Service;

use super::resolver::ResolveError;
use super::tls_failure;
use crate::error::Kind;

/// Whether the request left is not told here: the barrier of its body knows.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) description: String,
    /// Whether the same attempt may do better a moment later, if nothing was sent.
    pub(crate) transient: bool,
    /// The server's word that it processed nothing of the request (RFC 9113, section 8.7).
    pub(crate) refused: bool,
    /// Whether there never was a connection for the request.
    pub(crate) unconnected: bool,
    /// Whether the reused connection had closed before the request was written.
    pub(super) gone: bool,
    /// Whether the connection has come through it: only the request failed.
    pub(super) connection_lives: bool,
}

/// What was seen of a connection when its request failed.
#[derive(Clone, Copy)]
pub(super) struct ConnectionFacts {
    pub(super) proxied: bool,
    /// No answer ever came over it.
    pub(super) no_answer_yet: bool,
    /// The service asks for a certificate of the client.
    pub(super) wanted_certificate: bool,
}

impl Failure {
    fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self {
            kind,
            description: what.into(),
            transient: true,
            refused: false,
            unconnected: false,
            gone: false,
            connection_lives: false,
        }
    }

    /// It would end the same way again.
    fn lasting(kind: Kind, what: impl Into<String>) -> Self {
        Self { transient: false, ..Self::new(kind, what) }
    }

    /// No answer began.
    pub(super) fn before_the_answer(error: &reqwest::Error, seen: ConnectionFacts) -> Self {
        if find::<Gone>(error).is_some() {
            let what = "the connection ended before the request could be sent";
            return Self { unconnected: true, gone: true, ..Self::new(Kind::Closed, what) };
        }
        if error.is_connect() {
            return Self { unconnected: true, ..connecting(error, seen.proxied) };
        }
        // Under TLS 1.3 the handshake is over here before it is there.
        if seen.no_answer_yet {
            if let Some(alert) = find_io(error).and_then(tls_failure::handshake_alert) {
                let failure = Self::lasting(Kind::Tls, tls_failure::refused(alert));
                return Self { unconnected: true, ..failure };
            }
            // Over HTTP/2 the alert is lost where it comes before the request is taken.
            let is_unsent = |error: &hyper::Error| error.is_canceled() || error.is_closed();
            if seen.wanted_certificate && find::<hyper::Error>(error).is_some_and(is_unsent) {
                return Self::lasting(Kind::Tls, tls_failure::WANTED_CERTIFICATE);
            }
        }
        after_connecting(error)
    }

    /// There is no client for a further connection.
    pub(super) fn no_client() -> Self {
        let failure = Self::lasting(Kind::Internal, "the HTTP client can't be set up");
        Self { unconnected: true, ..failure }
    }

    /// The answer broke off. It had begun, so the server did process the
    /// request: whatever it says after that is no refusal.
    pub(super) fn within_the_answer(error: &reqwest::Error) -> Self {
        match after_connecting(error) {
            Self { refused: true, .. } => {
                Self::new(Kind::Reset, "the stream was reset in the midst of the answer")
            }
            failure => failure,
        }
    }

    /// The answer ended in order, too early.
    pub(super) fn cut_off() -> Self {
        Self::new(Kind::Closed, "the connection ended before the answer was complete")
    }

    /// The answer has more than `most` bytes.
    pub(super) fn too_large(most: usize) -> Self {
        let what = format!("the answer is larger than max_response_bytes ({most} bytes)");
        Self::lasting(Kind::TooLarge, what)
    }
}

/// No connection came about.
fn connecting(error: &reqwest::Error, proxied: bool) -> Failure {
    if let Some(cause) = find::<ResolveError>(error) {
        let whose = if proxied { "the proxy" } else { "the service" };
        return Failure::new(Kind::Dns, format!("the name of {whose} could not be resolved: {cause}"));
    }
    if let Some(cause) = find::<rustls::Error>(error) {
        return Failure::lasting(Kind::Tls, tls_failure::handshake(cause));
    }
    if error.is_timeout() {
        return Failure::new(Kind::Timeout, "no connection could be made within connect_timeout");
    }
    let cause = find_io(error);
    if !proxied {
        let (kind, why) = match cause {
            Some(cause) => (connect_kind(cause), format!(": {}", io_reason(cause))),
            None => (Kind::Connect, String::new()),
        };
        return Failure::new(kind, format!("no connection could be made{why}"));
    }
    if wants_credentials(error) {
        return Failure::lasting(Kind::Proxy, "the proxy refused the credentials, or asks for some (407)");
    }
    match cause {
        Some(cause) => {
            let why = io_reason(cause);
            Failure::new(Kind::Proxy, format!("no connection through the proxy could be made: {why}"))
        }
        None => Failure::new(
            Kind::Proxy,
            "the proxy refused to connect to the service, or does not answer as a proxy",
        ),
    }
}

/// The error of a proxy's tunnel, which hyper-util gives no name to.
type TunnelError = <Tunnel<HttpConnector> as Service<http::Uri>>::Error;

/// Whether an HTTP proxy refused who asks (407). Other refusals can't be told apart,
/// so they count as transient: nothing was sent.
fn wants_credentials(error: &reqwest::Error) -> bool {
    matches!(find::<TunnelError>(error), Some(TunnelError::ProxyAuthRequired))
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

/// What the operating system says; of an error that others made, its kind only.
fn io_reason(cause: &io::Error) -> String {
    match cause.raw_os_error() {
        Some(_) => cause.to_string(),
        None => cause.kind().to_string(),
    }
}

/// A connection was there, and then something went wrong.
fn after_connecting(error: &reqwest::Error) -> Failure {
    if let Some(cause) = find::<h2::Error>(error) {
        return http2_failure(cause);
    }
    if let Some(cause) = find::<rustls::Error>(error) {
        return Failure::new(Kind::Tls, tls_failure::broken(cause));
    }
    if let Some(cause) = find_io(error) {
        return match cause.kind() {
            io::ErrorKind::ConnectionReset => Failure::new(Kind::Reset, "the connection was reset"),
            io::ErrorKind::TimedOut => Failure::new(Kind::Timeout, "the connection timed out"),
            _ => Failure::new(Kind::Closed, format!("the connection failed: {}", io_reason(cause))),
        };
    }
    if let Some(cause) = find::<hyper::Error>(error) {
        if cause.is_parse_too_large() {
            return Failure::new(Kind::TooLarge, "the answer's headers are too large");
        }
        if cause.is_parse() {
            return Failure::new(Kind::Malformed, "the answer is not HTTP");
        }
    }
    Failure::cut_off()
}

fn http2_failure(cause: &h2::Error) -> Failure {
    let reason = cause.reason();
    let refused_stream = cause.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM);
    // Streams up to the last one named in a GOAWAY end otherwise: this one was above it.
    let went_away = cause.is_go_away() && reason == Some(h2::Reason::NO_ERROR);
    let refused = cause.is_remote() && (refused_stream || went_away);
    let (kind, what) = if refused {
        (Kind::Refused, "the server refused the request unprocessed".to_owned())
    } else if let Some(cause) = cause.get_io() {
        match cause.kind() {
            io::ErrorKind::ConnectionReset => (Kind::Reset, "the connection was reset".to_owned()),
            _ => (Kind::Closed, format!("the connection failed: {}", io_reason(cause))),
        }
    } else {
        let code = reason.map_or_else(String::new, |reason| format!(" ({})", code(reason)));
        if cause.is_reset() {
            (Kind::Reset, format!("the stream was reset{code}"))
        } else if cause.is_go_away() {
            (Kind::Closed, format!("the connection was ended{code}"))
        } else {
            (Kind::Malformed, format!("the answer is not HTTP/2{code}"))
        }
    };
    Failure { refused, connection_lives: cause.is_reset(), ..Failure::new(kind, what) }
}

/// An error code by its name (RFC 9113, section 7).
fn code(reason: h2::Reason) -> String {
    match reason {
        h2::Reason::NO_ERROR => "NO_ERROR".to_owned(),
        h2::Reason::PROTOCOL_ERROR => "PROTOCOL_ERROR".to_owned(),
        h2::Reason::INTERNAL_ERROR => "INTERNAL_ERROR".to_owned(),
        h2::Reason::CANCEL => "CANCEL".to_owned(),
        h2::Reason::ENHANCE_YOUR_CALM => "ENHANCE_YOUR_CALM".to_owned(),
        h2::Reason::HTTP_1_1_REQUIRED => "HTTP_1_1_REQUIRED".to_owned(),
        other => format!("HTTP/2 error code {}", u32::from(other)),
    }
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

/// The connection ended while nobody used it.
#[derive(Debug)]
pub(super) struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is gone")
    }
}

impl StdError for Gone {}
