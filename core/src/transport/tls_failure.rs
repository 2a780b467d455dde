//! What is wrong with an encrypted connection, in a person's words, and what to do
//! about it. Nothing that a certificate says is repeated.

use std::io;

use rustls::{AlertDescription as Alert, CertificateError as Bad, Error};
use webpki::Error as Chain;

/// The handshake failed.
pub(super) fn handshake(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(bad) => certificate(bad),
        Error::AlertReceived(alert) => refused(*alert),
        Error::NoCertificatesPresented => "the service presented no certificate".to_owned(),
        Error::PeerIncompatible(_) => {
            "the service has no version of TLS or no cipher in common with this library, which needs \
             TLS 1.2 or later"
                .to_owned()
        }
        Error::InvalidMessage(_) => {
            "what answers there does not speak TLS: check the scheme and the port of base_url".to_owned()
        }
        _ => "the TLS handshake failed".to_owned(),
    }
}

/// The connection was encrypted, and failed later.
pub(super) fn broken(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => {
            format!("the service ended the encrypted connection (TLS alert {})", u8::from(*alert))
        }
        _ => "the encrypted connection was broken: what arrived is not what was sent".to_owned(),
    }
}

/// The service asked for a certificate and ended the connection.
pub(super) const WANTED_CERTIFICATE: &str = "the service asked for a client certificate, and ended the \
     connection when it did not get the right one: check client_cert_file and client_key_file";

/// The alerts that end a handshake, and are about nothing that came after it: what the
/// service did not let in it did not read.
const HANDSHAKE_ALERTS: [Alert; 14] = [
    Alert::CertificateRequired,
    Alert::HandshakeFailure,
    Alert::BadCertificate,
    Alert::UnsupportedCertificate,
    Alert::CertificateRevoked,
    Alert::CertificateExpired,
    Alert::CertificateUnknown,
    Alert::UnknownCA,
    Alert::AccessDenied,
    Alert::DecryptError,
    Alert::IllegalParameter,
    Alert::MissingExtension,
    Alert::UnrecognisedName,
    Alert::NoApplicationProtocol,
];

/// The alert by which the service ended the handshake, if that is why reading failed.
/// HTTP/2's errors keep of their causes only what rustls calls them.
pub(super) fn handshake_alert(error: &io::Error) -> Option<Alert> {
    if error.kind() != io::ErrorKind::InvalidData {
        return None;
    }
    let text = error.to_string();
    HANDSHAKE_ALERTS.into_iter().find(|alert| Error::AlertReceived(*alert).to_string() == text)
}

/// The service ended the handshake.
pub(super) fn refused(alert: Alert) -> String {
    let why = match alert {
        Alert::CertificateRequired => {
            "the service wants a client certificate: set client_cert_file and client_key_file"
        }
        Alert::ProtocolVersion => "the service speaks no TLS 1.2 or later, which this library needs",
        Alert::UnrecognisedName => "the service has no such host: check base_url",
        Alert::CertificateExpired => "the service refused the client certificate, which has expired",
        Alert::CertificateRevoked => "the service refused the client certificate, which was revoked",
        Alert::UnknownCA => "the service does not know the issuer of the client certificate",
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateUnknown
        | Alert::AccessDenied
        | Alert::DecryptError => {
            "the service refused the client certificate, or wants one: check client_cert_file and \
             client_key_file"
        }
        Alert::HandshakeFailure => {
            "the service refused the handshake: it may want a client certificate (client_cert_file), or \
             have no cipher in common with this library"
        }
        other => {
            return format!("the service refused the TLS handshake (alert {})", u8::from(other));
        }
    };
    format!("{why} (TLS alert {})", u8::from(alert))
}

/// The certificate, or one that it was issued by, was refused.
fn certificate(bad: &Bad) -> String {
    let (problem, remedy) = match bad {
        Bad::Expired | Bad::ExpiredContext { .. } => {
            ("has expired", "it must be renewed, unless this machine's clock is wrong")
        }
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
            ("is not valid yet", "check this machine's clock")
        }
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
            ("is for another host", "check the host in base_url")
        }
        Bad::UnknownIssuer => (
            "is from an issuer that is not trusted",
            "if the issuer is your own, name its certificate by ca_file",
        ),
        Bad::Revoked => ("was revoked", "do not connect until it has been replaced"),
        Bad::UnknownRevocationStatus
        | Bad::ExpiredRevocationList
        | Bad::ExpiredRevocationListContext { .. } => (
            "may have been revoked, which can't be told",
            "the machine's list of revoked ones must be renewed",
        ),
        Bad::BadSignature => {
            ("was not signed by its issuer", "name the right issuer's certificate by ca_file")
        }
        Bad::UnsupportedSignatureAlgorithmContext { .. }
        | Bad::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => (
            "is signed by a method that is not accepted any more",
            "it must be replaced by one signed with SHA-256 or better",
        ),
        Bad::InvalidPurpose | Bad::InvalidPurposeContext { .. } => {
            ("is not made for servers", "it must be replaced by one whose purpose is server authentication")
        }
        Bad::Other(other) => match other.0.downcast_ref::<Chain>() {
            Some(error) => chain(error),
            // The platform's verifier has a word of its own for the purpose only.
            None => ("is not made for this use", "it must be replaced by one for server authentication"),
        },
        _ => MALFORMED,
    };
    format!("the service's certificate {problem}: {remedy}")
}

const MALFORMED: (&str, &str) = ("is malformed", "it must be replaced");

/// The same for what rustls has no word for.
fn chain(error: &Chain) -> (&'static str, &'static str) {
    match error {
        Chain::CaUsedAsEndEntity => (
            "is an authority's, which no server may use",
            "the server needs one of its own, issued by that authority; one that is self-signed must say \
             CA:FALSE",
        ),
        Chain::EndEntityUsedAsCa | Chain::PathLenConstraintViolated => {
            ("was issued by one that may issue none", "it must be replaced by one from an authority that may")
        }
        Chain::NameConstraintViolation => (
            "is for a name that its issuer may not vouch for",
            "it must be replaced by one from an issuer that may",
        ),
        Chain::CertDistrusted => ("is distrusted by this machine", "it must be replaced"),
        Chain::UnsupportedCertVersion => {
            ("is of an outdated version", "it must be replaced by one of X.509 v3")
        }
        Chain::MaximumPathBuildCallsExceeded
        | Chain::MaximumPathDepthExceeded
        | Chain::MaximumSignatureChecksExceeded
        | Chain::MaximumNameConstraintComparisonsExceeded => {
            ("comes with more certificates than can be checked", "the server must present fewer")
        }
        _ => MALFORMED,
    }
}
