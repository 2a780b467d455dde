//! Variables of the environment.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;

use crate::error::Error;

const ALLOW_VARIABLE: &str = "PARTNER_MESSAGING_ALLOW";

/// What is wrong with a host that is not this machine while only loopback is allowed.
pub(super) const NOT_LOOPBACK: &str = "must be on loopback, because PARTNER_MESSAGING_ALLOW=loopback is set, as test runs do: use a sandbox, or unset that variable";

/// The environment that a client's options come from: the process's, or the one that a
/// binding gave, where a thread of its language has its own.
#[derive(Clone, Default)]
pub(crate) struct Environment(Option<Arc<HashMap<String, String>>>);

impl Environment {
    pub(super) fn from_variables(variables: HashMap<String, String>) -> Self {
        Self(Some(Arc::new(variables)))
    }

    /// A variable, also an empty one.
    pub(super) fn os_variable(&self, name: &str) -> Option<OsString> {
        match &self.0 {
            Some(variables) => variables.get(name).map(OsString::from),
            None => std::env::var_os(name),
        }
    }

    /// A variable; an empty one counts as not set.
    pub(super) fn variable(&self, name: &str) -> Result<Option<String>, Error> {
        match self.os_variable(name).map(OsString::into_string) {
            Some(Ok(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(Error::config(name, "is not valid UTF-8")),
            None => Ok(None),
        }
    }

    /// The first of these variables that is set, with its name.
    pub(super) fn first_variable(
        &self,
        names: &[&'static str],
    ) -> Result<Option<(&'static str, String)>, Error> {
        for name in names {
            if let Some(value) = self.variable(name)? {
                return Ok(Some((name, value)));
            }
        }
        Ok(None)
    }

    /// Whether it allows connections to this machine only, as test runs set it.
    pub(super) fn only_loopback(&self) -> Result<bool, Error> {
        match self.variable(ALLOW_VARIABLE)?.as_deref() {
            None => Ok(false),
            Some("loopback") => Ok(true),
            Some(_) => Err(Error::config(ALLOW_VARIABLE, "must be `loopback`, its only value, or unset")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_environment_counts_instead_of_the_process_s() {
        assert!(Environment::default().variable("PATH").unwrap().is_some());
        let given = Environment::from_variables(HashMap::from([
            ("A".to_owned(), String::new()),
            ("B".to_owned(), "b".to_owned()),
        ]));
        assert_eq!(given.variable("PATH").unwrap(), None);
        assert_eq!(given.variable("A").unwrap(), None);
        assert_eq!(given.os_variable("A"), Some(OsString::new()));
        assert_eq!(given.first_variable(&["A", "B"]).unwrap(), Some(("B", "b".to_owned())));
    }

    #[test]
    fn the_only_value_of_allow_is_loopback() {
        let given = |value: &str| {
            Environment::from_variables(HashMap::from([(ALLOW_VARIABLE.to_owned(), value.to_owned())]))
                .only_loopback()
        };
        assert!(given("loopback").unwrap());
        assert!(!given("").unwrap());
        assert_eq!(given("all").unwrap_err().field(), Some(ALLOW_VARIABLE));
    }
}
