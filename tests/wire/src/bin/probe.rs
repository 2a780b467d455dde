//! Sends one message as the environment says, and prints the outcome; for tests
//! of what a process takes from its environment.

use std::time::Duration;

use partner_messaging::{CallOptions, Error, Outcome, RootsVariable, Sms, blocking};

/// Those of a language of the probe's own.
const ROOTS: &[RootsVariable] = &[
    RootsVariable::Replaces("PROBE_CA_BUNDLE"),
    RootsVariable::Replaces("PROBE_CA_BUNDLE_2"),
    RootsVariable::Adds("PROBE_EXTRA_CA_CERTS"),
];

fn send() -> Result<(), Error> {
    let mut builder = blocking::Client::builder().max_retries(0).roots_variables(ROOTS);
    if let Ok(url) = std::env::var("PROBE_PROXY") {
        builder = builder.proxy(url);
    }
    if let Ok(file) = std::env::var("PROBE_CA_FILE") {
        builder = builder.ca_file(file);
    }
    if let Ok(trust) = std::env::var("PROBE_TRUST_ENV") {
        builder = builder.trust_env(trust == "true");
    }
    if std::env::var("PROBE_ALLOW_HTTP").is_ok() {
        builder = builder.allow_http(true);
    }
    if let Some(timeout) = std::env::var("PROBE_TIMEOUT_MS").ok().and_then(|text| text.parse().ok()) {
        builder = builder.timeout(Duration::from_millis(timeout));
    }
    let message = Sms::text("+6591234567", "call-1.");
    if std::env::var("PROBE_BACKGROUND").is_err() {
        return builder.build_blocking()?.send(&message).map(drop);
    }
    let (done, result) = std::sync::mpsc::channel();
    builder.build_background()?.submit(
        CallOptions::new(),
        async move |client, options| client.send_opts(&message, &options).await,
        move |ended| drop(done.send(ended)),
    )?;
    result.recv().unwrap_or_else(|_| unreachable!("a call ends")).map(drop)
}

fn main() {
    match send() {
        Ok(()) => println!("sent"),
        Err(error) => {
            let field = error.field().unwrap_or_default();
            println!("{}/{}/{field}", error.outcome().map_or("", Outcome::as_str), error.kind());
            eprintln!("{}: {error}", error.class().name());
        }
    }
}
