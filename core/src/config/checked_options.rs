//! The options of a client after every one has been checked.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use rust_decimal::Decimal;
use url::Url;

use super::api_key::api_key;
use super::base_url::{base_url, is_loopback};
use super::builder::ClientBuilder;
use super::client_certificate::ClientCertificate;
use super::endpoints::{self, Endpoints};
use super::env::NOT_LOOPBACK;
use super::headers::{API_KEY_HEADER, add_headers, standard_headers};
use super::proxy::proxy;
use super::trust::Roots;
use super::values::{MAX_DURATION, amounts, duration, rate};
use crate::error::Error;
use crate::journal::JournalHandle;

#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) endpoints: Endpoints,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) max_connections: usize,
    pub(crate) max_hold: Duration,
    pub(crate) max_queued: u32,
    pub(crate) max_rate: Option<f64>,
    pub(crate) spend_limit: Vec<(String, Decimal)>,
    pub(crate) max_cost: Vec<(String, Decimal)>,
    pub(crate) http2: bool,
    pub(crate) keep_alive: bool,
    /// The proxy that requests to the base URL go through; no other origin is ever asked.
    pub(crate) proxy: Option<Url>,
    pub(crate) roots: Roots,
    /// What the client shows of itself, if the service wants that.
    pub(crate) client_certificate: Option<ClientCertificate>,
    pub(crate) max_response_bytes: usize,
    pub(crate) journal: Option<JournalHandle>,
    owns_journal: bool,
}

impl Config {
    pub(crate) fn new(options: &ClientBuilder) -> Result<Self, Error> {
        let api_key = api_key(options.api_key.clone(), &options.environment)?;
        let (base, base_field) =
            base_url(options.base_url.clone(), options.allow_http, &options.environment)?;
        if has_key(&base, api_key.reveal()) {
            return Err(Error::config("base_url", "must not have the key in it: the key goes in a header"));
        }
        let mut headers = standard_headers(&api_key, options.user_agent.as_deref(), options.language)?;
        add_headers(&mut headers, &options.headers)?;
        duration("timeout", options.timeout)?;
        duration("connect_timeout", options.connect_timeout)?;
        if options.max_hold > MAX_DURATION {
            return Err(Error::config("max_hold", "must be a year at most"));
        }
        if options.max_connections == 0 || options.max_connections > MAX_CONNECTIONS {
            return Err(Error::config("max_connections", format!("must be between 1 and {MAX_CONNECTIONS}")));
        }
        if options.max_queued == 0 {
            return Err(Error::config("max_queued", "must be at least 1"));
        }
        if options.max_response_bytes == 0 {
            return Err(Error::config("max_response_bytes", "must be at least 1"));
        }
        options.max_rate.map_or(Ok(()), rate)?;
        let spend_limit = amounts("spend_limit", &options.spend_limit)?;
        let max_cost = amounts("max_cost", &options.max_cost)?;
        if max_cost.iter().any(|(currency, _)| spend_limit.iter().all(|(it, _)| it != currency)) {
            return Err(Error::config("max_cost", "must only have currencies of the spend_limit"));
        }
        let endpoints = Endpoints::new(&base, &options.endpoints)?;
        let proxy = proxy(options.proxy.as_deref(), options.trust_env, &base, &options.environment)?;
        let encrypted = uses_tls(&endpoints, proxy.as_ref());
        let variables = options.trust_env.then_some(options.roots_variables);
        let roots = Roots::new(options.ca_file.as_deref(), variables, &options.environment, encrypted)?;
        let client_certificate =
            ClientCertificate::read(options.client_cert_file.as_deref(), options.client_key_file.as_deref())?;
        // At the end: checked last, so that unconditional errors are reported first.
        if options.environment.only_loopback()? && !is_loopback(&base) {
            return Err(Error::config(base_field, NOT_LOOPBACK));
        }
        let journal = options.journal.as_ref().filter(|journal| !journal.is_loopback());
        if journal.is_some() && options.environment.only_loopback()? {
            return Err(Error::config("journal", NOT_LOOPBACK));
        }
        Ok(Self {
            roots,
            client_certificate,
            proxy,
            endpoints,
            headers,
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            max_retries: options.max_retries,
            max_connections: options.max_connections,
            max_hold: options.max_hold,
            max_queued: options.max_queued,
            max_rate: options.max_rate,
            spend_limit,
            max_cost,
            http2: options.http2,
            keep_alive: options.keep_alive,
            max_response_bytes: options.max_response_bytes,
            journal: options.journal.clone(),
            owns_journal: options.owns_journal,
        })
    }

    /// A finished URL as a request carries it.
    ///
    /// # Errors
    /// For one that has the key in it: URLs are written to logs. `field` is where it came from.
    pub(crate) fn finish_url(&self, url: Url, field: &str) -> Result<Url, Error> {
        let key = self.headers.get(&API_KEY_HEADER).and_then(|key| key.to_str().ok()).unwrap_or_default();
        if has_key(&url, key) {
            return Err(Error::config(field, "must not have the key in it: the key goes in a header"));
        }
        endpoints::checked(url)
    }

    /// Whether HTTP/2 is offered: over encrypted connections that are used again.
    pub(crate) fn uses_http2(&self) -> bool {
        self.http2 && self.keep_alive && self.endpoints.are_encrypted()
    }

    /// Closes the journal, if it is the client's alone. Idempotent; never blocks.
    pub(crate) fn close_journal(&self) {
        if let Some(journal) = self.journal.as_ref().filter(|_| self.owns_journal) {
            drop(journal.close());
        }
    }

    /// Whether any connection of this client is encrypted.
    pub(crate) fn uses_tls(&self) -> bool {
        uses_tls(&self.endpoints, self.proxy.as_ref())
    }
}

/// A shorter key may be a part of any word; it is looked for as a whole one.
const MIN_KEY_PIECE: usize = 8;

/// Whether the key stands in a URL, however escaped.
fn has_key(url: &Url, key: &str) -> bool {
    let mut decoded = url.as_str().to_owned();
    // What was escaped twice is read twice by somebody.
    for _ in 0..3 {
        let is_there = if key.len() < MIN_KEY_PIECE {
            decoded.split(['/', '?', '&', '=', '#']).any(|part| part == key)
        } else {
            decoded.contains(key)
        };
        if is_there {
            return true;
        }
        decoded = percent_encoding::percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
    }
    false
}

fn uses_tls(endpoints: &Endpoints, proxy: Option<&Url>) -> bool {
    endpoints.are_encrypted() || proxy.is_some_and(|proxy| proxy.scheme() == "https")
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("base_url", &self.endpoints.base()).finish_non_exhaustive()
    }
}

/// No program needs more: a larger number is taken for a mistake.
const MAX_CONNECTIONS: usize = 100_000;
