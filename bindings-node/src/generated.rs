//! The fields of the core's records as lists, and its options.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use napi_derive::napi;
use partner_messaging::{
    Balance, CallOptions, ClientBuilder, Error, FallbackReceipt, FallbackStep, JournalConflict,
    JournalRecord, JournalSummary, JournalTotal, Kind, MessageFilter, MessageRecord, Outcome, Page, Receipt,
    Reply, Request, Spending, count,
};
use serde::{Serialize, Serializer};

use crate::option_values::{milliseconds, pairs, size, snake_case};
use crate::results::{Fields, decimal_text, in_milliseconds, list};

impl Serialize for Fields<'_, FallbackStep> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (
            &it.channel,
            it.outcome.map(Outcome::as_str),
            it.kind.map(Kind::as_str),
            &it.status,
            &it.code,
            &it.message_id,
            &it.attempts,
        )
            .serialize(serializer)
    }
}

impl Serialize for Fields<'_, Receipt> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (
            &it.message_id,
            &it.recipient,
            &it.channel,
            &it.status,
            it.cost.map(decimal_text),
            &it.currency,
            &it.message,
            &it.replayed,
            &it.attempts,
            in_milliseconds(it.elapsed),
            it.raw_json(),
        )
            .serialize(serializer)
    }
}

impl Serialize for Fields<'_, FallbackReceipt> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (Fields(&it.receipt), list(&it.trail)).serialize(serializer)
    }
}

impl Serialize for Fields<'_, MessageRecord> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (
            &it.message_id,
            &it.recipient,
            &it.channel,
            &it.status,
            it.cost.map(decimal_text),
            &it.currency,
            &it.created_at,
            &it.updated_at,
            it.raw_json(),
        )
            .serialize(serializer)
    }
}

impl Serialize for Fields<'_, Page> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (list(&it.messages), &it.page, &it.limit, &it.total, &it.total_pages, &it.has_more, it.raw_json())
            .serialize(serializer)
    }
}

impl Serialize for Fields<'_, Balance> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (it.amount.to_string(), &it.currency, it.raw_json()).serialize(serializer)
    }
}

impl Serialize for Fields<'_, Spending> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (&it.channel, &it.currency, it.cost.to_string(), &it.messages, &it.unpriced).serialize(serializer)
    }
}

impl Serialize for Fields<'_, Reply> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (
            &it.status,
            &it.message,
            &it.headers,
            &it.replayed,
            &it.attempts,
            in_milliseconds(it.elapsed),
            it.data_json(),
        )
            .serialize(serializer)
    }
}

impl Serialize for Fields<'_, JournalConflict> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (it.outcome.as_str(), &it.message_id, &it.at).serialize(serializer)
    }
}

impl Serialize for Fields<'_, JournalRecord> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (
            &it.key,
            it.outcome.map(Outcome::as_str),
            &it.resolved,
            &it.channel,
            it.kind.map(Kind::as_str),
            &it.code,
            &it.message_id,
            it.cost.map(decimal_text),
            &it.currency,
            &it.claimed_at,
            &it.deadline,
            &it.ended_at,
            &it.claim_id,
            it.conflict.as_ref().map(Fields),
        )
            .serialize(serializer)
    }
}

impl Serialize for Fields<'_, JournalTotal> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (
            it.outcome.map(Outcome::as_str),
            &it.channel,
            &it.currency,
            &it.messages,
            it.cost.to_string(),
            &it.unpriced,
        )
            .serialize(serializer)
    }
}

impl Serialize for Fields<'_, JournalSummary> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        (&it.sent, &it.rejected, &it.not_sent, &it.unknown, &it.in_progress, &it.conflicts, list(&it.totals))
            .serialize(serializer)
    }
}

/// What the package makes an error of the class `className` from; what is absent is left
/// out. Durations are milliseconds; the trail is a JSON list.
#[napi(object, object_from_js = false)]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub class_name: &'static str,
    pub kind: &'static str,
    pub outcome: Option<&'static str>,
    pub field: Option<String>,
    pub attempts: u32,
    pub elapsed: f64,
    pub message: String,
    pub status: Option<u32>,
    pub code: Option<String>,
    pub request_id: Option<String>,
    pub retry_after: Option<f64>,
    pub body: Option<String>,
    pub trail: Option<String>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            class_name: error.class().name(),
            kind: error.kind().as_str(),
            outcome: error.outcome().map(Outcome::as_str),
            field: error.field().map(str::to_owned),
            attempts: error.attempts(),
            elapsed: in_milliseconds(error.elapsed()),
            message: error.message(),
            status: error.status().map(u32::from),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            retry_after: error.retry_after().map(in_milliseconds),
            body: error.body().map(str::to_owned),
            trail: crate::results::json_list(error.trail()),
        }
    }
}

/// The package's own form of the core's `ClientBuilder`: durations are milliseconds, mappings
/// names and values in turn.
#[napi(object, object_to_js = false)]
pub struct NativeClientOptions {
    pub api_key: Option<String>,
    pub base_url: Option<String>,
    pub timeout: Option<f64>,
    pub connect_timeout: Option<f64>,
    pub max_retries: Option<f64>,
    pub max_connections: Option<f64>,
    pub max_hold: Option<f64>,
    pub max_rate: Option<f64>,
    pub spend_limit: Option<Vec<String>>,
    pub max_cost: Option<Vec<String>>,
    pub http2: Option<bool>,
    pub keep_alive: Option<bool>,
    pub proxy: Option<String>,
    pub trust_env: Option<bool>,
    pub ca_file: Option<String>,
    pub client_cert_file: Option<String>,
    pub client_key_file: Option<String>,
    pub allow_http: Option<bool>,
    pub headers: Option<Vec<String>>,
    pub user_agent: Option<String>,
    pub max_response_bytes: Option<f64>,
    pub endpoints: Option<Vec<String>>,
}

impl NativeClientOptions {
    /// The same as the core takes it; what is absent stays as it is in `core`.
    pub(crate) fn apply(self, mut core: ClientBuilder) -> Result<ClientBuilder, Error> {
        if let Some(it) = self.api_key {
            core = core.api_key(it);
        }
        if let Some(it) = self.base_url {
            core = core.base_url(it);
        }
        if let Some(it) = self.timeout {
            core = core.timeout(milliseconds("timeout", it)?);
        }
        if let Some(it) = self.connect_timeout {
            core = core.connect_timeout(milliseconds("connect_timeout", it)?);
        }
        if let Some(it) = self.max_retries {
            core = core.max_retries(count("max_retries", it)?);
        }
        if let Some(it) = self.max_connections {
            core = core.max_connections(size("max_connections", it)?);
        }
        if let Some(it) = self.max_hold {
            core = core.max_hold(milliseconds("max_hold", it)?);
        }
        if let Some(it) = self.max_rate {
            core = core.max_rate(it);
        }
        for (key, value) in pairs(self.spend_limit) {
            core = core.spend_limit(key, value);
        }
        for (key, value) in pairs(self.max_cost) {
            core = core.max_cost(key, value);
        }
        if let Some(it) = self.http2 {
            core = core.http2(it);
        }
        if let Some(it) = self.keep_alive {
            core = core.keep_alive(it);
        }
        if let Some(it) = self.proxy {
            core = core.proxy(it);
        }
        if let Some(it) = self.trust_env {
            core = core.trust_env(it);
        }
        if let Some(it) = self.ca_file {
            core = core.ca_file(it);
        }
        if let Some(it) = self.client_cert_file {
            core = core.client_cert_file(it);
        }
        if let Some(it) = self.client_key_file {
            core = core.client_key_file(it);
        }
        if let Some(it) = self.allow_http {
            core = core.allow_http(it);
        }
        for (key, value) in pairs(self.headers) {
            core = core.header(key, value);
        }
        if let Some(it) = self.user_agent {
            core = core.user_agent(it);
        }
        if let Some(it) = self.max_response_bytes {
            core = core.max_response_bytes(size("max_response_bytes", it)?);
        }
        for (key, value) in pairs(self.endpoints) {
            core = core.endpoint(snake_case(&key), value);
        }

        Ok(core)
    }
}

/// The package's own form of the core's `CallOptions`: durations are milliseconds, mappings
/// names and values in turn.
#[napi(object, object_to_js = false)]
pub struct NativeCallOptions {
    pub timeout: Option<f64>,
    pub max_retries: Option<f64>,
    pub headers: Option<Vec<String>>,
    pub fallback_codes: Option<Vec<String>>,
    pub key: Option<String>,
}

impl NativeCallOptions {
    /// The same as the core takes it; what is absent stays as it is in `core`.
    pub(crate) fn apply(self, mut core: CallOptions) -> Result<CallOptions, Error> {
        if let Some(it) = self.timeout {
            core = core.timeout(milliseconds("timeout", it)?);
        }
        if let Some(it) = self.max_retries {
            core = core.max_retries(count("max_retries", it)?);
        }
        for (key, value) in pairs(self.headers) {
            core = core.header(key, value);
        }
        if let Some(it) = self.fallback_codes {
            core = core.fallback_codes(it);
        }
        if let Some(it) = self.key {
            core = core.key(it);
        }

        Ok(core)
    }
}

/// The package's own form of the core's `MessageFilter`: durations are milliseconds, mappings
/// names and values in turn.
#[napi(object, object_to_js = false)]
pub struct NativeFilter {
    pub channel: Option<String>,
    pub status: Option<String>,
    pub recipient: Option<String>,
    pub sender: Option<String>,
    pub since: Option<String>,
    pub until: Option<String>,
    pub page: Option<f64>,
    pub limit: Option<f64>,
    pub query: Option<Vec<String>>,
}

impl NativeFilter {
    /// The same as the core takes it; what is absent stays as it is in `core`.
    pub(crate) fn apply(self, mut core: MessageFilter) -> Result<MessageFilter, Error> {
        if let Some(it) = self.channel {
            core = core.channel(it);
        }
        if let Some(it) = self.status {
            core = core.status(it);
        }
        if let Some(it) = self.recipient {
            core = core.recipient(it);
        }
        if let Some(it) = self.sender {
            core = core.sender(it);
        }
        if let Some(it) = self.since {
            core = core.since(it);
        }
        if let Some(it) = self.until {
            core = core.until(it);
        }
        if let Some(it) = self.page {
            core = core.page(count("page", it)?);
        }
        if let Some(it) = self.limit {
            core = core.limit(count("limit", it)?);
        }
        for (key, value) in pairs(self.query) {
            core = core.query(key, value);
        }

        Ok(core)
    }
}

/// The package's own form of the core's `Request`: durations are milliseconds, mappings
/// names and values in turn.
#[napi(object, object_to_js = false)]
pub struct NativeRequest {
    pub method: String,
    pub path: String,
    pub query: Option<Vec<String>>,
    pub json: Option<String>,
    pub idempotent: Option<bool>,
}

impl NativeRequest {
    /// The same as the core takes it; what is absent stays as it is in `core`.
    pub(crate) fn apply(self, mut core: Request) -> Result<Request, Error> {
        for (key, value) in pairs(self.query) {
            core = core.query(key, value);
        }
        if let Some(it) = self.json {
            core = core.json(it);
        }
        if let Some(it) = self.idempotent {
            core = core.idempotent(it);
        }

        Ok(core)
    }
}
