//! The options of a client after every one has been checked.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use url::{Host, Url};

use crate::builder::ClientBuilder;
use crate::endpoints::Endpoints;
use crate::error::Error;
use crate::observe::Observer;
use crate::process::PerProcess;
use crate::secret::ApiKey;
use crate::spending::Ledger;

/// The base URL of the API document, "Overview".
const DEFAULT_BASE_URL: &str = "https://api-z5ldvuj2ma-as.a.run.app";
const API_KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");

const API_KEY_VARIABLE: &str = "PARTNER_MESSAGING_API_KEY";
const BASE_URL_VARIABLE: &str = "PARTNER_MESSAGING_BASE_URL";

/// A year: more is meant as "for ever", and the clock could not add it.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) endpoints: Endpoints,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) max_connections: usize,
    pub(crate) http2: bool,
    /// The proxy that requests to the base URL go through; no other origin is ever asked.
    pub(crate) proxy: Option<Url>,
    pub(crate) extra_roots: Vec<CertificateDer<'static>>,
    pub(crate) max_response_bytes: usize,
    pub(crate) observer: Observer,
    /// What was spent by the clients of this configuration, in each process.
    ledger: Arc<PerProcess<Ledger>>,
}

impl Config {
    pub(crate) fn new(options: ClientBuilder) -> Result<Self, Error> {
        let api_key = api_key(options.api_key)?;
        let base = base_url(options.base_url, options.allow_http)?;
        if base.path_segments().into_iter().flatten().any(|segment| segment == api_key.reveal()) {
            return Err(Error::config("base_url", "must not have the key in it: the key goes in a header"));
        }
        let mut headers = standard_headers(&api_key, options.user_agent.as_deref(), options.language)?;
        add_headers(&mut headers, &options.headers)?;
        duration("timeout", options.timeout)?;
        duration("connect_timeout", options.connect_timeout)?;
        if options.max_connections == 0 || options.max_connections > MOST_CONNECTIONS {
            return Err(Error::config(
                "max_connections",
                format!("must be between 1 and {MOST_CONNECTIONS}"),
            ));
        }
        if options.max_response_bytes == 0 {
            return Err(Error::config("max_response_bytes", "must be at least 1"));
        }
        Ok(Self {
            proxy: proxy(options.proxy.as_deref(), options.trust_env, &base)?,
            extra_roots: options.ca_file.as_deref().map(read_roots).transpose()?.unwrap_or_default(),
            endpoints: Endpoints::new(&base, &options.endpoints)?,
            headers,
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            max_retries: options.max_retries,
            max_connections: options.max_connections,
            http2: options.http2,
            max_response_bytes: options.max_response_bytes,
            observer: options.observer.with_log_of_environment(),
            ledger: Arc::new(PerProcess::new()),
        })
    }

    /// This process's ledger of what was spent.
    pub(crate) fn ledger(&self) -> Arc<Ledger> {
        // Making one can't fail.
        self.ledger.get(|| Ok(Ledger::default())).unwrap_or_default()
    }

    /// Refuses a part of a URL that has the key in it: URLs are written to logs.
    pub(crate) fn refuse_key(&self, field: &str, part: &str) -> Result<(), Error> {
        let key = self.headers.get(&API_KEY_HEADER).and_then(|key| key.to_str().ok()).unwrap_or_default();
        let plain = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
        if part.split('/').any(|it| it == key) || plain.split('/').any(|it| it == key) {
            return Err(Error::config(field, "must not have the key in it: the key goes in a header"));
        }
        Ok(())
    }

    /// Whether any connection of this client is encrypted.
    pub(crate) fn uses_tls(&self) -> bool {
        self.endpoints.are_encrypted() || self.proxy.as_ref().is_some_and(|proxy| proxy.scheme() == "https")
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("base_url", &self.endpoints.base()).finish_non_exhaustive()
    }
}

/// Tokio's semaphores count no further on 32 bits; nobody needs more.
const MOST_CONNECTIONS: usize = 100_000;

/// Checks that a deadline is one.
pub(crate) fn duration(field: &str, value: Duration) -> Result<(), Error> {
    if value.is_zero() {
        return Err(Error::config(field, "must be more than zero"));
    }
    if value > LONGEST {
        return Err(Error::config(field, "must be a year at most"));
    }
    Ok(())
}

/// A number of seconds as a duration; for bindings whose language has no
/// durations. `field` is the option's name.
///
/// # Errors
/// [`ErrorClass::Config`](crate::ErrorClass::Config) when it is not a finite number more than zero.
///
/// ```
/// use partner_messaging::seconds;
/// assert_eq!(seconds("timeout", 0.25)?.as_millis(), 250);
/// assert!(seconds("timeout", f64::NAN).is_err());
/// # Ok::<(), partner_messaging::Error>(())
/// ```
pub fn seconds(field: &str, value: f64) -> Result<Duration, Error> {
    if !value.is_finite() {
        return Err(Error::config(field, "must be a finite number"));
    }
    if value <= 0.0 {
        return Err(Error::config(field, "must be more than zero"));
    }
    let duration = Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX);
    self::duration(field, duration)?;
    Ok(duration)
}

/// A whole number that an option counts with; for bindings whose language has
/// no unsigned numbers. `field` is the option's name.
///
/// # Errors
/// [`ErrorClass::Config`](crate::ErrorClass::Config) when it is not a whole number from 0 to 4,294,967,295.
///
/// ```
/// use partner_messaging::count;
/// assert_eq!(count("max_retries", 3.0)?, 3);
/// assert!(count("max_retries", -1.0).is_err());
/// # Ok::<(), partner_messaging::Error>(())
/// ```
pub fn count(field: &str, value: f64) -> Result<u32, Error> {
    if value.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return Err(Error::config(field, "must be a whole number, not negative"));
    }
    // Exact: the value is whole and in range.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(value as u32)
}

fn api_key(given: Option<ApiKey>) -> Result<ApiKey, Error> {
    let (key, origin) = match given {
        Some(key) => (key, "api_key"),
        None => match environment(API_KEY_VARIABLE)? {
            Some(key) => (ApiKey::new(key), API_KEY_VARIABLE),
            None => {
                return Err(Error::config(
                    "api_key",
                    format!("is missing: pass it, or set {API_KEY_VARIABLE} in the environment"),
                ));
            }
        },
    };
    let text = key.reveal();
    if text.is_empty() {
        return Err(Error::config("api_key", "must not be empty"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config(
            "api_key",
            format!(
                "has a blank, a line break or another character that no header can carry (from {origin})"
            ),
        ));
    }
    Ok(key)
}

/// A variable of the environment; an empty one counts as not set.
fn environment(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::config(name, "is not valid UTF-8")),
    }
}

fn base_url(given: Option<String>, allow_http: bool) -> Result<Url, Error> {
    let (text, field) = match given {
        Some(text) => (text, "base_url"),
        None => match environment(BASE_URL_VARIABLE)? {
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
    if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
        return refuse(
            "must begin with https://, or the key would cross the network in clear text; plain http goes to loopback only, unless it is allowed by an option of its own",
        );
    }
    Ok(url)
}

/// Whether a URL's host is this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

fn standard_headers(key: &ApiKey, user_agent: Option<&str>, language: &str) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::with_capacity(8);
    let mut key = header_value("api_key", key.reveal())?;
    key.set_sensitive(true);
    headers.insert(API_KEY_HEADER, key);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
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
    // An answer in another encoding could not be read.
    "accept-encoding",
    "proxy-authorization",
    "proxy-connection",
    "http2-settings",
];

/// More would not be read by any server.
const MOST_HEADERS: usize = 100;

/// Adds the user's headers; each replaces one of the same name.
pub(crate) fn add_headers(headers: &mut HeaderMap, given: &[(String, String)]) -> Result<(), Error> {
    if given.len() > MOST_HEADERS {
        return Err(Error::config("headers", format!("must be {MOST_HEADERS} at most")));
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

/// The proxy for requests to `base`, from the option or the environment.
fn proxy(given: Option<&str>, trust_env: bool, base: &Url) -> Result<Option<Url>, Error> {
    let given = given.map(|text| proxy_url("proxy", text)).transpose()?;
    if is_loopback(base) {
        return Ok(None);
    }
    if given.is_some() || !trust_env {
        return Ok(given);
    }
    let no_proxy = first_variable(&["NO_PROXY", "no_proxy"])?.map(|(_, list)| list).unwrap_or_default();
    let names: &[&str] = match base.scheme() {
        "https" => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        // Not HTTP_PROXY: under CGI that is a header of somebody's request.
        _ => &["http_proxy", "ALL_PROXY", "all_proxy"],
    };
    let Some((name, text)) = first_variable(names)? else { return Ok(None) };
    let proxy = proxy_url(name, &text)?;
    let matcher =
        hyper_util::client::proxy::matcher::Matcher::builder().all(proxy.as_str()).no(no_proxy).build();
    let goes_through = base.as_str().parse().is_ok_and(|uri| matcher.intercept(&uri).is_some());
    Ok(goes_through.then_some(proxy))
}

fn first_variable(names: &[&'static str]) -> Result<Option<(&'static str, String)>, Error> {
    for name in names {
        if let Some(value) = environment(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

fn proxy_url(field: &str, text: &str) -> Result<Url, Error> {
    // `proxy.example.com:3128` is common in the environment, and means http.
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    match url {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(url),
        _ => {
            Err(Error::config(field, "must be the URL of an HTTP proxy, like http://proxy.example.com:3128"))
        }
    }
}

fn read_roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = |why: String| Error::config("ca_file", format!("can't be read: {why}"));
    let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match roots {
        Ok(roots) if roots.is_empty() => Err(unreadable("it holds no PEM certificate".to_owned())),
        Ok(roots) => Ok(roots),
        Err(error) => Err(unreadable(error.to_string())),
    }
}
