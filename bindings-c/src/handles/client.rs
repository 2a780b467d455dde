//! The client.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use partner_messaging::{Error, JournalHandle, background, blocking};

use super::argument::ArgumentError;
use super::call_count::CallCount;
use super::journal;
use super::options::pm_options;

/// A client of the service. It may be used from any number of threads at once,
/// and in a process forked from the one that made it.
pub struct pm_client(Arc<ClientState>);

/// What a client shares with its lists, which may outlive it.
pub(crate) struct ClientState {
    pub(crate) blocking: blocking::Client,
    /// For submitted calls; made when the first one is submitted.
    background: OnceLock<background::Client>,
    own_thread: bool,
    closed: AtomicBool,
    /// The submitted calls that have not ended.
    pub(crate) in_flight: Arc<CallCount>,
    /// Those, and those whose completion nobody has taken yet.
    pub(crate) queued: Arc<CallCount>,
    journal: Option<JournalHandle>,
}

impl pm_client {
    pub(crate) fn new(options: Option<&pm_options>) -> Result<Self, Error> {
        let builder = pm_options::builder(options)?.language("c");
        let journal = builder.opened_journal().cloned();
        Ok(Self(Arc::new(ClientState {
            blocking: builder.build_blocking()?,
            background: OnceLock::new(),
            own_thread: options.is_some_and(|options| options.own_thread),
            closed: AtomicBool::new(false),
            in_flight: Arc::default(),
            queued: Arc::default(),
            journal,
        })))
    }

    pub(crate) fn state(&self) -> &Arc<ClientState> {
        &self.0
    }

    pub(crate) fn require(client: Option<&Self>) -> Result<&Arc<ClientState>, ArgumentError> {
        let missing = ArgumentError::null("client", "a client");
        let client = client.map(Self::state).ok_or(missing)?;
        if let Some(journal) = &client.journal {
            journal::start(journal);
        }
        Ok(client)
    }
}

impl ClientState {
    /// The client for submitted calls.
    pub(crate) fn background(&self) -> Result<&background::Client, Error> {
        if let Some(client) = self.background.get() {
            return Ok(client);
        }
        // Made outside of the cell: of two threads that get here at once, one
        // drops what it made, and neither waits for the other.
        let made = self.blocking.background()?;
        let made = if self.own_thread { made.with_own_thread() } else { made };
        let client = self.background.get_or_init(|| made);
        if self.is_closed() {
            client.close();
        }
        Ok(client)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.blocking.close();
        if let Some(client) = self.background.get() {
            client.close();
        }
    }
}
