//! The proxy that requests go through.

use url::Url;

use super::base_url::{address, is_loopback};
use super::env::{Environment, NOT_LOOPBACK};
use super::no_proxy;
use crate::error::Error;

/// The proxy for requests to `base`, from the option or the environment.
pub(super) fn proxy(
    given: Option<&str>,
    trust_env: bool,
    base: &Url,
    environment: &Environment,
) -> Result<Option<Url>, Error> {
    let given = given.map(|text| proxy_url("proxy", text)).transpose()?;
    if environment.only_loopback()? && given.as_ref().is_some_and(|proxy| !is_loopback(proxy)) {
        return Err(Error::config("proxy", NOT_LOOPBACK));
    }
    if is_loopback(base) {
        return Ok(None);
    }
    let (field, proxy) = match given {
        Some(proxy) => ("proxy", proxy),
        None if trust_env => match of_environment(base, environment)? {
            Some(found) => found,
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    // The HTTP library can't check a certificate for such an address then.
    if base.scheme() == "https" && base.host_str().and_then(address).is_some_and(|host| host.is_ipv6()) {
        return Err(Error::config(
            field,
            "can't be used for a base_url whose host is an IPv6 address: give the host by its name",
        ));
    }
    Ok(Some(proxy))
}

/// The environment's proxy for this URL, and the variable that names it.
fn of_environment(base: &Url, environment: &Environment) -> Result<Option<(&'static str, Url)>, Error> {
    // First, so that a proxy that is not used can't be an error.
    let exceptions = environment.first_variable(&["NO_PROXY", "no_proxy"])?.map(|(_, list)| list);
    let host = base.host_str().unwrap_or_default();
    if no_proxy::names(&exceptions.unwrap_or_default(), host, base.port_or_known_default()) {
        return Ok(None);
    }
    let names: &[&str] = match base.scheme() {
        "https" => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        // Not HTTP_PROXY: under CGI that is a header of somebody's request.
        _ => &["http_proxy", "ALL_PROXY", "all_proxy"],
    };
    let Some((name, text)) = environment.first_variable(names)? else { return Ok(None) };
    Ok(Some((name, proxy_url(name, &text)?)))
}

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

fn proxy_url(field: &str, text: &str) -> Result<Url, Error> {
    // `proxy.example.com:3128` is common in the environment, and means http.
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    match url {
        Ok(url) if SCHEMES.contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty()) => {
            Ok(url)
        }
        _ => Err(Error::config(
            field,
            "must be the URL of a proxy, like http://proxy.example.com:3128 or socks5h://proxy.example.com:1080",
        )),
    }
}
