//! Sends one message as the environment says, and prints the verdict; for tests
//! of what a process takes from its environment.

use partner_messaging::{Error, Outcome, Sms, blocking};

fn send() -> Result<(), Error> {
    let mut builder = blocking::Client::builder().max_retries(0);
    if let Ok(file) = std::env::var("PROBE_CA_FILE") {
        builder = builder.ca_file(file);
    }
    if let Ok(trust) = std::env::var("PROBE_TRUST_ENV") {
        builder = builder.trust_env(trust == "true");
    }
    if std::env::var("PROBE_ALLOW_HTTP").is_ok() {
        builder = builder.allow_http(true);
    }
    builder.build_blocking()?.send(&Sms::text("+6591234567", "call-1."))?;
    Ok(())
}

fn main() {
    match send() {
        Ok(()) => println!("sent"),
        Err(error) => {
            let field = error.field().unwrap_or_default();
            println!("{}/{}/{field}", error.outcome().map_or("", Outcome::as_str), error.kind());
        }
    }
}
