//! What a sandbox is started with.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ControlError, parse};
use crate::show::ShowInbox;
use crate::state::State;

/// The API key of a sandbox that was given none.
pub const DEFAULT_API_KEY: &str = "sandbox-key";

/// What a sandbox is started with. In JSON every field may be absent, and `state` is a
/// patch on the default state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ConfigFields")]
pub struct Config {
    /// Where to listen: a loopback address, because this server holds no secret and
    /// obeys every program that can reach it. Port 0, the default, takes a free one.
    pub listen: SocketAddr,
    /// The key that requests have to carry. [`DEFAULT_API_KEY`] by default.
    pub api_key: String,
    /// The state at the start and after a reset.
    pub state: State,
    /// How the inbox is shown at the start; `None`: as the environment variable
    /// `PARTNER_MESSAGING_INBOX` says, `print`, `open` or `off`.
    pub inbox: Option<ShowInbox>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_key: DEFAULT_API_KEY.to_owned(),
            state: State::default(),
            inbox: None,
        }
    }
}

impl Config {
    /// Reads a configuration from JSON, such as `{"api_key": "k", "state": {"balance": "1.00"}}`.
    pub fn from_json(text: &str) -> Result<Config, ControlError> {
        parse::<ConfigFields>(text)?.try_into()
    }

    pub(crate) fn check(&self) -> Result<(), ControlError> {
        if !self.listen.ip().is_loopback() {
            return Err(ControlError::at(
                "listen",
                format!(
                    "{} is not a loopback address; the sandbox is for this machine only",
                    self.listen.ip()
                ),
            ));
        }
        let key = self.api_key.as_bytes();
        let sendable = key.iter().all(|byte| (0x20..0x7f).contains(byte));
        if key.is_empty() || !sendable || key.trim_ascii() != key {
            return Err(ControlError::at(
                "api_key",
                "must be printable ASCII that a header can carry, and not empty",
            ));
        }
        self.state.check().map_err(|error| error.within("state"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFields {
    listen: Option<SocketAddr>,
    api_key: Option<String>,
    state: Option<Value>,
    inbox: Option<ShowInbox>,
}

impl TryFrom<ConfigFields> for Config {
    type Error = ControlError;

    fn try_from(fields: ConfigFields) -> Result<Config, ControlError> {
        let mut config = Config::default();
        if let Some(listen) = fields.listen {
            config.listen = listen;
        }
        if let Some(api_key) = fields.api_key {
            config.api_key = api_key;
        }
        if let Some(patch) = fields.state {
            config.state = config.state.patched(&patch).map_err(|error| error.within("state"))?;
        }
        config.inbox = fields.inbox;
        config.check()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_may_be_absent() {
        assert_eq!(Config::from_json("{}").unwrap(), Config::default());
    }

    #[test]
    fn a_state_is_a_patch_on_the_default() {
        let config = Config::from_json(
            r#"{"api_key":"k","listen":"[::1]:0","inbox":"print","state":{"channels":{"SMS":"no_credentials"}}}"#,
        )
        .unwrap();
        assert_eq!(config.state.channels.len(), 3);
        let again = serde_json::to_string(&config).unwrap();
        assert_eq!(Config::from_json(&again).unwrap(), config);
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (text, field) in [
            (r#"{"listen":"0.0.0.0:1"}"#, "listen"),
            (r#"{"listen":"here"}"#, "listen"),
            (r#"{"api_key":""}"#, "api_key"),
            (r#"{"api_key":"a\n"}"#, "api_key"),
            (r#"{"state":{"balance":true}}"#, "state.balance"),
            (r#"{"state":[]}"#, "state"),
            (r#"{"inbox":"draw"}"#, "inbox"),
        ] {
            let error = Config::from_json(text).unwrap_err();
            assert_eq!(error.field(), Some(field), "{text}: {error}");
        }
        let error = Config::from_json(r#"{"port":1}"#).unwrap_err();
        assert!(error.to_string().contains("port"), "{error}");
        assert!(Config::from_json("{} x").is_err());
    }
}
