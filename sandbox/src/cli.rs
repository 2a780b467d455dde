//! The arguments of the program.

use std::net::{Ipv4Addr, SocketAddr};

use partner_messaging_sandbox::{Config, DEFAULT_API_KEY, ShowInbox};
use serde_json::json;

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8787);

/// What the program is asked to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Serve(Box<Config>),
    Help,
    Version,
}

/// Reads the arguments, without the program's name. The error is one line for the user.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut arguments = arguments;
    let mut config = Config { listen: DEFAULT_LISTEN, ..Config::default() };
    while let Some(argument) = arguments.next() {
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        let mut value = || {
            let value = attached.clone().or_else(|| arguments.next());
            value.ok_or_else(|| format!("{name} needs a value"))
        };
        match name {
            "--listen" => config.listen = listen(&value()?)?,
            "--api-key" => config.api_key = value()?,
            "--balance" => {
                config.state = config
                    .state
                    .patched(&json!({"balance": value()?}))
                    .map_err(|error| format!("--balance: {}", error.problem()))?;
            }
            "--state" => {
                let patch = serde_json::from_str(&value()?).map_err(|error| format!("--state: {error}"))?;
                config.state = config.state.patched(&patch).map_err(|error| format!("--state: {error}"))?;
            }
            "--inbox" => config.inbox = Some(inbox(&value()?)?),
            "-h" | "--help" if attached.is_none() => return Ok(Task::Help),
            "-V" | "--version" if attached.is_none() => return Ok(Task::Version),
            _ => return Err(format!("unknown argument {argument:?}")),
        }
    }
    if !config.listen.ip().is_loopback() {
        return Err(format!(
            "--listen: {} is not a loopback address; the sandbox is for this machine only",
            config.listen.ip()
        ));
    }
    Ok(Task::Serve(Box::new(config)))
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    // The name is not looked up: what it stands for is known.
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("{}:{port}", Ipv4Addr::LOCALHOST),
        None => text.to_owned(),
    };
    text.parse().map_err(|_| format!("--listen: {text:?} is not an address such as {DEFAULT_LISTEN}"))
}

fn inbox(text: &str) -> Result<ShowInbox, String> {
    match text {
        "print" => Ok(ShowInbox::Print),
        "open" => Ok(ShowInbox::Open),
        "off" => Ok(ShowInbox::Off),
        _ => Err(format!("--inbox: {text:?} is not print, open or off")),
    }
}

pub(crate) fn usage() -> String {
    format!(
        "A local server that speaks the Partner Messaging API, for development and tests.

Usage: partner-messaging-sandbox [OPTIONS]

Options:
  --listen ADDRESS:PORT  where to listen, loopback only; port 0 takes a free one
                         [default: {DEFAULT_LISTEN}]
  --api-key KEY          the key that requests have to carry [default: {DEFAULT_API_KEY}]
  --balance AMOUNT       the credit at the start [default: 100.00]
  --state JSON           a patch of the state at the start, for example
                         '{{\"channels\": {{\"WHATSAPP\": \"not_configured\"}}}}'
  --inbox print|open|off print the address of its page on standard error, open it in
                         a browser, or neither [default: what the environment
                         variable PARTNER_MESSAGING_INBOX says, else off]
  -h, --help             print this
  -V, --version          print the version

A browser shows what it got at the address on which it listens. State, record and
faults are at POST /sandbox/control, too, for example:
  curl --json '{{\"op\":\"requests\"}}' http://{DEFAULT_LISTEN}/sandbox/control
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Task, String> {
        parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn both_forms_of_a_value_are_taken() {
        for arguments in [
            &["--listen", "127.0.0.1:9", "--state={\"balance\": \"2.50\"}", "--api-key", "k=v"][..],
            &["--listen=localhost:9", "--balance", "2.50", "--api-key=k=v"][..],
        ] {
            let Task::Serve(config) = parsed(arguments).unwrap() else {
                panic!("{arguments:?}");
            };
            assert_eq!(config.listen.to_string(), "127.0.0.1:9");
            assert_eq!(config.state.balance.to_string(), "2.50");
            assert_eq!(config.api_key, "k=v");
        }
        assert_eq!(parsed(&["--help"]), Ok(Task::Help));
        assert_eq!(parsed(&["-V"]), Ok(Task::Version));
    }

    #[test]
    fn an_error_names_the_argument() {
        for (arguments, named) in [
            (&["--listen"][..], "--listen"),
            (&["--listen", "8787"][..], "--listen"),
            (&["--listen", "0.0.0.0:8787"][..], "loopback"),
            (&["--balance", "lots"][..], "--balance"),
            (&["--state", "{"][..], "--state"),
            (&["--state", r#"{"balance": "lots"}"#][..], "balance"),
            (&["--inbox", "draw"][..], "--inbox"),
            (&["--port", "1"][..], "--port"),
            (&["--help=x"][..], "--help"),
            (&["serve"][..], "serve"),
        ] {
            let error = parsed(arguments).unwrap_err();
            assert!(error.contains(named), "{arguments:?}: {error}");
        }
    }
}
