//! The headers of every request.

use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};

use super::ApiKey;
use crate::error::Error;

pub(super) const API_KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// What the client itself says in every request.
pub(super) fn standard_headers(
    key: &ApiKey,
    user_agent: Option<&str>,
    language: &str,
) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::with_capacity(8);
    let mut key = header_value("api_key", key.reveal())?;
    key.set_sensitive(true);
    headers.insert(API_KEY_HEADER, key);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // An answer in another encoding could not be read.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let agent = match user_agent {
        Some(agent) => header_value("user_agent", agent)?,
        None => header_value(
            "user_agent",
            &format!("partner-messaging-{language}/{}", env!("CARGO_PKG_VERSION")),
        )?,
    };
    headers.insert(USER_AGENT, agent);
    Ok(headers)
}

/// Headers that the client writes itself, or that would break the framing of a request.
const RESERVED_HEADERS: [&str; 16] = [
    "x-api-key",
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "host",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "accept-encoding",
    "proxy-authorization",
    "proxy-connection",
    "http2-settings",
];

/// More would not be read by any server.
const MAX_HEADERS: usize = 100;

/// Adds the user's headers; each replaces one of the same name.
pub(crate) fn add_headers(headers: &mut HeaderMap, given: &[(String, String)]) -> Result<(), Error> {
    if given.len() > MAX_HEADERS {
        return Err(Error::config("headers", format!("must be {MAX_HEADERS} at most")));
    }
    for (name, value) in given {
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(Error::config("headers", "has a name that no header can have"));
        };
        if RESERVED_HEADERS.contains(&header.as_str()) {
            return Err(Error::config(
                "headers",
                format!("must not have {header}, which the client sets itself"),
            ));
        }
        let mut value = header_value("headers", value).map_err(|_| {
            Error::config(
                "headers",
                format!("has a value for {header} with characters that no header can carry"),
            )
        })?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(())
}

/// A header's value: visible ASCII, blanks and tabs. No CR, LF or NUL, which
/// would let a value smuggle in further headers.
fn header_value(field: &str, value: &str) -> Result<HeaderValue, Error> {
    let plain = value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
    match HeaderValue::from_str(value) {
        Ok(header) if plain => Ok(header),
        _ => Err(Error::config(field, "has characters that no header can carry")),
    }
}
