//! The options of a client, as users set them.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::ApiKey;
use super::env::Environment;
use super::trust::RootsVariable;
use crate::journal::JournalHandle;
use crate::telemetry::{Event, Observer};

/// The options of a client. All have defaults but the API key; nothing is
/// checked before the client is made.
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
    pub(crate) max_hold: Duration,
    pub(crate) max_queued: u32,
    pub(crate) max_rate: Option<f64>,
    pub(crate) spend_limit: Vec<(String, String)>,
    pub(crate) max_cost: Vec<(String, String)>,
    pub(crate) http2: bool,
    pub(crate) keep_alive: bool,
    pub(crate) proxy: Option<String>,
    pub(crate) environment: Environment,
    pub(crate) trust_env: bool,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) client_cert_file: Option<PathBuf>,
    pub(crate) client_key_file: Option<PathBuf>,
    pub(crate) roots_variables: &'static [RootsVariable],
    pub(crate) allow_http: bool,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) user_agent: Option<String>,
    pub(crate) language: &'static str,
    pub(crate) max_response_bytes: usize,
    pub(crate) endpoints: Vec<(String, String)>,
    pub(crate) journal: Option<JournalHandle>,
    pub(crate) owns_journal: bool,
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
            max_hold: Duration::from_secs(60),
            max_queued: 10_000,
            max_rate: None,
            spend_limit: Vec::new(),
            max_cost: Vec::new(),
            http2: true,
            keep_alive: true,
            proxy: None,
            environment: Environment::default(),
            trust_env: true,
            ca_file: None,
            client_cert_file: None,
            client_key_file: None,
            roots_variables: &[],
            allow_http: false,
            headers: Vec::new(),
            user_agent: None,
            language: "rust",
            max_response_bytes: 1024 * 1024,
            endpoints: Vec::new(),
            journal: None,
            owns_journal: false,
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

    /// How long making one connection may take. Name, TCP, proxy and TLS count; the
    /// addresses of a name share it, so that each is tried. Default: 5 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often a call may be tried again when nothing was sent, or a read met a
    /// transient failure. Default: 2.
    ///
    /// All calls of a client share a budget for that, so that an outage is not
    /// multiplied: a hundred retries at once, and one more for every ten calls. Where
    /// it ends a call, the error says so. Retries after a 429 use neither: they are bound
    /// by the deadline only. 0 turns them off, too.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// How many requests may be under way at once, and how many connections open:
    /// over HTTP/1.1 each request has one of its own, over HTTP/2 all share one.
    /// Further calls wait for a slot. Default: 100.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// The longest pause that a 429 of the service imposes on the whole client. It is its
    /// `Retry-After`, or, without one, a pause that grows from 0.5 to 8 seconds; a
    /// longer `Retry-After` binds only the call that got it. Default: 60 seconds.
    pub fn max_hold(mut self, pause: Duration) -> Self {
        self.max_hold = pause;
        self
    }

    /// How many submitted calls a client has at most, with those that have ended and whose
    /// result nobody has taken yet; a further one is refused. For languages whose calls
    /// are submitted to queues (C, C++). Default: 10,000.
    pub fn max_queued(mut self, calls: u32) -> Self {
        self.max_queued = calls;
        self
    }

    /// How many messages may leave in a second, retries counted: no second has more. What
    /// is beyond waits within its deadline. A fraction is left out; below 1 it is one message
    /// in so many seconds. Clients that share a journal share the count, those of other
    /// processes and, on a server, of other machines, too: each process takes a share for a
    /// second, so that a message costs no round trip of its own. Default: no limit.
    pub fn max_rate(mut self, messages: f64) -> Self {
        self.max_rate = Some(messages);
        self
    }

    /// What messages may cost in a currency, for example `SGD` and `100.00`: what is spent
    /// and what those under way may cost at most, by the highest cost seen on their channel,
    /// stays within it. Until a channel's cost is known its messages go one at a time. One
    /// that would pass it is not sent: `SpendLimitError`.
    /// A message whose outcome is unknown counts as spent; one in another currency ends
    /// all sending. Default: no limit.
    ///
    /// With a journal what it knows counts, whoever sent it, and a message with a key is
    /// counted with its claim: so all who share the journal stay within the limit together.
    /// A message without a key counts in its own process alone.
    ///
    /// # How exact it is
    /// With [`max_cost`](Self::max_cost) it is never passed. Without, it may be by what those
    /// under way cost above the highest cost seen before.
    pub fn spend_limit(mut self, currency: impl Into<String>, amount: impl Into<String>) -> Self {
        self.spend_limit.push((currency.into(), amount.into()));
        self
    }

    /// What one message costs at most in a currency of the [`spend_limit`](Self::spend_limit),
    /// for example `SGD` and `0.12`. It is what counts for a message under way, and for one
    /// whose receipt has no cost; without it such a receipt ends all sending. Default: none.
    pub fn max_cost(mut self, currency: impl Into<String>, amount: impl Into<String>) -> Self {
        self.max_cost.push((currency.into(), amount.into()));
        self
    }

    /// Whether to use HTTP/2 where the server offers it (by ALPN). Default: `true`.
    pub fn http2(mut self, http2: bool) -> Self {
        self.http2 = http2;
        self
    }

    /// Whether connections are used again. Without, each request has one of its own,
    /// over HTTP/1.1. A connection is not used within a second of the end that the
    /// service announced (`Keep-Alive: timeout=N`), nor after 15 idle seconds.
    /// Default: `true`.
    pub fn keep_alive(mut self, keep_alive: bool) -> Self {
        self.keep_alive = keep_alive;
        self
    }

    /// The proxy to go through: `http://[user:password@]host:port`, or with the
    /// scheme `https`, `socks5` or `socks5h` (which has the proxy look the
    /// service's name up). It is never used for loopback. Default: none, or what
    /// the environment says.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Whether these variables of the environment count: `HTTPS_PROXY`, `ALL_PROXY`
    /// and `NO_PROXY` (names with their subdomains, addresses, networks, each with
    /// `:port` or not, or `*`, as curl reads them); `SSL_CERT_FILE` (a PEM file) and `SSL_CERT_DIR` (folders of
    /// them), which replace the platform's certificates. Default: `true`.
    pub fn trust_env(mut self, trust: bool) -> Self {
        self.trust_env = trust;
        self
    }

    /// A PEM file of certificates to trust besides the platform's, or besides those
    /// that the environment replaces them with.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// A PEM file of the certificate that the client shows where the service wants
    /// one (mutual TLS), followed by those that it was issued by. Default: none.
    pub fn client_cert_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_cert_file = Some(path.into());
        self
    }

    /// A PEM file of the private key, without a password, of
    /// [`client_cert_file`](Self::client_cert_file). Default: that file itself.
    pub fn client_key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_key_file = Some(path.into());
        self
    }

    /// The variables that programs of this language name certificates with, the
    /// highest first. They count with [`trust_env`](Self::trust_env), after
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR`; for bindings.
    #[doc(hidden)]
    pub fn roots_variables(mut self, variables: &'static [RootsVariable]) -> Self {
        self.roots_variables = variables;
        self
    }

    /// The environment instead of the process's; for bindings whose language has one for
    /// each thread.
    #[doc(hidden)]
    pub fn environment(mut self, variables: HashMap<String, String>) -> Self {
        self.environment = Environment::from_variables(variables);
        self
    }

    /// Whether plain `http` may go to other hosts than loopback. Default: `false`.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// A header to send with every request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The `User-Agent` to send. Default: the name and the version of this package.
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

    /// Where it is remembered what became of messages that have a
    /// [`key`](crate::CallOptions::key): a journal. It belongs to the origin of the client
    /// that first used it; a client of another one is refused. Default: none.
    ///
    /// # Opening one
    /// It is a `Journal` of the crate `partner-messaging-journal`, which several clients may share.
    pub fn journal(mut self, journal: impl Into<JournalHandle>) -> Self {
        self.journal = Some(journal.into());
        self.owns_journal = false;
        self
    }

    /// A journal that is closed with the client; for bindings, which open it by the path
    /// or the URL that they were given.
    #[doc(hidden)]
    pub fn own_journal(mut self, journal: impl Into<JournalHandle>) -> Self {
        self.journal = Some(journal.into());
        self.owns_journal = true;
        self
    }

    /// The journal, if there is one; for bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn opened_journal(&self) -> Option<&JournalHandle> {
        self.journal.as_ref()
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

    /// Like `on_event`, for an observer that does not always want to be told: while
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
