//! Runs the shared cases of `tests/vectors` through the asynchronous and the blocking client.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use partner_messaging::{
    CallOptions, ClientBuilder, Email, Envelope, Error, Message, Outcome, Receipt, Sms, WhatsApp, WireMessage,
};
use partner_messaging_sandbox::{Fault, Sandbox};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    client: Options,
    #[serde(default)]
    call: Options,
    message: Option<Value>,
    state: Option<Value>,
    #[serde(default)]
    faults: Vec<Fault>,
    requests: Option<Vec<ExpectedRequest>>,
    receipt: Option<Value>,
    error: Option<Value>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    api_key: Option<String>,
    base_url: Option<String>,
    timeout_ms: Option<u64>,
    connect_timeout_ms: Option<u64>,
    max_retries: Option<u32>,
    max_connections: Option<usize>,
    max_response_bytes: Option<usize>,
    user_agent: Option<String>,
    proxy: Option<String>,
    trust_env: Option<bool>,
    ca_file: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRequest {
    headers: BTreeMap<String, String>,
    json: Value,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path).unwrap();
            let found: Vec<Case> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(!found.is_empty());
            cases.extend(found);
        }
    }
    cases
}

fn builder(options: &Options, sandbox: &Sandbox) -> ClientBuilder {
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
    options.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value))
}

fn call_options(options: &Options) -> CallOptions {
    let mut call = CallOptions::new();
    if let Some(ms) = options.timeout_ms {
        call = call.timeout(Duration::from_millis(ms));
    }
    if let Some(retries) = options.max_retries {
        call = call.max_retries(retries);
    }
    options.headers.iter().fold(call, |call, (name, value)| call.header(name, value))
}

/// The message in Rust's own form, or in its wire form.
fn envelope(message: &Value) -> Result<Envelope, Error> {
    let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    let given = |name: &str| message[name].as_str().map(str::to_owned);
    let variables: BTreeMap<String, String> =
        serde_json::from_value(message.get("template_variables").cloned().unwrap_or(json!({}))).unwrap();
    match message["type"].as_str() {
        Some("whatsapp") => WhatsApp {
            to: text("to"),
            from: text("from"),
            template_id: text("template_id"),
            template_variables: variables,
        }
        .envelope(),
        Some("sms") => Sms {
            to: text("to"),
            sender_id: given("sender_id"),
            template_id: given("template_id"),
            template_variables: variables,
            content: given("content"),
        }
        .envelope(),
        Some("email") => Email::new(text("to"), text("subject"), text("html_content")).envelope(),
        Some("wire") => WireMessage::from_value(&message["json"])?.envelope(),
        other => panic!("no such type of message: {other:?}"),
    }
}

fn receipt_facts(receipt: &Receipt) -> Value {
    json!({
        "message_id": receipt.message_id,
        "recipient": receipt.recipient,
        "channel": receipt.channel,
        "status": receipt.status,
        "cost": receipt.cost.map(|cost| cost.to_string()),
        "currency": receipt.currency,
        "message": receipt.message,
        "attempts": receipt.attempts,
        "raw": serde_json::from_str::<Value>(receipt.raw()).unwrap(),
    })
}

fn error_facts(error: &Error) -> Value {
    json!({
        "class": error.class().name(),
        "outcome": error.outcome().map(Outcome::as_str),
        "kind": error.kind().as_str(),
        "code": error.code(),
        "status": error.status(),
        "field": error.field(),
        "attempts": error.attempts(),
        "retry_after_ms": error.retry_after().map(|pause| u64::try_from(pause.as_millis()).unwrap()),
        "request_id": error.request_id(),
        "body": error.body(),
    })
}

fn check(case: &Case, result: &Result<Option<Receipt>, Error>, sandbox: &Sandbox) {
    let name = &case.name;
    let (expected, facts) = match (result, &case.receipt, &case.error) {
        (Ok(Some(receipt)), Some(expected), None) => (expected, receipt_facts(receipt)),
        (Err(error), None, Some(expected)) => {
            check_text(name, expected, &format!("{error} {error:?}"));
            (expected, error_facts(error))
        }
        _ => panic!("{name}: {result:?}"),
    };
    for (member, value) in expected.as_object().unwrap() {
        if !member.starts_with("text_") {
            assert_eq!(&facts[member], value, "{name}: {member} of {facts}");
        }
    }
    if let Some(expected) = &case.requests {
        let recorded = sandbox.requests();
        assert_eq!(recorded.len(), expected.len(), "{name}: requests");
        for (request, expected) in recorded.iter().zip(expected) {
            assert_eq!(
                (request.method.as_str(), request.path.as_str()),
                ("POST", "/partner/message/send"),
                "{name}"
            );
            assert_eq!(request.json.as_ref(), Some(&expected.json), "{name}");
            for header in &expected.headers {
                let found = request.headers.iter().any(|(name, value)| (name, value) == header);
                assert!(found, "{name}: {header:?} in {:?}", request.headers);
            }
        }
    }
}

fn check_text(name: &str, expected: &Value, text: &str) {
    let list = |member: &str| expected[member].as_array().cloned().unwrap_or_default();
    for part in list("text_has") {
        assert!(text.contains(part.as_str().unwrap()), "{name}: {part} in {text}");
    }
    for part in list("text_lacks") {
        assert!(!text.contains(part.as_str().unwrap()), "{name}: {part} in {text}");
    }
}

fn run_all(send: impl Fn(ClientBuilder, Option<Envelope>, CallOptions) -> Result<Option<Receipt>, Error>) {
    let sandbox = Sandbox::start().unwrap();
    let cases = cases();
    assert!(cases.len() > 100, "only {} cases", cases.len());
    for case in &cases {
        sandbox.reset();
        if let Some(state) = &case.state {
            sandbox.set_state(state).unwrap();
        }
        case.faults.iter().for_each(|fault| sandbox.push_fault(fault.clone()));
        let envelope = case.message.as_ref().map(envelope).transpose();
        let result = envelope
            .and_then(|envelope| send(builder(&case.client, &sandbox), envelope, call_options(&case.call)));
        check(case, &result, &sandbox);
    }
}

#[test]
fn asynchronous() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    run_all(|builder, message, options| {
        runtime.block_on(async move {
            let client = builder.build()?;
            match message {
                Some(message) => client.send_with(&message, &options).await.map(Some),
                None => Ok(None),
            }
        })
    });
}

#[test]
fn blocking() {
    run_all(|builder, message, options| {
        let client = builder.build_blocking()?;
        message.map(|message| client.send_with(&message, &options)).transpose()
    });
}
