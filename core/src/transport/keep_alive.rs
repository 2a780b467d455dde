//! How long a connection may be used again, as its last answer says.

use std::time::Duration;

use http::header::{CONNECTION, HeaderName};
use http::{HeaderMap, Version};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// A request that is on its way when the connection ends may be lost: none begins so
/// shortly before the announced end.
const MARGIN: Duration = Duration::from_secs(1);

/// Where nothing is said.
const UNLIMITED: Duration = Duration::MAX;

/// For how long after this answer began; `None` for not at all (RFC 9112, section 9.3;
/// `Keep-Alive: timeout=N` by RFC 2068, section 19.7.1.1, in use everywhere).
pub(super) fn usable_for(version: Version, headers: &HeaderMap) -> Option<Duration> {
    let says = |word: &str| elements(headers, &CONNECTION).any(|option| option.eq_ignore_ascii_case(word));
    if says("close") || (version < Version::HTTP_11 && !says("keep-alive")) {
        return None;
    }
    let mut usable = UNLIMITED;
    for (name, value) in elements(headers, &KEEP_ALIVE).filter_map(|parameter| parameter.split_once('=')) {
        let Ok(number) = value.trim().trim_matches('"').parse::<u64>() else { continue };
        match name.trim() {
            name if name.eq_ignore_ascii_case("timeout") => {
                usable = usable.min(Duration::from_secs(number).saturating_sub(MARGIN));
            }
            // So many further requests.
            name if name.eq_ignore_ascii_case("max") && number == 0 => return None,
            _ => {}
        }
    }
    (!usable.is_zero()).then_some(usable)
}

/// The members of a header's lists.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lists = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn usable(version: Version, headers: &[(HeaderName, &'static str)]) -> Option<Duration> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        usable_for(version, &headers.collect())
    }

    #[test]
    fn what_is_announced_counts() {
        let told = |text| usable(Version::HTTP_11, &[(KEEP_ALIVE, text)]);
        assert_eq!(told("timeout=5"), Some(Duration::from_secs(4)));
        assert_eq!(told("max=100, Timeout = \"5\""), Some(Duration::from_secs(4)));
        assert_eq!(told("timeout=2, timeout=9"), Some(Duration::from_secs(1)));
        for not_at_all in ["timeout=0", "timeout=1", "timeout=60, max=0"] {
            assert_eq!(told(not_at_all), None, "{not_at_all}");
        }
        for nothing in ["", "timeout", "timeout=", "timeout=-1", "timeout=soon", "max=1", "timeout=1e9"] {
            assert_eq!(told(nothing), Some(UNLIMITED), "{nothing}");
        }
        assert_eq!(told("timeout=18446744073709551615"), Some(Duration::from_secs(u64::MAX - 1)));
    }

    #[test]
    fn a_connection_that_closes_is_not_used_again() {
        assert_eq!(usable(Version::HTTP_11, &[]), Some(UNLIMITED));
        assert_eq!(usable(Version::HTTP_10, &[]), None);
        assert_eq!(usable(Version::HTTP_10, &[(CONNECTION, "Keep-Alive")]), Some(UNLIMITED));
        assert_eq!(usable(Version::HTTP_11, &[(CONNECTION, "x, Close"), (KEEP_ALIVE, "timeout=9")]), None);
    }
}
