//! `NO_PROXY`: the hosts that no proxy is used for, as curl reads the list.

use std::net::IpAddr;

use super::base_url::address;

/// Whether this list names a host and port: `*` (every host), a name (with its
/// subdomains; `.name` and `*.name` mean the same), an address, a network
/// (`10.0.0.0/8`), each with `:port` for that port only; separated by commas or blanks.
pub(super) fn names(list: &str, host: &str, port: Option<u16>) -> bool {
    let separated = list.split(|c: char| c == ',' || c.is_whitespace());
    separated.filter(|entry| !entry.is_empty()).any(|entry| matches(entry, host, port))
}

fn matches(entry: &str, host: &str, port: Option<u16>) -> bool {
    let (pattern, of_port) = with_port(entry);
    if of_port.is_some() && of_port != port {
        return false;
    }
    if pattern == "*" {
        return true;
    }
    match address(host) {
        Some(host) => is_in(pattern, host),
        None => is_under(pattern, host),
    }
}

/// An entry and the port that it is about, if it has one. An IPv6 address with a
/// port stands in brackets.
fn with_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((pattern, port)) if pattern.ends_with(']') || !pattern.contains(':') => match port.parse() {
            Ok(port) => (pattern, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

/// Whether a pattern is this address, or a network that it is in.
fn is_in(pattern: &str, host: IpAddr) -> bool {
    let (network, bits) = match pattern.split_once('/') {
        Some((network, bits)) => match bits.parse::<u32>() {
            Ok(bits) => (network, Some(bits)),
            Err(_) => return false,
        },
        None => (pattern, None),
    };
    let (width, network, host) = match (address(network), host) {
        (Some(IpAddr::V4(network)), IpAddr::V4(host)) => {
            (32_u32, u128::from(network.to_bits()), u128::from(host.to_bits()))
        }
        (Some(IpAddr::V6(network)), IpAddr::V6(host)) => (128, network.to_bits(), host.to_bits()),
        _ => return false,
    };
    match width.checked_sub(bits.unwrap_or(width)) {
        // A shift by the whole width leaves nothing to differ.
        Some(others) => (network ^ host).checked_shr(others).unwrap_or(0) == 0,
        None => false,
    }
}

/// Whether a pattern is this name, or a domain that it is under.
fn is_under(pattern: &str, host: &str) -> bool {
    let domain = pattern.strip_prefix('*').unwrap_or(pattern);
    let domain = whole(domain.strip_prefix('.').unwrap_or(domain)).to_ascii_lowercase();
    let host = whole(host).to_ascii_lowercase();
    match host.strip_suffix(&*domain) {
        Some(rest) => !domain.is_empty() && (rest.is_empty() || rest.ends_with('.')),
        None => false,
    }
}

/// A name without the dot that says that it is whole.
fn whole(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_curl_reads_it() {
        let host = "api.example.com";
        for list in [
            "*",
            "api.example.com",
            "API.Example.COM.",
            "example.com",
            ".example.com",
            "*.example.com",
            "other.test, example.com",
            "other.test example.com",
            "other.test\texample.com",
            ",,example.com,",
            "api.example.com:443",
            "example.com:443",
            "*:443",
        ] {
            assert!(names(list, host, Some(443)), "{list:?}");
        }
        for list in [
            "",
            " , ",
            ".",
            "example",
            "ample.com",
            "v1.api.example.com",
            "*pi.example.com",
            "api.example.com:8443",
            "*:80",
            "10.0.0.0/8",
            "https://api.example.com",
        ] {
            assert!(!names(list, host, Some(443)), "{list:?}");
        }
    }

    #[test]
    fn addresses_and_networks() {
        for (list, host) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:443", "192.0.2.7"),
            ("192.0.2.0/24", "192.0.2.7"),
            ("0.0.0.0/0", "192.0.2.7"),
            ("2001:db8::1", "[2001:db8::1]"),
            ("[2001:db8::1]", "[2001:db8::1]"),
            ("[2001:db8::1]:443", "[2001:db8::1]"),
            ("2001:db8::/32", "[2001:db8::1]"),
            ("::/0", "[2001:db8::1]"),
            ("192.0.2.7", "[::ffff:192.0.2.7]"),
        ] {
            assert!(names(list, host, Some(443)), "{list} {host}");
        }
        for (list, host) in [
            ("192.0.2.8", "192.0.2.7"),
            ("2.7", "192.0.2.7"),
            ("192.0.2.0/30", "192.0.2.7"),
            ("192.0.2.0/33", "192.0.2.7"),
            ("192.0.2.0/x", "192.0.2.7"),
            ("192.0.2.7:80", "192.0.2.7"),
            ("2001:db8::/32", "[2001:db9::1]"),
            ("[2001:db8::1]:80", "[2001:db8::1]"),
            ("::/0", "192.0.2.7"),
        ] {
            assert!(!names(list, host, Some(443)), "{list} {host}");
        }
    }
}
