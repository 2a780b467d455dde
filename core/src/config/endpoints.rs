//! Where the service's endpoints are: the documented one, the three that are
//! this project's assumption, and any other that a caller names.
//!
//! Whatever comes from a caller ends up in the path or the query of the base
//! URL, never in front of it: the key goes to no other origin.

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::error::Error;

/// "Send Message" of the API document.
pub(super) const SEND: &str = "/partner/message/send";

/// The endpoints that the API document only hints at, by the names of their
/// settings, each with its assumed path.
const ASSUMED: [(&str, &str); 3] = [
    ("get_message", "/partner/message/{messageId}"),
    ("list_messages", "/partner/message"),
    ("get_balance", "/partner/credit/balance"),
];

const PLACEHOLDER: &str = "{messageId}";

/// All but the unreserved characters of RFC 3986, section 2.3.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Longer than any id; a bound for what goes into a URL.
const MAX_ID_LENGTH: usize = 512;

#[derive(Clone)]
pub(crate) struct Endpoints {
    /// The base URL, its path without a slash at the end.
    base: Url,
    pub(crate) send: Url,
    pub(crate) list_messages: Url,
    pub(crate) get_balance: Url,
    get_message: String,
}

impl Endpoints {
    /// `given` are the settings: names and paths.
    pub(crate) fn new(base: &Url, given: &[(String, String)]) -> Result<Self, Error> {
        let mut paths = ASSUMED.map(|(_, path)| path.to_owned());
        for (name, path) in given {
            let Some(at) = ASSUMED.iter().position(|(known, _)| known == name) else {
                let known = ASSUMED.map(|(known, _)| known).join(", ");
                return Err(Error::config(
                    "endpoints",
                    format!("has a name that is no endpoint's; there are {known}"),
                ));
            };
            let refuse = |problem: &str| Error::config(&format!("endpoints.{name}"), problem);
            let placeholders = path.matches(PLACEHOLDER).count();
            if name == "get_message" && placeholders != 1 {
                return Err(refuse("must have {messageId} in it once, where the id goes"));
            }
            check_path(&path.replace(PLACEHOLDER, "id")).map_err(refuse)?;
            paths[at].clone_from(path);
        }
        let [get_message, list_messages, get_balance] = paths;
        Ok(Self {
            base: base.clone(),
            send: checked(under(base, SEND))?,
            list_messages: under(base, &list_messages),
            get_balance: under(base, &get_balance),
            get_message,
        })
    }

    /// What the journal of a client belongs to: scheme, host and port of the base URL.
    pub(crate) fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The URL of one message. The id is escaped: it stays one segment of the path.
    pub(crate) fn message(&self, id: &str) -> Result<Url, Error> {
        let refuse = |problem: &str| Err(Error::config("message_id", problem));
        if id.is_empty() {
            return refuse("must not be empty");
        }
        if id.len() > MAX_ID_LENGTH {
            return refuse("is too long to be a message's id");
        }
        if id.chars().any(char::is_control) {
            return refuse("must not have control characters in it");
        }
        // Escaping does not help: RFC 3986 takes `%2e%2e` for `..`.
        if matches!(id, "." | "..") {
            return refuse("must be a message's id");
        }
        let escaped = utf8_percent_encode(id, ESCAPED).to_string();
        Ok(under(&self.base, &self.get_message.replace(PLACEHOLDER, &escaped)))
    }

    /// The URL of an endpoint that a caller names.
    pub(crate) fn any(&self, path: &str) -> Result<Url, Error> {
        check_path(path).map_err(|problem| Error::config("path", problem))?;
        Ok(under(&self.base, path))
    }

    /// The base URL, for the eyes of users.
    pub(crate) fn base(&self) -> &str {
        self.base.as_str()
    }

    pub(crate) fn are_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }
}

fn under(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

/// Whether requests can have what is below this base URL: a host of the URL standard may have
/// characters that one of HTTP has not.
pub(super) fn can_be_requested(base: &Url) -> bool {
    Uri::try_from(under(base, SEND).as_str()).is_ok()
}

/// The same URL, if a request can have it.
///
/// # Errors
/// [`ErrorClass::Config`](crate::ErrorClass::Config) when it is longer than any request's can be.
pub(crate) fn checked(url: Url) -> Result<Url, Error> {
    match Uri::try_from(url.as_str()) {
        Ok(_) => Ok(url),
        Err(_) => Err(Error::config("url", "is longer than a request's can be")),
    }
}

/// Refuses what would leave the base URL's origin or its path.
fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') || path.starts_with("//") {
        return Err("must be a path that begins with one slash; the origin is the client's base_url");
    }
    if path.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("must not have blanks or control characters in it");
    }
    if path.contains(['?', '#', '\\']) {
        return Err("must not have a query, a fragment or a backslash in it");
    }
    let climbs = |segment: &str| {
        let plain = percent_decode_str(segment).decode_utf8_lossy();
        matches!(&*plain, "." | "..")
    };
    if path.split('/').any(climbs) {
        return Err("must not have . or .. in it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(base: &str, given: &[(&str, &str)]) -> Result<Endpoints, Error> {
        let given: Vec<_> =
            given.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
        Endpoints::new(&Url::parse(base).unwrap(), &given)
    }

    #[test]
    fn the_defaults_lie_under_the_base_url() {
        let found = endpoints("https://example.com/api/", &[]).unwrap();
        assert_eq!(found.send.as_str(), "https://example.com/api/partner/message/send");
        assert_eq!(found.message("msg_1").unwrap().as_str(), "https://example.com/api/partner/message/msg_1");
        assert_eq!(found.list_messages.as_str(), "https://example.com/api/partner/message");
        assert_eq!(found.get_balance.as_str(), "https://example.com/api/partner/credit/balance");
    }

    #[test]
    fn an_id_stays_one_segment() {
        let found = endpoints("https://example.com", &[]).unwrap();
        for (id, escaped) in [
            ("a/b", "a%2Fb"),
            ("../x", "..%2Fx"),
            ("a?b=c#d", "a%3Fb%3Dc%23d"),
            ("%2e%2e", "%252e%252e"),
            ("a\\b", "a%5Cb"),
            ("é", "%C3%A9"),
            ("...", "..."),
        ] {
            let url = found.message(id).unwrap();
            assert_eq!(url.as_str(), format!("https://example.com/partner/message/{escaped}"));
        }
        for id in ["", ".", "..", "a\nb", "a\u{0}", &"x".repeat(600)] {
            assert_eq!(found.message(id).unwrap_err().field(), Some("message_id"), "{id:?}");
        }
    }

    #[test]
    fn settings_are_checked() {
        let found = endpoints("https://example.com", &[("get_message", "/v2/m/{messageId}/status")]).unwrap();
        assert_eq!(found.message("1").unwrap().path(), "/v2/m/1/status");
        for (name, path, field) in [
            ("get_message", "/v2/m", "endpoints.get_message"),
            ("get_message", "/{messageId}/{messageId}", "endpoints.get_message"),
            ("list_messages", "https://evil.example", "endpoints.list_messages"),
            ("list_messages", "//evil.example/x", "endpoints.list_messages"),
            ("get_balance", "/a/../b", "endpoints.get_balance"),
            ("get_balance", "", "endpoints.get_balance"),
            ("send", "/x", "endpoints"),
        ] {
            let error = endpoints("https://example.com", &[(name, path)]).err().unwrap();
            assert_eq!(error.field(), Some(field), "{name} {path}");
        }
    }

    #[test]
    fn any_path_stays_under_the_base_url() {
        let found = endpoints("https://example.com/api", &[]).unwrap();
        assert_eq!(found.any("/x/%2Fy/é").unwrap().as_str(), "https://example.com/api/x/%2Fy/%C3%A9");
        for path in [
            "",
            "x",
            "https://evil.example/x",
            "//evil.example",
            "/\\evil.example",
            "/../x",
            "/a/..",
            "/a/%2e%2E/b",
            "/a/./b",
            "/a?b=c",
            "/a#b",
            "/a b",
            "/a\r\nx-header: 1",
            "/\t/evil.example",
        ] {
            assert_eq!(found.any(path).unwrap_err().field(), Some("path"), "{path:?}");
        }
    }
}
