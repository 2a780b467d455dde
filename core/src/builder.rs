//! The options of a client, as users set them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use crate::background;
use crate::blocking;
use crate::client::Client;
use crate::config::Config;
use crate::error::Error;
use crate::observe::{Event, Observer};
use crate::secret::ApiKey;

/// The options of a client. All have defaults but the API key; nothing is
/// checked before [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
/// use partner_messaging::Client;
///
/// let client = Client::builder()
///     .api_key("your_api_key_here")
///     .base_url("https://messaging.example.com")
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok::<(), partner_messaging::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    pub(crate) api_key: Option<ApiKey>,
    pub(crate) base_url: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) max_connections: usize,
    pub(crate) http2: bool,
    pub(crate) proxy: Option<String>,
    pub(crate) trust_env: bool,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) allow_http: bool,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) user_agent: Option<String>,
    pub(crate) language: &'static str,
    pub(crate) max_response_bytes: usize,
    pub(crate) endpoints: Vec<(String, String)>,
    pub(crate) observer: Observer,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            base_url: None,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            max_retries: 2,
            max_connections: 100,
            http2: true,
            proxy: None,
            trust_env: true,
            ca_file: None,
            allow_http: false,
            headers: Vec::new(),
            user_agent: None,
            language: "rust",
            max_response_bytes: 1024 * 1024,
            endpoints: Vec::new(),
            observer: Observer::default(),
        }
    }
}

impl ClientBuilder {
    /// The key that authenticates every request (header `x-api-key`). Default:
    /// the environment variable `PARTNER_MESSAGING_API_KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(ApiKey::new(key.into()));
        self
    }

    /// Where the service is: an `https` origin, with a path if it lies under
    /// one. Default: the environment variable `PARTNER_MESSAGING_BASE_URL`, else
    /// the base URL of the API document.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The one deadline of a call, over queueing, every attempt and every
    /// pause. Default: 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long making one connection may take: name, TCP, proxy and TLS.
    /// Default: 5 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often a call may be tried again when nothing was sent, or the
    /// service asked for it. Default: 2.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// How many requests may be under way at once; over HTTP/1.1 each has a
    /// connection of its own. Further calls wait for their turn. Default: 100.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Whether to use HTTP/2 where the server offers it (by ALPN). Default: true.
    pub fn http2(mut self, http2: bool) -> Self {
        self.http2 = http2;
        self
    }

    /// The proxy to go through: `http://[user:password@]host:port`. It is never
    /// used for loopback. Default: none, or what the environment says.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Whether `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment
    /// count. Default: true.
    pub fn trust_env(mut self, trust: bool) -> Self {
        self.trust_env = trust;
        self
    }

    /// A PEM file of certificates to trust besides the platform's roots.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Whether plain `http` may go to other hosts than loopback. Default: false.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// A header to send with every request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The `User-Agent` to send. Default: `partner-messaging-rust/` and the version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// The language that the default `User-Agent` names; for bindings.
    #[doc(hidden)]
    pub fn language(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// How many bytes an answer's body may have. Default: 1 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Where the service has an endpoint that the published document doesn't
    /// describe, under the base URL. `name` is `get_message` (default path
    /// `/partner/message/{messageId}`), `list_messages` (`/partner/message`) or
    /// `get_balance` (`/partner/credit/balance`); all three defaults are
    /// assumptions.
    pub fn endpoint(mut self, name: impl Into<String>, path: impl Into<String>) -> Self {
        self.endpoints.push((name.into(), path.into()));
        self
    }

    /// Who is told of every attempt, retry and outcome, besides `tracing`. It is
    /// called on the thread that the call runs on, and must neither block nor panic.
    ///
    /// With the environment variable `PARTNER_MESSAGING_LOG=debug` each event is a
    /// line on standard error, too.
    pub fn on_event(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observer, None);
        self
    }

    /// The same for an observer that does not always want to be told: while
    /// `wanted` says no, no event is made. It is asked on the same thread, for
    /// each event; for bindings.
    pub fn on_event_if(
        mut self,
        wanted: impl Fn() -> bool + Send + Sync + 'static,
        observer: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Observer::new(observer, Some(Arc::new(wanted)));
        self
    }

    /// Checks the options and makes a client, without any I/O but reading the CA file.
    ///
    /// # Errors
    /// [`ErrorClass::Config`](crate::ErrorClass::Config), naming the option at fault.
    pub fn build(self) -> Result<Client, Error> {
        Client::new(&Config::new(self)?)
    }

    /// The same for a client whose calls block.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn build_blocking(self) -> Result<blocking::Client, Error> {
        blocking::Client::new(Config::new(self)?)
    }

    /// The same for a client whose calls run in the background; for bindings.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    #[cfg(unix)]
    pub fn build_background(self) -> Result<background::Client, Error> {
        background::Client::new(Config::new(self)?)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the proxy nor the headers: both may hold credentials.
        f.debug_struct("ClientBuilder")
            .field("api_key", &self.api_key)
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}

/// What one call may have different from its client.
///
/// ```
/// use std::time::Duration;
/// use partner_messaging::CallOptions;
/// let options = CallOptions::new().timeout(Duration::from_secs(5)).max_retries(0);
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) cancel: Option<crate::cancel::Cancel>,
    pub(crate) fallback_codes: Option<Vec<String>>,
}

impl CallOptions {
    /// Everything as the client has it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The call's deadline, from its start.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How often this call may be tried again.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// A header to send with this call; it replaces the client's of the same name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// For [`send_with_fallback`](Client::send_with_fallback): the codes of the
    /// service after which the next message is tried. Default:
    /// `CHANNEL_CONFIG_NOT_FOUND` and `CHANNEL_CREDENTIALS_NOT_FOUND`.
    pub fn fallback_codes(mut self, codes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.fallback_codes = Some(codes.into_iter().map(Into::into).collect());
        self
    }

    /// What can cancel this call.
    pub fn cancel(mut self, cancel: &crate::cancel::Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}
