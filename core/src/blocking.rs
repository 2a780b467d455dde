//! The client for programs that block: each call runs on the thread that makes it.
//!
//! There is no background thread: the calling thread drives a runtime of its
//! own client for as long as its call lasts. Between calls nothing runs.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::builder::{CallOptions, ClientBuilder};
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
    closed: AtomicBool,
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

    fn runtime(&self) -> Result<&Runtime, Error> {
        self.runtime.as_ref().ok_or_else(|| Error::internal("the runtime is gone"))
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
        let client = Self { config, driven: PerProcess::new(), closed: AtomicBool::new(false) };
        // Made now, so that what can't work is told now.
        client.driven()?;
        Ok(client)
    }

    fn driven(&self) -> Result<Arc<Driven>, Error> {
        self.driven.get(|| Driven::new(&self.config))
    }

    /// Sends one message, and tells what became of it.
    ///
    /// # Errors
    /// As [`Client::send`](crate::Client::send); besides `ConfigError` on a
    /// thread that a tokio runtime has entered (asynchronous code, and
    /// `spawn_blocking` too): the asynchronous client is made for those.
    pub fn send(&self, message: &impl Message) -> Result<Receipt, Error> {
        self.send_with(message, &CallOptions::default())
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_with(&self, message: &impl Message, options: &CallOptions) -> Result<Receipt, Error> {
        let driven = self.ready()?;
        driven.runtime()?.block_on(send(&driven.client, message, options))
    }

    /// The same, and asks `tick` every 50 ms whether to go on; for bindings
    /// whose language has interrupts. On `Break` the call is cancelled and
    /// ends with its outcome. `tick` is called on this thread, while the call
    /// stands still: it may use this client itself.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_interruptible(
        &self,
        message: &impl Message,
        options: &CallOptions,
        mut tick: impl FnMut() -> ControlFlow<()>,
    ) -> Result<Receipt, Error> {
        let driven = self.ready()?;
        let runtime = driven.runtime()?;
        let cancel = options.cancel.clone().unwrap_or_default();
        let options = options.clone().cancel(&cancel);
        let mut call = std::pin::pin!(send(&driven.client, message, &options));
        loop {
            // In slices, so that the runtime is nobody's while `tick` runs: other
            // threads' calls on this client go on. Most calls end in the first.
            match runtime.block_on(async { timeout(INTERRUPT_INTERVAL, &mut call).await }) {
                Ok(result) => return result,
                Err(_) if tick().is_break() => cancel.cancel(),
                Err(_) => {}
            }
        }
    }

    /// The client and the runtime, if a call may begin on this thread.
    fn ready(&self) -> Result<Arc<Driven>, Error> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(Error::config(
                "client",
                "is the blocking one, which can't be used on a thread that a tokio runtime has entered; \
                 use partner_messaging::Client there",
            ));
        }
        let driven = self.driven()?;
        if self.closed.load(Ordering::SeqCst) {
            driven.client.close();
        }
        Ok(driven)
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
        self.closed.store(true, Ordering::SeqCst);
        if let Some(driven) = self.driven.existing() {
            driven.client.close();
            // Lets the idle connections go: between calls nothing else would.
            if let (Ok(runtime), Err(_)) = (driven.runtime(), tokio::runtime::Handle::try_current()) {
                runtime.block_on(look_at_sockets());
            }
        }
    }
}

/// One call, begun with a look at what happened since the last one.
async fn send(
    client: &crate::Client,
    message: &impl Message,
    options: &CallOptions,
) -> Result<Receipt, Error> {
    look_at_sockets().await;
    client.send_with(message, options).await
}

/// Nothing runs between calls: lets the runtime see what the sockets have to
/// tell (one turn to look, one to act on it), so that a connection which the
/// server closed meanwhile leaves the pool.
async fn look_at_sockets() {
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.config).finish_non_exhaustive()
    }
}
