//! The client itself.

use std::fmt;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::runtime::ClientRuntime;
use crate::call::Shared;
use crate::client::background;
use crate::client::client::Client as AsyncClient;
use crate::config::{CallOptions, ClientBuilder, Config, SendManyOptions};
use crate::error::Error;
use crate::types::{Balance, FallbackReceipt, Message, MessageRecord, Receipt, Reply, Request, Spending};
use crate::util::PerProcess;

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
    shared: Shared,
    client_runtime: PerProcess<ClientRuntime>,
    /// The one whose calls of `send_many` run in the background, once there was one.
    background: PerProcess<background::Client>,
    closed: AtomicBool,
}

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

    pub(in crate::client) fn new(config: Config, shared: Shared) -> Result<Self, Error> {
        let client = Self {
            config,
            shared,
            client_runtime: PerProcess::new(),
            background: PerProcess::new(),
            closed: AtomicBool::new(false),
        };
        // Made now, so that what can't work fails early.
        client.client_runtime()?;
        Ok(client)
    }

    fn client_runtime(&self) -> Result<Arc<ClientRuntime>, Error> {
        self.client_runtime.get(|| ClientRuntime::new(&self.config, &self.shared))
    }

    /// Sends one message, and tells what became of it.
    ///
    /// # Errors
    /// As [`Client::send`](crate::Client::send); besides `ConfigError` on a
    /// thread that a tokio runtime has entered (asynchronous code, and
    /// `spawn_blocking` too): the asynchronous client is made for those. That
    /// holds for every call here.
    pub fn send(&self, message: &impl Message) -> Result<Receipt, Error> {
        self.send_opts(message, &CallOptions::default())
    }

    /// Like [`send`](Self::send), with per-call options.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_opts(&self, message: &impl Message, options: &CallOptions) -> Result<Receipt, Error> {
        self.run(async |client| client.send_opts(message, options).await)
    }

    /// Sends the first of these messages that the service takes:
    /// [`Client::send_with_fallback`](crate::Client::send_with_fallback), blocking.
    ///
    /// # Errors
    /// As `Client::send_with_fallback`.
    pub fn send_with_fallback(&self, messages: &[&dyn Message]) -> Result<FallbackReceipt, Error> {
        self.send_with_fallback_opts(messages, &CallOptions::default())
    }

    /// Like [`send_with_fallback`](Self::send_with_fallback), with per-call options.
    ///
    /// # Errors
    /// As [`send_with_fallback`](Self::send_with_fallback).
    pub fn send_with_fallback_opts(
        &self,
        messages: &[&dyn Message],
        options: &CallOptions,
    ) -> Result<FallbackReceipt, Error> {
        self.run(async |client| client.send_with_fallback_opts(messages, options).await)
    }

    /// Asks what became of a message:
    /// [`Client::get_message`](crate::Client::get_message), blocking.
    ///
    /// # Errors
    /// As `Client::get_message`.
    pub fn get_message(&self, id: &str) -> Result<MessageRecord, Error> {
        self.get_message_opts(id, &CallOptions::default())
    }

    /// Like [`get_message`](Self::get_message), with per-call options.
    ///
    /// # Errors
    /// As [`get_message`](Self::get_message).
    pub fn get_message_opts(&self, id: &str, options: &CallOptions) -> Result<MessageRecord, Error> {
        self.run(async |client| client.get_message_opts(id, options).await)
    }

    /// Waits until a message's status is final, or the deadline passes:
    /// [`Client::wait_for_status`](crate::Client::wait_for_status), blocking.
    ///
    /// # Errors
    /// As `Client::wait_for_status`.
    pub fn wait_for_status(&self, id: &str) -> Result<MessageRecord, Error> {
        self.wait_for_status_opts(id, None, &CallOptions::default())
    }

    /// Like `wait_for_status`, with other final statuses and per-call options.
    ///
    /// # Errors
    /// As [`wait_for_status`](Self::wait_for_status).
    pub fn wait_for_status_opts(
        &self,
        id: &str,
        final_statuses: Option<&[String]>,
        options: &CallOptions,
    ) -> Result<MessageRecord, Error> {
        self.run(async |client| client.wait_for_status_opts(id, final_statuses, options).await)
    }

    /// Asks for the credit that is left:
    /// [`Client::get_balance`](crate::Client::get_balance), blocking.
    ///
    /// # Errors
    /// As `Client::get_balance`.
    pub fn get_balance(&self) -> Result<Balance, Error> {
        self.get_balance_opts(&CallOptions::default())
    }

    /// Like [`get_balance`](Self::get_balance), with per-call options.
    ///
    /// # Errors
    /// As [`get_balance`](Self::get_balance).
    pub fn get_balance_opts(&self, options: &CallOptions) -> Result<Balance, Error> {
        self.run(async |client| client.get_balance_opts(options).await)
    }

    /// Makes any other request to the service:
    /// [`Client::request`](crate::Client::request), blocking.
    ///
    /// # Errors
    /// As `Client::request`.
    pub fn request(&self, request: &Request) -> Result<Reply, Error> {
        self.request_opts(request, &CallOptions::default())
    }

    /// Like [`request`](Self::request), with per-call options.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub fn request_opts(&self, request: &Request, options: &CallOptions) -> Result<Reply, Error> {
        self.run(async |client| client.request_opts(request, options).await)
    }

    /// What the messages sent by this client have cost in this process:
    /// [`Client::spending`](crate::Client::spending).
    #[must_use]
    pub fn spending(&self) -> Vec<Spending> {
        self.shared.spending()
    }

    /// The same, and begins a new ledger.
    pub fn reset_spending(&self) -> Vec<Spending> {
        self.shared.reset_spending()
    }

    /// One call, driven by this thread.
    pub(in crate::client) fn run<T>(
        &self,
        call: impl AsyncFnOnce(&AsyncClient) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let ready = self.ready()?;
        let mut result = None;
        ready.drive(pin!(async { result = Some(call(&ready.client).await) }))?;
        result.ok_or_else(|| Error::internal("the call has not ended"))?
    }

    /// Makes a call, and asks `tick` every 50 ms whether to go on; for bindings
    /// whose language has interrupts. On `Break` the call is cancelled and
    /// ends with its outcome. `tick` is called on this thread, while the call
    /// stands still: it may use this client itself. `call` makes the call with
    /// the client and the options that it is given.
    ///
    /// # Errors
    /// As the call.
    pub fn run_interruptible<T>(
        &self,
        options: &CallOptions,
        mut tick: impl FnMut() -> ControlFlow<()>,
        call: impl AsyncFnOnce(&AsyncClient, &CallOptions) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let ready = self.ready()?;
        let cancel = options.cancel.clone().unwrap_or_default();
        let options = options.clone().cancel(&cancel);
        let mut result = None;
        let mut tick = || {
            if tick().is_break() {
                cancel.cancel();
            }
        };
        let running = async { result = Some(call(&ready.client, &options).await) };
        ready.drive_in_slices(pin!(running), &mut tick)?;
        result.ok_or_else(|| Error::internal("the call has not ended"))?
    }

    /// The client and the runtime, if a call may begin on this thread.
    fn ready(&self) -> Result<Arc<ClientRuntime>, Error> {
        match tokio::runtime::Handle::try_current() {
            Ok(_) => {
                return Err(Error::config(
                    "client",
                    "is the blocking one, which can't be used on a thread that a tokio runtime has entered; \
                     use partner_messaging::Client there",
                ));
            }
            Err(missing) if missing.is_thread_local_destroyed() => {
                return Err(Error::config(
                    "client",
                    "can't make a call on a thread that has ended, in a function of atexit() for example",
                ));
            }
            Err(_) => {}
        }
        let ready = self.client_runtime()?;
        if self.closed.load(Ordering::SeqCst) {
            ready.client.close();
        }
        Ok(ready)
    }

    /// A client with the same checked options whose calls run in the
    /// background; for bindings that offer both. It has connections of its own.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn background(&self) -> Result<background::Client, Error> {
        background::Client::new(self.config.clone(), self.shared.clone())
    }

    /// The client that runs the calls of many messages.
    fn for_many(&self) -> Result<Arc<background::Client>, Error> {
        let client = self.background.get(|| self.background())?;
        if self.closed.load(Ordering::SeqCst) {
            client.close();
        }
        Ok(client)
    }

    /// How many calls may be submitted to a client of these options; for bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn max_queued(&self) -> u32 {
        self.config.max_queued
    }

    /// Closes the client: further calls are refused, calls under way on other
    /// threads end at once with the outcome they have by now. Never blocks.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.config.close_journal();
        if let Some(background) = self.background.existing() {
            background.close();
        }
        if let Some(existing) = self.client_runtime.existing() {
            existing.client.close();
            // Lets the idle connections go: between calls nothing else would. No runtime can be
            // entered from within another, nor at the end of a thread.
            let can_enter = tokio::runtime::Handle::try_current().is_err_and(|it| it.is_missing_context());
            if can_enter {
                existing.poll_sockets();
            }
        }
    }

    /// A run whose source is the caller's; for bindings.
    ///
    /// # Errors
    /// As [`send_many`](Self::send_many).
    pub fn send_many_batch(&self, options: &SendManyOptions) -> Result<background::Batch, Error> {
        self.for_many()?.send_many(options)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.config).finish_non_exhaustive()
    }
}
