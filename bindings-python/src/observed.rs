//! A client that is observed only while somebody wants its events.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use partner_messaging::{ClientBuilder, Error};
use pyo3::prelude::*;

use crate::events;

/// Two clients from the same options: one whose calls compute no events, one
/// whose calls do. The second is made when it is first asked for, and most
/// programs only ever have one of them. Each has connections of its own.
pub(crate) struct Observed<C> {
    builder: ClientBuilder,
    make: fn(ClientBuilder) -> Result<C, Error>,
    close: fn(&C),
    plain: OnceLock<C>,
    observed: OnceLock<C>,
    /// `PARTNER_MESSAGING_LOG=debug`: a look at the events without any code.
    to_stderr: bool,
    closed: AtomicBool,
}

impl<C: Send + Sync> Observed<C> {
    /// Checks the options by making the client that the first call will most likely use.
    pub(crate) fn new(
        py: Python<'_>,
        builder: ClientBuilder,
        make: fn(ClientBuilder) -> Result<C, Error>,
        close: fn(&C),
        wanted: bool,
    ) -> Result<Self, Error> {
        let log = std::env::var("PARTNER_MESSAGING_LOG");
        let this = Self {
            builder,
            make,
            close,
            plain: OnceLock::new(),
            observed: OnceLock::new(),
            to_stderr: log.is_ok_and(|log| log.eq_ignore_ascii_case("debug")),
            closed: AtomicBool::new(false),
        };
        this.client(py, wanted)?;
        Ok(this)
    }

    /// The client for a call whose events are wanted, or not.
    pub(crate) fn client(&self, py: Python<'_>, wanted: bool) -> Result<&C, Error> {
        let observed = wanted || self.to_stderr;
        let slot = if observed { &self.observed } else { &self.plain };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let builder = self.builder.clone();
        let builder = if observed { builder.on_event(events::observer(self.to_stderr)) } else { builder };
        // Reading certificates takes a while.
        let made = py.detach(|| (self.make)(builder))?;
        let client = slot.get_or_init(|| made);
        if self.closed.load(Ordering::SeqCst) {
            (self.close)(client);
        }
        Ok(client)
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        for client in [&self.plain, &self.observed].into_iter().filter_map(OnceLock::get) {
            (self.close)(client);
        }
    }
}
