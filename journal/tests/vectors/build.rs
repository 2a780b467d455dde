//! What the cases give, in this library's types.

use std::collections::BTreeMap;
use std::time::Duration;

use partner_messaging::{
    CallOptions, ClientBuilder, Email, Message, MessageFilter, Request, Sms, WhatsApp, WireMessage,
};
use partner_messaging_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::case::{Filter, Options};

pub(crate) fn builder(options: &Options, sandbox: &Sandbox) -> ClientBuilder {
    let mut builder = partner_messaging::Client::builder()
        .api_key(options.api_key.as_deref().unwrap_or(sandbox.api_key()))
        .base_url(options.base_url.as_deref().unwrap_or(sandbox.url()));
    if let Some(ms) = options.timeout_ms {
        builder = builder.timeout(Duration::from_millis(ms));
    }
    if let Some(ms) = options.connect_timeout_ms {
        builder = builder.connect_timeout(Duration::from_millis(ms));
    }
    if let Some(retries) = options.max_retries {
        builder = builder.max_retries(retries);
    }
    if let Some(connections) = options.max_connections {
        builder = builder.max_connections(connections);
    }
    if let Some(bytes) = options.max_response_bytes {
        builder = builder.max_response_bytes(bytes);
    }
    if let Some(agent) = &options.user_agent {
        builder = builder.user_agent(agent);
    }
    if let Some(proxy) = &options.proxy {
        builder = builder.proxy(proxy);
    }
    if let Some(trust) = options.trust_env {
        builder = builder.trust_env(trust);
    }
    if let Some(file) = &options.ca_file {
        builder = builder.ca_file(file);
    }
    let endpoints = options.endpoints.iter();
    let builder = endpoints.fold(builder, |builder, (name, path)| builder.endpoint(name, path));
    options.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value))
}

pub(crate) fn call_options(options: &Options) -> CallOptions {
    let mut call = CallOptions::new();
    if let Some(ms) = options.timeout_ms {
        call = call.timeout(Duration::from_millis(ms));
    }
    if let Some(retries) = options.max_retries {
        call = call.max_retries(retries);
    }
    if let Some(key) = &options.key {
        call = call.key(key);
    }
    if let Some(codes) = &options.fallback_codes {
        call = call.fallback_codes(codes);
    }
    options.headers.iter().fold(call, |call, (name, value)| call.header(name, value))
}

/// The message in Rust's own form, or in its wire form.
pub(crate) fn message(message: &Value) -> Box<dyn Message> {
    let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    let given = |name: &str| message[name].as_str().map(str::to_owned);
    let variables: BTreeMap<String, String> =
        serde_json::from_value(message.get("template_variables").cloned().unwrap_or(json!({}))).unwrap();
    match message["type"].as_str() {
        Some("whatsapp") => Box::new(WhatsApp {
            to: text("to"),
            from: text("from"),
            template_id: text("template_id"),
            template_variables: variables,
        }),
        Some("sms") => Box::new(Sms {
            to: text("to"),
            sender_id: given("sender_id"),
            template_id: given("template_id"),
            template_variables: variables,
            content: given("content"),
        }),
        Some("email") => Box::new(Email::new(text("to"), text("subject"), text("html_content"))),
        Some("wire") => Box::new(WireMessage::from_value(&message["json"]).unwrap()),
        other => panic!("no such type of message: {other:?}"),
    }
}

pub(crate) fn filter(given: &Filter) -> MessageFilter {
    let mut filter = MessageFilter::new();
    if let Some(channel) = &given.channel {
        filter = filter.channel(channel);
    }
    if let Some(status) = &given.status {
        filter = filter.status(status);
    }
    if let Some(recipient) = &given.recipient {
        filter = filter.recipient(recipient);
    }
    if let Some(sender) = &given.sender {
        filter = filter.sender(sender);
    }
    if let Some(since) = &given.since {
        filter = filter.since(since);
    }
    if let Some(until) = &given.until {
        filter = filter.until(until);
    }
    if let Some(page) = given.page {
        filter = filter.page(page);
    }
    if let Some(limit) = given.limit {
        filter = filter.limit(limit);
    }
    given.query.iter().fold(filter, |filter, (name, value)| filter.query(name, value))
}

pub(crate) fn request(
    method: &str,
    path: &str,
    query: &BTreeMap<String, String>,
    json: Option<&Value>,
    idempotent: Option<bool>,
) -> Request {
    let mut request = Request::new(method, path);
    if let Some(json) = json {
        request = request.json(json.to_string());
    }
    if let Some(idempotent) = idempotent {
        request = request.idempotent(idempotent);
    }
    query.iter().fold(request, |request, (name, value)| request.query(name, value))
}
