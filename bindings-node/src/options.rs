//! The options of clients and calls. An absent one keeps the core's default.
//! Numbers come as JavaScript has them: the core checks that they fit.

use std::time::Duration;

use napi_derive::napi;
use partner_messaging::{CallOptions, Client, ClientBuilder, Error, Request, count, seconds};

/// The options of a client; durations in milliseconds.
#[napi(object, object_to_js = false)]
pub struct NativeClientOptions {
    pub api_key: Option<String>,
    pub base_url: Option<String>,
    pub timeout: Option<f64>,
    pub connect_timeout: Option<f64>,
    pub max_retries: Option<f64>,
    pub max_connections: Option<f64>,
    pub http2: Option<bool>,
    pub proxy: Option<String>,
    pub trust_env: Option<bool>,
    pub ca_file: Option<String>,
    pub allow_http: Option<bool>,
    /// Names and values in turn.
    pub headers: Option<Vec<String>>,
    pub user_agent: Option<String>,
    pub max_response_bytes: Option<f64>,
    /// Names and paths in turn.
    pub endpoints: Option<Vec<String>>,
}

impl NativeClientOptions {
    pub(crate) fn into_core(self) -> Result<ClientBuilder, Error> {
        let mut builder = Client::builder().language("node");
        if let Some(key) = self.api_key {
            builder = builder.api_key(key);
        }
        if let Some(url) = self.base_url {
            builder = builder.base_url(url);
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(milliseconds("timeout", timeout)?);
        }
        if let Some(timeout) = self.connect_timeout {
            builder = builder.connect_timeout(milliseconds("connect_timeout", timeout)?);
        }
        if let Some(retries) = self.max_retries {
            builder = builder.max_retries(count("max_retries", retries)?);
        }
        if let Some(connections) = self.max_connections {
            builder = builder.max_connections(size("max_connections", connections)?);
        }
        if let Some(http2) = self.http2 {
            builder = builder.http2(http2);
        }
        if let Some(url) = self.proxy {
            builder = builder.proxy(url);
        }
        if let Some(trust) = self.trust_env {
            builder = builder.trust_env(trust);
        }
        if let Some(path) = self.ca_file {
            builder = builder.ca_file(path);
        }
        if let Some(allow) = self.allow_http {
            builder = builder.allow_http(allow);
        }
        for (name, value) in pairs(self.headers) {
            builder = builder.header(name, value);
        }
        if let Some(user_agent) = self.user_agent {
            builder = builder.user_agent(user_agent);
        }
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(size("max_response_bytes", bytes)?);
        }
        for (name, path) in pairs(self.endpoints) {
            builder = builder.endpoint(snake_case(&name), path);
        }
        Ok(builder)
    }
}

/// The options of one call; the deadline in milliseconds.
#[napi(object, object_to_js = false)]
pub struct NativeCallOptions {
    pub timeout: Option<f64>,
    pub max_retries: Option<f64>,
    /// Names and values in turn.
    pub headers: Option<Vec<String>>,
    pub fallback_codes: Option<Vec<String>>,
}

impl NativeCallOptions {
    pub(crate) fn into_core(self) -> Result<CallOptions, Error> {
        let mut options = CallOptions::new();
        if let Some(timeout) = self.timeout {
            options = options.timeout(milliseconds("timeout", timeout)?);
        }
        if let Some(retries) = self.max_retries {
            options = options.max_retries(count("max_retries", retries)?);
        }
        for (name, value) in pairs(self.headers) {
            options = options.header(name, value);
        }
        if let Some(codes) = self.fallback_codes {
            options = options.fallback_codes(codes);
        }
        Ok(options)
    }
}

/// A request to any endpoint.
#[napi(object, object_to_js = false)]
pub struct NativeRequest {
    pub method: String,
    pub path: String,
    /// Names and values in turn.
    pub query: Option<Vec<String>>,
    /// The body, JSON text.
    pub json: Option<String>,
    pub idempotent: Option<bool>,
}

impl NativeRequest {
    pub(crate) fn into_core(self) -> Request {
        let mut request = Request::new(self.method, self.path);
        if let Some(json) = self.json {
            request = request.json(json);
        }
        if let Some(idempotent) = self.idempotent {
            request = request.idempotent(idempotent);
        }
        pairs(self.query).fold(request, |request, (name, value)| request.query(name, value))
    }
}

/// A name as the core has it: Node's `getMessage` is its `get_message`. A name that is
/// neither stays unknown, with its underscore or capital.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn milliseconds(field: &str, value: f64) -> Result<Duration, Error> {
    seconds(field, value / 1000.0)
}

fn size(field: &str, value: f64) -> Result<usize, Error> {
    Ok(usize::try_from(count(field, value)?).unwrap_or(usize::MAX))
}

pub(crate) fn pairs(flat: Option<Vec<String>>) -> impl Iterator<Item = (String, String)> {
    let mut flat = flat.unwrap_or_default().into_iter();
    std::iter::from_fn(move || Some((flat.next()?, flat.next()?)))
}
