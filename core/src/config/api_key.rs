//! The API key.

use std::fmt;

use zeroize::Zeroizing;

use super::env::Environment;
use crate::error::Error;
use crate::util::redact::REDACTED;

const API_KEY_VARIABLE: &str = "PARTNER_MESSAGING_API_KEY";

/// The API key: wiped from memory when dropped, never printed.
#[derive(Clone)]
pub(crate) struct ApiKey(Zeroizing<String>);

impl ApiKey {
    pub(crate) fn new(key: String) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The key itself, for the one header that carries it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// The key from the option or the environment, fit for a header.
pub(super) fn api_key(given: Option<ApiKey>, environment: &Environment) -> Result<ApiKey, Error> {
    let (key, origin) = match given {
        Some(key) => (key, String::new()),
        None => match environment.variable(API_KEY_VARIABLE)? {
            Some(key) => (ApiKey::new(key), format!(" (from {API_KEY_VARIABLE})")),
            None => {
                return Err(Error::config(
                    "api_key",
                    format!("is missing: pass it, or set {API_KEY_VARIABLE} in the environment"),
                ));
            }
        },
    };
    let text = key.reveal();
    if text.is_empty() {
        return Err(Error::config("api_key", "must not be empty"));
    }
    if text.len() > 1 && ['"', '\''].iter().any(|quote| text.starts_with(*quote) && text.ends_with(*quote)) {
        return Err(Error::config("api_key", format!("stands in quotes: leave them out{origin}")));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let problem = "has a blank, a line break or another character that no header can carry";
        return Err(Error::config("api_key", format!("{problem}{origin}")));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", ApiKey::new("very-secret".into())), "[redacted]");
    }
}
