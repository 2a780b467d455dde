//! Where the service is.

use std::net::IpAddr;

use url::Url;

use super::endpoints::{self, SEND as SEND_PATH};
use super::env::Environment;
use crate::error::Error;

/// The base URL of the API document, "Overview".
const DEFAULT_BASE_URL: &str = "https://api-z5ldvuj2ma-as.a.run.app";

const BASE_URL_VARIABLE: &str = "PARTNER_MESSAGING_BASE_URL";

/// The base URL from the option or the environment, and which of the two it is from.
pub(super) fn base_url(
    given: Option<String>,
    allow_http: bool,
    environment: &Environment,
) -> Result<(Url, &'static str), Error> {
    let (text, field) = match given {
        Some(text) => (text, "base_url"),
        None => match environment.variable(BASE_URL_VARIABLE)? {
            Some(text) => (text, BASE_URL_VARIABLE),
            None => (DEFAULT_BASE_URL.to_owned(), "base_url"),
        },
    };
    let refuse = |problem: &str| Err(Error::config(field, problem));
    // Checked on the text: the URL parser drops these characters without a word.
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return refuse("must not have blanks or line breaks in it");
    }
    let Ok(url) = Url::parse(&text) else {
        return refuse("must be a URL like https://messaging.example.com");
    };
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return refuse("must be a URL that begins with https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not have a user name or a password in it: the key is an option of its own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must not have a query or a fragment in it: the key is an option of its own");
    }
    if url.path().trim_end_matches('/').ends_with(SEND_PATH) {
        return refuse("must not end in the path of sending a message: that is added to it");
    }
    if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
        return refuse(
            "must begin with https://, or the key would cross the network in clear text; plain http goes to loopback only, unless the option allow_http is set",
        );
    }
    if !endpoints::can_be_requested(&url) {
        return refuse(
            "must be a URL that a request can have: its host has a character that no name has, or it is too long",
        );
    }
    Ok((url, field))
}

/// Whether a URL's host is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    // As text: of some schemes the parser leaves an address in its domain.
    let host = url.host_str().unwrap_or_default();
    match address(host) {
        Some(address) => address.is_loopback(),
        // The dot at the end says that the name is whole.
        None => host.strip_suffix('.').unwrap_or(host).eq_ignore_ascii_case("localhost"),
    }
}

/// The address that a URL's host is, if it is no name; one of IPv4 however it is written.
pub(super) fn address(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::error::Kind;

    #[test]
    fn what_no_request_can_have_is_refused_as_the_base_url() {
        let long = format!("https://messaging.example.com/{}", "a".repeat(65_530));
        for url in ["https://messaging`.example.com", "https://a{b}.example.com", long.as_str()] {
            let error = base_url(Some(url.to_owned()), false, &Environment::from_variables(HashMap::new()))
                .unwrap_err();
            assert_eq!((error.kind(), error.field()), (Kind::Config, Some("base_url")), "{error}");
        }
    }

    #[test]
    fn loopback_by_every_name() {
        for url in [
            "http://localhost",
            "http://LOCALHOST:8787/x",
            "http://localhost.",
            "http://127.0.0.1",
            "http://127.9.9.9",
            "http://2130706433",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]",
            "socks5://127.0.0.1:1080",
            "socks5h://localhost.:1080",
        ] {
            assert!(is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
        for url in [
            "http://localhost.example.com",
            "http://localhost..",
            "http://127.0.0.1.example.com",
            "http://128.0.0.1",
            "http://[::2]",
            "http://[::ffff:10.0.0.1]",
            "socks5://10.0.0.1",
        ] {
            assert!(!is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
