//! Keeps web pages away from the sandbox's own paths.
//!
//! A browser sends requests to a loopback address for any page that asks it to. It marks
//! them: with the page's `Origin`, with `Sec-Fetch-Site`, and, when a page's own name was made to
//! point at this machine (DNS rebinding), with that name in `Host`. Programs send none of these.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderName, Method};

use crate::api::Response;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The refusal of a request that a page of another origin may have sent.
pub(crate) fn check_origin(head: &Parts) -> Result<(), Response> {
    let host = single(head, &HOST)?.unwrap_or_default();
    // The target of a request to a proxy names its host, too, and would count.
    let authority = head.uri.authority().map_or(host, |authority| authority.as_str());
    if !is_loopback(host) || !is_loopback(authority) {
        return refuse("Host must be a loopback name, such as localhost or 127.0.0.1");
    }
    match single(head, &ORIGIN)? {
        None => {}
        Some(origin) if origin.eq_ignore_ascii_case(&format!("http://{host}")) => {}
        Some(_) => return refuse("Origin must be absent or the sandbox's own"),
    }
    match single(head, &SEC_FETCH_SITE)? {
        None | Some("none" | "same-origin") => Ok(()),
        // A link may lead to the page.
        Some(_) if head.uri.path() == "/" => Ok(()),
        Some(_) => refuse("a page of another origin may not ask for this"),
    }
}

/// The refusal of a method, which is a reading one unless a command is posted.
pub(crate) fn check_method(head: &Parts, allowed: &str) -> Result<(), Response> {
    let reads = head.method == Method::GET || head.method == Method::HEAD;
    match allowed {
        "POST" if head.method == Method::POST => Ok(()),
        "GET, HEAD" if reads => Ok(()),
        _ => Err(Response::text(405, "method not allowed").with("allow", allowed)),
    }
}

/// The refusal of a body that is not said to be JSON. Forms can send three content types, and
/// this is none of them.
pub(crate) fn check_content_type(head: &Parts) -> Result<(), Response> {
    let essence = single(head, &CONTENT_TYPE)?.unwrap_or_default();
    let essence = essence.split(';').next().unwrap_or_default().trim();
    match essence.eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(Response::text(415, "content-type must be application/json")),
    }
}

fn refuse(problem: &str) -> Result<(), Response> {
    Err(Response::text(403, problem))
}

/// The value of a header that may be there once; two could be read in two ways.
fn single<'a>(head: &'a Parts, name: &HeaderName) -> Result<Option<&'a str>, Response> {
    let mut values = head.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => Ok(Some(value.to_str().unwrap_or("?"))),
        (Some(_), Some(_)) => Err(Response::text(403, &format!("{name} must not be repeated"))),
    }
}

/// Whether this `Host`, with or without a port, is of this machine whatever a name server says.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if let Some(address) = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
    }
    name.eq_ignore_ascii_case("localhost") || name.parse::<Ipv4Addr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_told_from_all_others() {
        for host in
            ["localhost", "LocalHost:1", "127.0.0.1", "127.0.0.1:8787", "127.9.9.9:1", "[::1]", "[::1]:1"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            ":8787",
            "evil.example",
            "localhost.evil.example:8787",
            "127.0.0.1.evil.example",
            "localhost.",
            "0.0.0.0:8787",
            "10.0.0.1",
            "[::]:1",
            "[::ffff:127.0.0.1]:1",
            "::1",
            "[::1",
            "localhost:1:2",
            "localhost:http",
            "user@localhost",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
