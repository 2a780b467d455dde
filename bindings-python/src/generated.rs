//! The options by their names in Python, and what sets each.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use partner_messaging::{CallOptions, ClientBuilder, MessageFilter};

use crate::convert::{amounts, duration, flag, mapping, number, path, size, text, time, whole};
use crate::setter::{Setter, add_all};

pub(crate) const CLIENT: &[Setter<ClientBuilder>] = &[
    ("base_url", |it, name, value| Ok(it.base_url(text(name, value)?))),
    ("timeout", |it, name, value| Ok(it.timeout(duration(name, value)?))),
    ("connect_timeout", |it, name, value| Ok(it.connect_timeout(duration(name, value)?))),
    ("max_retries", |it, name, value| Ok(it.max_retries(whole(name, value)?))),
    ("max_connections", |it, name, value| Ok(it.max_connections(size(name, value)?))),
    ("max_hold", |it, name, value| Ok(it.max_hold(duration(name, value)?))),
    ("max_rate", |it, name, value| Ok(it.max_rate(number(name, value)?))),
    ("spend_limit", |it, name, value| Ok(add_all(it, amounts(name, value)?, ClientBuilder::spend_limit))),
    ("max_cost", |it, name, value| Ok(add_all(it, amounts(name, value)?, ClientBuilder::max_cost))),
    ("http2", |it, name, value| Ok(it.http2(flag(name, value)?))),
    ("keep_alive", |it, name, value| Ok(it.keep_alive(flag(name, value)?))),
    ("proxy", |it, name, value| Ok(it.proxy(text(name, value)?))),
    ("trust_env", |it, name, value| Ok(it.trust_env(flag(name, value)?))),
    ("ca_file", |it, name, value| Ok(it.ca_file(path(name, value)?))),
    ("client_cert_file", |it, name, value| Ok(it.client_cert_file(path(name, value)?))),
    ("client_key_file", |it, name, value| Ok(it.client_key_file(path(name, value)?))),
    ("allow_http", |it, name, value| Ok(it.allow_http(flag(name, value)?))),
    ("headers", |it, name, value| Ok(add_all(it, mapping(name, value)?, ClientBuilder::header))),
    ("user_agent", |it, name, value| Ok(it.user_agent(text(name, value)?))),
    ("max_response_bytes", |it, name, value| Ok(it.max_response_bytes(size(name, value)?))),
    ("endpoints", |it, name, value| Ok(add_all(it, mapping(name, value)?, ClientBuilder::endpoint))),
];

pub(crate) const CALL: &[Setter<CallOptions>] = &[
    ("timeout", |it, name, value| Ok(it.timeout(duration(name, value)?))),
    ("max_retries", |it, name, value| Ok(it.max_retries(whole(name, value)?))),
    ("headers", |it, name, value| Ok(add_all(it, mapping(name, value)?, CallOptions::header))),
    ("key", |it, name, value| Ok(it.key(text(name, value)?))),
];

pub(crate) const LIST: &[Setter<MessageFilter>] = &[
    ("channel", |it, name, value| Ok(it.channel(text(name, value)?))),
    ("status", |it, name, value| Ok(it.status(text(name, value)?))),
    ("recipient", |it, name, value| Ok(it.recipient(text(name, value)?))),
    ("sender", |it, name, value| Ok(it.sender(text(name, value)?))),
    ("since", |it, name, value| Ok(it.since(time(name, value)?))),
    ("until", |it, name, value| Ok(it.until(time(name, value)?))),
    ("page", |it, name, value| Ok(it.page(whole(name, value)?))),
    ("limit", |it, name, value| Ok(it.limit(whole(name, value)?))),
    ("query", |it, name, value| Ok(add_all(it, mapping(name, value)?, MessageFilter::query))),
];
