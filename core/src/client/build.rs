//! Making clients of options.

use super::background;
use super::blocking;
use super::client::Client;
use crate::call::Shared;
use crate::config::{ClientBuilder, Config};
use crate::error::Error;

impl ClientBuilder {
    /// Checks the options and makes a client, without any I/O but reading files of
    /// certificates and the journal, if it is a file.
    ///
    /// # Errors
    /// [`ErrorClass::Config`](crate::ErrorClass::Config), naming the option at fault.
    pub fn build(self) -> Result<Client, Error> {
        Client::new(&self.checked()?, &Shared::new(&self))
    }

    /// Like [`build`](Self::build), for a client whose calls block.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn build_blocking(self) -> Result<blocking::Client, Error> {
        blocking::Client::new(self.checked()?, Shared::new(&self))
    }

    /// Like [`build`](Self::build), for a client whose calls run in the background; for bindings.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn build_background(self) -> Result<background::Client, Error> {
        background::Client::new(self.checked()?, Shared::new(&self))
    }

    /// The options, each checked; a journal that is a file, too: whether it is of this
    /// client's origin.
    fn checked(&self) -> Result<Config, Error> {
        let config = Config::new(self)?;
        if let Some(journal) = config.journal.as_ref().filter(|journal| journal.is_local()) {
            journal.session()?.bind_origin(&config.endpoints.origin()).wait()?;
        }
        Ok(config)
    }
}
