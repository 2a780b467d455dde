//! The options of a client and of a call.

use std::ffi::{c_char, c_void};
use std::time::Duration;

use partner_messaging::{CallOptions, ClientBuilder};

use crate::callback::pm_event_callback;
use crate::error::pm_error;
use crate::event;
use crate::fault::Faults;
use crate::ffi::{self, EventCallback};

/// The options of a client. All have defaults but the API key.
///
/// A setter never fails: an argument that can't be used is kept, and
/// pm_client_new() refuses the options, naming the one at fault.
#[derive(Default)]
pub struct pm_options {
    builder: ClientBuilder,
    on_event: Option<EventCallback>,
    faults: Faults,
}

impl pm_options {
    /// The options as the core takes them.
    pub(crate) fn builder(options: Option<&Self>) -> Result<ClientBuilder, pm_error> {
        let Some(options) = options else { return Ok(event::connect(ClientBuilder::default(), None)) };
        match options.faults.first() {
            Some(fault) => Err(pm_error::config(fault)),
            None => Ok(event::connect(options.builder.clone(), options.on_event)),
        }
    }
}

/// Changes the options, if there are any.
fn set(options: Option<&mut pm_options>, change: impl FnOnce(ClientBuilder) -> ClientBuilder) {
    ffi::entry((), || {
        if let Some(options) = options {
            options.builder = change(std::mem::take(&mut options.builder));
        }
    });
}

/// The same by a text, unless it is none.
fn set_text(
    options: Option<&mut pm_options>,
    field: &'static str,
    text: *const c_char,
    change: impl FnOnce(ClientBuilder, &str) -> ClientBuilder,
) {
    ffi::entry((), || {
        if let Some(options) = options
            && let Some(text) = options.faults.text(field, text)
        {
            options.builder = change(std::mem::take(&mut options.builder), text);
        }
    });
}

/// The options of a new client, all at their defaults. Free them with
/// pm_options_free(), at the earliest when pm_client_new() has returned.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_new() -> Option<Box<pm_options>> {
    ffi::entry(None, || Some(Box::default()))
}

/// The key that authenticates every request. Default: the environment variable
/// PARTNER_MESSAGING_API_KEY.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_api_key(options: Option<&mut pm_options>, key: *const c_char) {
    set_text(options, "api_key", key, |builder, key| builder.api_key(key));
}

/// Where the service is: an https origin, with a path if it lies under one.
/// Default: the environment variable PARTNER_MESSAGING_BASE_URL, else the
/// documented address of the service.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_base_url(options: Option<&mut pm_options>, url: *const c_char) {
    set_text(options, "base_url", url, |builder, url| builder.base_url(url));
}

/// The one deadline of a call, over queueing, every attempt and every pause, in
/// milliseconds: from 1 to a year. Default: 30000.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_timeout_ms(options: Option<&mut pm_options>, timeout_ms: u64) {
    set(options, |builder| builder.timeout(Duration::from_millis(timeout_ms)));
}

/// How long making one connection may take, in milliseconds: from 1 to a year.
/// Default: 5000.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_connect_timeout_ms(options: Option<&mut pm_options>, timeout_ms: u64) {
    set(options, |builder| builder.connect_timeout(Duration::from_millis(timeout_ms)));
}

/// How often a call may be tried again when nothing was sent, or when the
/// service asked for it. Default: 2.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_retries(options: Option<&mut pm_options>, retries: u32) {
    set(options, |builder| builder.max_retries(retries));
}

/// How many requests may be under way at once, from 1 to 100000. Further calls
/// wait for their turn. Default: 100.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_connections(options: Option<&mut pm_options>, connections: u32) {
    let connections = usize::try_from(connections).unwrap_or(usize::MAX);
    set(options, |builder| builder.max_connections(connections));
}

/// Whether to use HTTP/2 where the server offers it. Default: true.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_http2(options: Option<&mut pm_options>, http2: bool) {
    set(options, |builder| builder.http2(http2));
}

/// The proxy to go through: http://[user:password@]host:port. Default: none, or
/// what the environment says.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_proxy(options: Option<&mut pm_options>, url: *const c_char) {
    set_text(options, "proxy", url, |builder, url| builder.proxy(url));
}

/// Whether HTTPS_PROXY, ALL_PROXY and NO_PROXY of the environment count.
/// Default: true.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_trust_env(options: Option<&mut pm_options>, trust: bool) {
    set(options, |builder| builder.trust_env(trust));
}

/// A PEM file of certificates to trust besides the platform's roots. It is read
/// by pm_client_new().
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_ca_file(options: Option<&mut pm_options>, path: *const c_char) {
    set_text(options, "ca_file", path, |builder, path| builder.ca_file(path));
}

/// Whether plain http may go to other hosts than loopback. Default: false.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_allow_http(options: Option<&mut pm_options>, allow: bool) {
    set(options, |builder| builder.allow_http(allow));
}

/// Adds a header to send with every request.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_add_header(
    options: Option<&mut pm_options>,
    name: *const c_char,
    value: *const c_char,
) {
    ffi::entry((), || {
        if let Some(options) = options
            && let Some(name) = options.faults.text("headers", name)
            && let Some(value) = options.faults.text("headers", value)
        {
            options.builder = std::mem::take(&mut options.builder).header(name, value);
        }
    });
}

/// The User-Agent to send. Default: "partner-messaging-c/" and the version.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_user_agent(options: Option<&mut pm_options>, user_agent: *const c_char) {
    set_text(options, "user_agent", user_agent, |builder, user_agent| builder.user_agent(user_agent));
}

/// How many bytes an answer's body may have, at least 1. Default: 1048576.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_max_response_bytes(options: Option<&mut pm_options>, bytes: u64) {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    set(options, |builder| builder.max_response_bytes(bytes));
}

/// Names a function that is told of every attempt, retry and end of the calls
/// of the clients made with these options; NULL for none. For the function and
/// what it must not do see pm_event_callback.
///
/// A call's last event comes before its result: none of a submitted call comes
/// after pm_client_close() has returned. Until then user_data has to be there.
///
/// Besides, a client that is made while the environment variable
/// PARTNER_MESSAGING_LOG is "debug" writes its events to standard error.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_event_callback(
    options: Option<&mut pm_options>,
    callback: pm_event_callback,
    user_data: *mut c_void,
) {
    ffi::entry((), || {
        if let Some(options) = options {
            options.on_event = callback.map(|function| EventCallback::new(function, user_data));
        }
    });
}

/// Where the service has an endpoint that the published document doesn't
/// describe: "get_message" (default path "/partner/message/{messageId}"),
/// "list_messages" ("/partner/message") or "get_balance"
/// ("/partner/credit/balance"). The defaults are assumptions.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_set_endpoint(
    options: Option<&mut pm_options>,
    name: *const c_char,
    path: *const c_char,
) {
    ffi::entry((), || {
        if let Some(options) = options
            && let Some(name) = options.faults.text("endpoints", name)
            && let Some(path) = options.faults.text("endpoints", path)
        {
            options.builder = std::mem::take(&mut options.builder).endpoint(name, path);
        }
    });
}

/// Frees options; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_options_free(options: Option<Box<pm_options>>) {
    ffi::entry((), || drop(options));
}

/// What one call may have different from its client.
///
/// A setter never fails: an argument that can't be used is kept, and the call
/// that is given these options refuses them with PM_CONFIG_ERROR.
#[derive(Default)]
pub struct pm_call_options {
    options: CallOptions,
    fallback_codes: Vec<String>,
    faults: Faults,
}

impl pm_call_options {
    /// The options as the core takes them.
    pub(crate) fn options(options: Option<&Self>) -> Result<CallOptions, pm_error> {
        let Some(options) = options else { return Ok(CallOptions::default()) };
        match options.faults.first() {
            Some(fault) => Err(pm_error::config(fault)),
            None if options.fallback_codes.is_empty() => Ok(options.options.clone()),
            None => Ok(options.options.clone().fallback_codes(&options.fallback_codes)),
        }
    }
}

/// The options of a call, everything as its client has it. They may be used for
/// any number of calls. Free them with pm_call_options_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_new() -> Option<Box<pm_call_options>> {
    ffi::entry(None, || Some(Box::default()))
}

/// The call's deadline, from its start, in milliseconds: from 1 to a year.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_set_timeout_ms(options: Option<&mut pm_call_options>, timeout_ms: u64) {
    ffi::entry((), || {
        if let Some(options) = options {
            let timeout = Duration::from_millis(timeout_ms);
            options.options = std::mem::take(&mut options.options).timeout(timeout);
        }
    });
}

/// How often this call may be tried again.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_set_max_retries(options: Option<&mut pm_call_options>, retries: u32) {
    ffi::entry((), || {
        if let Some(options) = options {
            options.options = std::mem::take(&mut options.options).max_retries(retries);
        }
    });
}

/// Adds a header to send with this call; it replaces the client's of the same name.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_add_header(
    options: Option<&mut pm_call_options>,
    name: *const c_char,
    value: *const c_char,
) {
    ffi::entry((), || {
        if let Some(options) = options
            && let Some(name) = options.faults.text("headers", name)
            && let Some(value) = options.faults.text("headers", value)
        {
            options.options = std::mem::take(&mut options.options).header(name, value);
        }
    });
}

/// For pm_client_send_with_fallback(): adds a code of the service after which
/// the next message is tried. The first one takes the place of the default,
/// "CHANNEL_CONFIG_NOT_FOUND" and "CHANNEL_CREDENTIALS_NOT_FOUND".
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_add_fallback_code(
    options: Option<&mut pm_call_options>,
    code: *const c_char,
) {
    ffi::entry((), || {
        if let Some(options) = options
            && let Some(code) = options.faults.text("fallback_codes", code)
        {
            options.fallback_codes.push(code.to_owned());
        }
    });
}

/// Frees options of a call; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_options_free(options: Option<Box<pm_call_options>>) {
    ffi::entry((), || drop(options));
}
