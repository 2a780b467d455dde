//! The local server for trying things.

use std::net::SocketAddr;

use partner_messaging_sandbox::{Config, Sandbox, ShowInbox};
use serde_json::json;

use super::Context;
use crate::arguments::SandboxArgs;
use crate::output;
use crate::status::{Failure, Status};

pub(super) fn run(context: &Context, arguments: SandboxArgs) -> Result<Status, Failure> {
    let config = config(arguments)?;
    let listen = config.listen;
    // Before anyone can know that the sandbox runs, so that no signal is missed.
    context.interrupt.defer();
    let sandbox = Sandbox::start_with(config).map_err(|error| Failure::File(format!("{listen}: {error}")))?;
    // Whoever closed standard output does not need the lines, but may need the server.
    let _ = match context.json {
        true => output::line(json!({"url": sandbox.url(), "api_key": sandbox.api_key()})),
        false => output::line(format_args!(
            "listening on {url}\n\n\
             Copy this to where you try it:\n\n\
             export PARTNER_MESSAGING_API_KEY={key}\n\
             export PARTNER_MESSAGING_BASE_URL={url}\n\n\
             What it gets is shown at {url}/; it ends with Ctrl-C.",
            url = sandbox.url(),
            key = sandbox.api_key(),
        )),
    };
    context.interrupt.wait();
    sandbox.stop();
    Ok(Status::Success)
}

fn config(arguments: SandboxArgs) -> Result<Config, Failure> {
    let mut config = Config { listen: listen(&arguments.listen)?, ..Config::default() };
    if let Some(balance) = &arguments.balance {
        let patched = config.state.patched(&json!({ "balance": balance }));
        config.state = patched.map_err(|error| Failure::usage(format!("--balance: {}", error.problem())))?;
    }
    if let Some(state) = &arguments.state {
        let wrong = |problem: &dyn std::fmt::Display| Failure::usage(format!("--state: {problem}"));
        let patch = serde_json::from_str(state).map_err(|error| wrong(&error))?;
        config.state = config.state.patched(&patch).map_err(|error| wrong(&error))?;
    }
    config.inbox = match arguments.inbox.as_deref() {
        None => None,
        Some("print") => Some(ShowInbox::Print),
        Some("open") => Some(ShowInbox::Open),
        Some("off") => Some(ShowInbox::Off),
        Some(_) => return Err(Failure::usage("--inbox: must be print, open or off")),
    };
    Ok(config)
}

fn listen(text: &str) -> Result<SocketAddr, Failure> {
    // The name is not looked up: what it stands for is known.
    let address = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    match address.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => {
            Err(Failure::usage("--listen: must be a loopback address; the sandbox is for this machine only"))
        }
        Err(_) => Err(Failure::usage("--listen: must be an address such as 127.0.0.1:8787")),
    }
}
