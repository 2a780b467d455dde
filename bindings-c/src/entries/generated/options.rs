//! The setters of `pm_options`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;
use std::time::Duration;

use crate::handles::options::pm_options;
use crate::handles::settings::{set, set_pair, set_string};

/// The key that authenticates every request (header "x-api-key"). Default: the
/// environment variable "PARTNER_MESSAGING_API_KEY".
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_api_key(options: Option<&mut pm_options>, key: *const c_char) {
    set_string(options, "api_key", key, |it, value| it.api_key(value));
}

/// Where the service is: an "https" origin, with a path if it lies under one.
/// Default: the environment variable "PARTNER_MESSAGING_BASE_URL", else the base
/// URL of the API document.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_base_url(options: Option<&mut pm_options>, url: *const c_char) {
    set_string(options, "base_url", url, |it, value| it.base_url(value));
}

/// The one deadline of a call, over queueing, every attempt and every pause, in
/// milliseconds. Default: 30 seconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_timeout_ms(options: Option<&mut pm_options>, timeout_ms: u64) {
    set(options, |it| it.timeout(Duration::from_millis(timeout_ms)));
}

/// How long making one connection may take, in milliseconds. Name, TCP, proxy and
/// TLS count; the addresses of a name share it, so that each is tried. Default: 5
/// seconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_connect_timeout_ms(options: Option<&mut pm_options>, timeout_ms: u64) {
    set(options, |it| it.connect_timeout(Duration::from_millis(timeout_ms)));
}

/// How often a call may be tried again when nothing was sent, or a read met a
/// transient failure. Default: 2.
///
/// All calls of a client share a budget for that, so that an outage is not
/// multiplied: a hundred retries at once, and one more for every ten calls. Where
/// it ends a call, the error says so. Retries after a 429 use neither: they are
/// bound by the deadline only. 0 turns them off, too.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_retries(options: Option<&mut pm_options>, retries: u32) {
    set(options, |it| it.max_retries(retries));
}

/// How many requests may be under way at once, and how many connections open: over
/// HTTP/1.1 each request has one of its own, over HTTP/2 all share one. Further
/// calls wait for a slot. Default: 100.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_connections(options: Option<&mut pm_options>, connections: u32) {
    set(options, |it| it.max_connections(usize::try_from(connections).unwrap_or(usize::MAX)));
}

/// The longest pause that a 429 of the service imposes on the whole client, in
/// milliseconds. It is its "Retry-After", or, without one, a pause that grows from
/// 0.5 to 8 seconds; a longer "Retry-After" binds only the call that got it.
/// Default: 60 seconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_hold_ms(options: Option<&mut pm_options>, pause_ms: u64) {
    set(options, |it| it.max_hold(Duration::from_millis(pause_ms)));
}

/// How many submitted calls a client has at most, with those that have ended and
/// whose result nobody has taken yet; a further one is refused. For languages whose
/// calls are submitted to queues (C, C++). Default: 10,000.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_queued(options: Option<&mut pm_options>, calls: u32) {
    set(options, |it| it.max_queued(calls));
}

/// How many messages may leave in a second, retries counted: no second has more.
/// What is beyond waits within its deadline. A fraction is left out; below 1 it is
/// one message in so many seconds. Clients that share a journal share the count,
/// those of other processes and, on a server, of other machines, too: each process
/// takes a share for a second, so that a message costs no round trip of its own.
/// Default: no limit.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_rate(options: Option<&mut pm_options>, messages: f64) {
    set(options, |it| it.max_rate(messages));
}

/// What messages may cost in a currency, for example "SGD" and "100.00": what is
/// spent and what those under way may cost at most, by the highest cost seen on
/// their channel, stays within it. Until a channel's cost is known its messages go
/// one at a time. One that would pass it is not sent: "SpendLimitError". A message
/// whose outcome is unknown counts as spent; one in another currency ends all
/// sending. Default: no limit.
///
/// With a journal what it knows counts, whoever sent it, and a message with a key
/// is counted with its claim: so all who share the journal stay within the limit
/// together. A message without a key counts in its own process alone.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_spend_limit(
    options: Option<&mut pm_options>,
    currency: *const c_char,
    amount: *const c_char,
) {
    set_pair(options, "spend_limit", currency, amount, |it, currency, amount| {
        it.spend_limit(currency, amount)
    });
}

/// What one message costs at most in a currency of the "spend_limit", for example
/// "SGD" and "0.12". It is what counts for a message under way, and for one whose
/// receipt has no cost; without it such a receipt ends all sending. Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_cost(
    options: Option<&mut pm_options>,
    currency: *const c_char,
    amount: *const c_char,
) {
    set_pair(options, "max_cost", currency, amount, |it, currency, amount| it.max_cost(currency, amount));
}

/// Whether to use HTTP/2 where the server offers it (by ALPN). Default: true.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_http2(options: Option<&mut pm_options>, http2: bool) {
    set(options, |it| it.http2(http2));
}

/// Whether connections are used again. Without, each request has one of its own,
/// over HTTP/1.1. A connection is not used within a second of the end that the
/// service announced ("Keep-Alive: timeout=N"), nor after 15 idle seconds. Default:
/// true.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_keep_alive(options: Option<&mut pm_options>, keep_alive: bool) {
    set(options, |it| it.keep_alive(keep_alive));
}

/// The proxy to go through: "http://[user:password@]host:port", or with the scheme
/// "https", "socks5" or "socks5h" (which has the proxy look the service's name up).
/// It is never used for loopback. Default: none, or what the environment says.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_proxy(options: Option<&mut pm_options>, url: *const c_char) {
    set_string(options, "proxy", url, |it, value| it.proxy(value));
}

/// Whether these variables of the environment count: "HTTPS_PROXY", "ALL_PROXY" and
/// "NO_PROXY" (names with their subdomains, addresses, networks, each with ":port"
/// or not, or "*", as curl reads them); "SSL_CERT_FILE" (a PEM file) and
/// "SSL_CERT_DIR" (folders of them), which replace the platform's certificates.
/// Default: true.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_trust_env(options: Option<&mut pm_options>, trust: bool) {
    set(options, |it| it.trust_env(trust));
}

/// A PEM file of certificates to trust besides the platform's, or besides those
/// that the environment replaces them with.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_ca_file(options: Option<&mut pm_options>, path: *const c_char) {
    set_string(options, "ca_file", path, |it, value| it.ca_file(value));
}

/// A PEM file of the certificate that the client shows where the service wants one
/// (mutual TLS), followed by those that it was issued by. Default: none.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_client_cert_file(options: Option<&mut pm_options>, path: *const c_char) {
    set_string(options, "client_cert_file", path, |it, value| it.client_cert_file(value));
}

/// A PEM file of the private key, without a password, of "client_cert_file".
/// Default: that file itself.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_client_key_file(options: Option<&mut pm_options>, path: *const c_char) {
    set_string(options, "client_key_file", path, |it, value| it.client_key_file(value));
}

/// Whether plain "http" may go to other hosts than loopback. Default: false.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_allow_http(options: Option<&mut pm_options>, allow: bool) {
    set(options, |it| it.allow_http(allow));
}

/// A header to send with every request.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_add_header(
    options: Option<&mut pm_options>,
    name: *const c_char,
    value: *const c_char,
) {
    set_pair(options, "headers", name, value, |it, name, value| it.header(name, value));
}

/// The "User-Agent" to send. Default: the name and the version of this package.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_user_agent(options: Option<&mut pm_options>, user_agent: *const c_char) {
    set_string(options, "user_agent", user_agent, |it, value| it.user_agent(value));
}

/// How many bytes an answer's body may have. Default: 1 MiB.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_response_bytes(options: Option<&mut pm_options>, bytes: u64) {
    set(options, |it| it.max_response_bytes(usize::try_from(bytes).unwrap_or(usize::MAX)));
}

/// Where the service has an endpoint that the published document doesn't describe,
/// under the base URL. "name" is "get_message" (default path
/// "/partner/message/{messageId}"), "list_messages" ("/partner/message") or
/// "get_balance" ("/partner/credit/balance"); all three defaults are assumptions.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_endpoint(
    options: Option<&mut pm_options>,
    name: *const c_char,
    path: *const c_char,
) {
    set_pair(options, "endpoints", name, path, |it, name, path| it.endpoint(name, path));
}
