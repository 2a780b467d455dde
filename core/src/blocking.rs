//! The client for programs that block: each call runs on the thread that makes it.
//!
//! There is no background thread: the calling thread drives a runtime of its
//! own client for as long as its call lasts. Between calls nothing runs.

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::builder::{CallOptions, ClientBuilder};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::error::Error;
use crate::message::Message;
use crate::process::PerProcess;
use crate::receipt::Receipt;

/// A client of the Partner Messaging API whose calls block.
///
/// It mirrors [`Client`](crate::Client). It may be used from any number of
/// threads at once, and in a process forked from the one that made it.
///
/// ```no_run
/// use partner_messaging::{Sms, blocking};
///
/// let client = blocking::Client::from_env()?;
/// let receipt = client.send(&Sms::text("+6591234567", "Hello"))?;
/// println!("sent as {}", receipt.message_id);
/// # Ok::<(), partner_messaging::Error>(())
/// ```
pub struct Client {
    config: Config,
    driven: PerProcess<Driven>,
    closed: Cancel,
}

/// A client and the runtime that its callers drive.
struct Driven {
    client: crate::Client,
    runtime: Option<Runtime>,
}

impl Driven {
    fn new(config: &Config) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::internal(format!("no runtime can be made: {error}")))?;
        Ok(Self { client: crate::Client::new(config)?, runtime: Some(runtime) })
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name being resolved can't be interrupted: don't wait for it.
            runtime.shutdown_background();
        }
    }
}

/// How often a blocked call looks whether it is to be interrupted.
const INTERRUPT_INTERVAL: Duration = Duration::from_millis(50);

impl Client {
    /// The options of a new client; [`ClientBuilder::build_blocking`] makes it.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client with the key and the base URL of the environment.
    ///
    /// # Errors
    /// As [`Client::from_env`](crate::Client::from_env).
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build_blocking()
    }

    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let client = Self { config, driven: PerProcess::new(), closed: Cancel::new() };
        // Made now, so that what can't work is told now.
        client.driven()?;
        Ok(client)
    }

    fn driven(&self) -> Result<std::sync::Arc<Driven>, Error> {
        self.driven.get(|| Driven::new(&self.config))
    }

    /// Sends one message, and tells what became of it.
    ///
    /// # Errors
    /// As [`Client::send`](crate::Client::send); besides `ConfigError` when
    /// called in an asynchronous context, where it would block the executor.
    pub fn send(&self, message: &impl Message) -> Result<Receipt, Error> {
        self.send_with(message, &CallOptions::default())
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_with(&self, message: &impl Message, options: &CallOptions) -> Result<Receipt, Error> {
        self.drive(|client| async move { client.send_with(message, options).await })
    }

    /// The same, and asks `tick` every 50 ms whether to go on; for bindings
    /// whose language has interrupts. On `Break` the call is cancelled and
    /// ends with its outcome. `tick` is called on this thread.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_interruptible(
        &self,
        message: &impl Message,
        options: &CallOptions,
        mut tick: impl FnMut() -> ControlFlow<()>,
    ) -> Result<Receipt, Error> {
        let cancel = options.cancel.clone().unwrap_or_default();
        let options = options.clone().cancel(&cancel);
        self.drive(|client| async move {
            let mut call = std::pin::pin!(client.send_with(message, &options));
            // The first tick comes after the first interval: most calls end before it.
            let mut ticks = interval_at(Instant::now() + INTERRUPT_INTERVAL, INTERRUPT_INTERVAL);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    biased;
                    result = &mut call => return result,
                    _ = ticks.tick() => if tick().is_break() {
                        cancel.cancel();
                    },
                }
            }
        })
    }

    /// Runs a call on this thread.
    fn drive<T, F: Future<Output = Result<T, Error>>>(
        &self,
        call: impl FnOnce(crate::Client) -> F,
    ) -> Result<T, Error> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(Error::config(
                "client",
                "is the blocking one, which can't be used in an asynchronous context; use partner_messaging::Client there",
            ));
        }
        let driven = self.driven()?;
        if self.closed.is_cancelled() {
            driven.client.close();
        }
        let Some(runtime) = &driven.runtime else { return Err(Error::internal("the runtime is gone")) };
        runtime.block_on(async {
            // Nothing ran since the last call: let the runtime see first what
            // the sockets have to tell (one turn to look, one to act on it), so
            // that a connection which the server closed meanwhile leaves the pool.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            call(driven.client.clone()).await
        })
    }

    /// A client with the same checked options whose calls run in the
    /// background; for bindings that offer both. It has connections of its own.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    #[cfg(unix)]
    pub fn background(&self) -> Result<crate::background::Client, Error> {
        crate::background::Client::new(self.config.clone())
    }

    /// Closes the client: further calls are refused, calls under way on other
    /// threads end at once with the outcome they have by now. Never blocks.
    pub fn close(&self) {
        self.closed.cancel();
        if let Some(driven) = self.driven.existing() {
            driven.client.close();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.config).finish_non_exhaustive()
    }
}
