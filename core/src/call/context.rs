//! What a call needs of its client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwapOption;

use super::Operation;
use super::ledger::Ledger;
use super::limits::{Admission, Pace, SharedCounts, SpendLimit};
use super::retry::{Budget, Retries};
use crate::config::{Cancel, ClientBuilder, Config};
use crate::error::Error;
use crate::journal::Session;
use crate::telemetry::{EventEmitter, Observer};
use crate::transport::Transport;
use crate::types::Spending;
use crate::util::PerProcess;

/// Everything that the calls of one client share.
pub(crate) struct Context {
    pub(crate) config: Config,
    /// `None` once the client is closed.
    pub(super) transport: ArcSwapOption<Transport>,
    pub(super) admission: Arc<Admission>,
    pub(super) pace: Option<Arc<Pace>>,
    pub(super) spend_limit: Option<Arc<SpendLimit>>,
    pub(super) budget: Budget,
    /// What the limits count with; it is shared while it is held.
    _counts: Arc<SharedCounts>,
    pub(super) observer: Observer,
    pub(crate) ledger: Arc<Ledger>,
    /// Whether the journal is known to be of this client's origin.
    journal_bound: AtomicBool,
    /// Cancelled to end what is still under way when the client closes.
    pub(crate) closing: Cancel,
}

impl Context {
    pub(crate) fn new(config: &Config, shared: &Shared) -> Result<Self, Error> {
        let counts = match &config.journal {
            Some(journal) => SharedCounts::for_journal(journal),
            None => shared.counts(),
        };
        let has_limit = !config.spend_limit.is_empty();
        let spend_limit = || counts.spend_limit(config.spend_limit.clone(), config.max_cost.clone());
        Ok(Self {
            transport: ArcSwapOption::from_pointee(Transport::new(config)?),
            admission: Admission::new(config.max_connections, config.max_hold),
            pace: config.max_rate.map(|rate| counts.pace(rate, config.journal.as_ref())),
            spend_limit: has_limit.then(spend_limit),
            budget: Budget::new(),
            _counts: counts,
            observer: shared.observer.clone(),
            ledger: shared.ledger(),
            journal_bound: AtomicBool::new(false),
            closing: Cancel::new(),
            config: config.clone(),
        })
    }

    /// Emits the events of a call of this operation.
    pub(super) fn emitter<'a, O: Operation + ?Sized>(&'a self, operation: &'a O) -> EventEmitter<'a> {
        EventEmitter {
            observer: &self.observer,
            call: operation.name(),
            effect: operation.effect(),
            message: operation.message(),
        }
    }

    /// Makes the journal belong to the client's origin, or finds out that it belongs to
    /// another one.
    ///
    /// # Errors
    /// `ConfigError` with the field `journal`, which names both; `JournalError`.
    pub(super) async fn bind_journal(&self, journal: &Session) -> Result<(), Error> {
        if !self.journal_bound.load(Ordering::Relaxed) {
            journal.bind_origin(&self.config.endpoints.origin()).await?;
            self.journal_bound.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The retries of a call, or of one message of many.
    pub(crate) fn retries(&self, max: u32) -> Retries<'_> {
        Retries::new(&self.budget, self.config.max_hold, max)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.transport.load().is_none()
    }

    /// Ends the calls under way and refuses further ones. Idempotent; never blocks.
    pub(crate) fn close(&self) {
        self.transport.store(None);
        self.closing.cancel();
        if let Some(pace) = &self.pace {
            pace.close();
        }
        self.config.close_journal();
    }
}

/// What the clients that are made of one set of options share: one that blocks
/// and one in the background, and those that a fork makes anew.
#[derive(Clone)]
pub(crate) struct Shared {
    observer: Observer,
    ledger: Arc<PerProcess<Ledger>>,
    counts: Arc<PerProcess<SharedCounts>>,
}

impl Shared {
    pub(crate) fn new(options: &ClientBuilder) -> Self {
        Self {
            observer: options.observer.clone().with_log_of_environment(),
            ledger: Arc::new(PerProcess::new()),
            counts: Arc::new(PerProcess::new()),
        }
    }

    pub(crate) fn observer(&self) -> &Observer {
        &self.observer
    }

    pub(crate) fn spending(&self) -> Vec<Spending> {
        self.ledger().read()
    }

    pub(crate) fn reset_spending(&self) -> Vec<Spending> {
        self.ledger().take()
    }

    /// What this process's clients count together.
    fn counts(&self) -> Arc<SharedCounts> {
        let Ok(counts) = self.counts.get(|| Ok::<_, std::convert::Infallible>(SharedCounts::default()));
        counts
    }

    /// This process's ledger.
    fn ledger(&self) -> Arc<Ledger> {
        let Ok(ledger) = self.ledger.get(|| Ok::<_, std::convert::Infallible>(Ledger::default()));
        ledger
    }
}
