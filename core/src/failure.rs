//! Why no whole answer arrived: the evidence in the HTTP stack's errors.

use std::error::Error as StdError;
use std::io;

use http::StatusCode;
use hyper_util::client::legacy;

use crate::connect::{ConnectTimeout, ProxyRefusal, ResolveError};
use crate::error::Kind;

/// Whether the request left is not told here: the barrier of its body knows.
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

impl Failure {
    fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), transient: true, refused: false, unconnected: false }
    }

    /// No answer began.
    pub(crate) fn before_the_answer(error: &legacy::Error, proxied: bool) -> Self {
        if error.is_connect() {
            Self { unconnected: true, ..connecting(error, proxied) }
        } else {
            exchanging(error)
        }
    }

    /// The answer broke off. It had begun, so the server did process the
    /// request: whatever it says after that is no refusal.
    pub(crate) fn within_the_answer(error: &hyper::Error) -> Self {
        match exchanging(error) {
            Self { refused: true, .. } => {
                Self::new(Kind::Reset, "the stream was reset in the midst of the answer")
            }
            failure => failure,
        }
    }

    /// The answer ended in order, too early.
    pub(crate) fn cut_off() -> Self {
        Self::new(Kind::Closed, "the connection ended before the answer was complete")
    }

    /// The answer has more than `most` bytes.
    pub(crate) fn too_large(most: usize) -> Self {
        let what = format!("the answer is larger than max_response_bytes ({most} bytes)");
        Self { transient: false, ..Self::new(Kind::TooLarge, what) }
    }
}

/// No connection came about.
fn connecting(error: &legacy::Error, proxied: bool) -> Failure {
    if let Some(cause) = find::<ResolveError>(error) {
        let whose = if proxied { "the proxy" } else { "the service" };
        return Failure::new(Kind::Dns, format!("the name of {whose} could not be resolved: {cause}"));
    }
    if let Some(cause) = find::<rustls::Error>(error) {
        return Failure { transient: false, ..Failure::new(Kind::Tls, tls_problem(cause)) };
    }
    if let Some(cause) = find::<ConnectTimeout>(error) {
        return Failure::new(Kind::Timeout, cause.to_string());
    }
    if let Some(cause) = find::<ProxyRefusal>(error) {
        return Failure { transient: may_pass(cause.0), ..Failure::new(Kind::Proxy, cause.to_string()) };
    }
    let cause = find_io(error);
    if proxied {
        return match cause {
            Some(cause) => {
                Failure::new(Kind::Proxy, format!("no connection through the proxy could be made: {cause}"))
            }
            // What is no answer of a proxy would be none again.
            None => {
                Failure { transient: false, ..Failure::new(Kind::Proxy, "the proxy does not answer as one") }
            }
        };
    }
    match cause {
        Some(cause) => Failure::new(connect_kind(cause), format!("no connection could be made: {cause}")),
        None => Failure::new(Kind::Connect, "no connection could be made"),
    }
}

/// Whether what a proxy said may be another a moment later.
fn may_pass(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
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
fn exchanging(error: &(dyn StdError + 'static)) -> Failure {
    if let Some(cause) = find::<h2::Error>(error) {
        return http2_failure(cause);
    }
    if let Some(cause) = find_io(error) {
        return match cause.kind() {
            io::ErrorKind::ConnectionReset => Failure::new(Kind::Reset, "the connection was reset"),
            io::ErrorKind::TimedOut => Failure::new(Kind::Timeout, "the connection timed out"),
            _ => Failure::new(Kind::Closed, format!("the connection failed: {cause}")),
        };
    }
    if let Some(cause) = find::<rustls::Error>(error) {
        return Failure::new(Kind::Tls, format!("the encrypted connection failed: {cause}"));
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
    } else if cause.is_reset() {
        (Kind::Reset, format!("the stream was reset: {cause}"))
    } else if cause.is_go_away() || cause.is_io() {
        (Kind::Closed, format!("the connection ended: {cause}"))
    } else {
        (Kind::Malformed, format!("the answer is not HTTP/2: {cause}"))
    };
    Failure { refused, ..Failure::new(kind, what) }
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
