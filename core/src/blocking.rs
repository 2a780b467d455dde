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

use crate::balance::Balance;
use crate::builder::{CallOptions, ClientBuilder};
use crate::config::Config;
use crate::error::Error;
use crate::fallback::FallbackReceipt;
use crate::filter::MessageFilter;
use crate::message::Message;
use crate::page::{Page, Pager};
use crate::process::PerProcess;
use crate::receipt::Receipt;
use crate::record::MessageRecord;
use crate::request::{Reply, Request};
use crate::spending::Spending;

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
    /// `spawn_blocking` too): the asynchronous client is made for those. That
    /// holds for every call here.
    pub fn send(&self, message: &impl Message) -> Result<Receipt, Error> {
        self.send_with(message, &CallOptions::default())
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_with(&self, message: &impl Message, options: &CallOptions) -> Result<Receipt, Error> {
        self.run(async |client| client.send_with(message, options).await)
    }

    /// Sends the first of these messages that the service takes:
    /// [`Client::send_with_fallback`](crate::Client::send_with_fallback), blocking.
    ///
    /// # Errors
    /// As there.
    pub fn send_with_fallback(&self, messages: &[&dyn Message]) -> Result<FallbackReceipt, Error> {
        self.send_with_fallback_with(messages, &CallOptions::default())
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`send_with_fallback`](Self::send_with_fallback).
    pub fn send_with_fallback_with(
        &self,
        messages: &[&dyn Message],
        options: &CallOptions,
    ) -> Result<FallbackReceipt, Error> {
        self.run(async |client| client.send_with_fallback_with(messages, options).await)
    }

    /// Asks what became of a message:
    /// [`Client::get_message`](crate::Client::get_message), blocking.
    ///
    /// # Errors
    /// As there.
    pub fn get_message(&self, id: &str) -> Result<MessageRecord, Error> {
        self.get_message_with(id, &CallOptions::default())
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`get_message`](Self::get_message).
    pub fn get_message_with(&self, id: &str, options: &CallOptions) -> Result<MessageRecord, Error> {
        self.run(async |client| client.get_message_with(id, options).await)
    }

    /// Waits until a message's status is final, or the deadline passes:
    /// [`Client::wait_for_status`](crate::Client::wait_for_status), blocking.
    ///
    /// # Errors
    /// As there.
    pub fn wait_for_status(&self, id: &str) -> Result<MessageRecord, Error> {
        self.wait_for_status_with(id, None, &CallOptions::default())
    }

    /// The same with other final statuses, and options for this call.
    ///
    /// # Errors
    /// As [`wait_for_status`](Self::wait_for_status).
    pub fn wait_for_status_with(
        &self,
        id: &str,
        final_statuses: Option<&[String]>,
        options: &CallOptions,
    ) -> Result<MessageRecord, Error> {
        self.run(async |client| client.wait_for_status_with(id, final_statuses, options).await)
    }

    /// Lists messages: all pages, each fetched when it is needed. An error ends
    /// the list. See [`Client::list_messages`](crate::Client::list_messages).
    ///
    /// ```no_run
    /// use partner_messaging::{MessageFilter, blocking};
    /// let client = blocking::Client::from_env()?;
    /// for message in client.list_messages(&MessageFilter::new().status("FAILED"))? {
    ///     println!("{}", message?.message_id);
    /// }
    /// # Ok::<(), partner_messaging::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn list_messages(&self, filter: &MessageFilter) -> Result<Messages<'_>, Error> {
        self.list_messages_with(filter, &CallOptions::default())
    }

    /// The same with options for each of the calls.
    ///
    /// # Errors
    /// As [`list_messages`](Self::list_messages).
    pub fn list_messages_with(
        &self,
        filter: &MessageFilter,
        options: &CallOptions,
    ) -> Result<Messages<'_>, Error> {
        let pages = Pages { client: self, options: options.clone(), pager: Pager::new(filter)? };
        Ok(Messages { pages, at_hand: Vec::new().into_iter() })
    }

    /// Asks for the next page of a list; `None` after the last one. For those
    /// who keep the list's place themselves.
    ///
    /// # Errors
    /// As [`Pager::next`].
    pub fn next_page(&self, pager: &mut Pager, options: &CallOptions) -> Option<Result<Page, Error>> {
        self.run(async |client| pager.next(client, options).await.transpose()).transpose()
    }

    /// Asks for the credit that is left:
    /// [`Client::get_balance`](crate::Client::get_balance), blocking.
    ///
    /// # Errors
    /// As there.
    pub fn get_balance(&self) -> Result<Balance, Error> {
        self.get_balance_with(&CallOptions::default())
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`get_balance`](Self::get_balance).
    pub fn get_balance_with(&self, options: &CallOptions) -> Result<Balance, Error> {
        self.run(async |client| client.get_balance_with(options).await)
    }

    /// Makes any other request to the service:
    /// [`Client::request`](crate::Client::request), blocking.
    ///
    /// # Errors
    /// As there.
    pub fn request(&self, request: &Request) -> Result<Reply, Error> {
        self.request_with(request, &CallOptions::default())
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub fn request_with(&self, request: &Request, options: &CallOptions) -> Result<Reply, Error> {
        self.run(async |client| client.request_with(request, options).await)
    }

    /// What the messages sent by this client have cost in this process:
    /// [`Client::spending`](crate::Client::spending).
    #[must_use]
    pub fn spending(&self) -> Vec<Spending> {
        self.config.ledger().read()
    }

    /// The same, and begins a new ledger.
    pub fn reset_spending(&self) -> Vec<Spending> {
        self.config.ledger().take()
    }

    /// One call, driven by this thread.
    fn run<T>(&self, call: impl AsyncFnOnce(&crate::Client) -> Result<T, Error>) -> Result<T, Error> {
        let driven = self.ready()?;
        driven.runtime()?.block_on(async {
            look_at_sockets().await;
            call(&driven.client).await
        })
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
        call: impl AsyncFnOnce(&crate::Client, &CallOptions) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let driven = self.ready()?;
        let runtime = driven.runtime()?;
        let cancel = options.cancel.clone().unwrap_or_default();
        let options = options.clone().cancel(&cancel);
        let mut call = std::pin::pin!(async {
            look_at_sockets().await;
            call(&driven.client, &options).await
        });
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

/// The messages of a list, one after another, from as many pages as it has.
#[derive(Debug)]
#[must_use = "nothing is asked for before the first message is"]
pub struct Messages<'a> {
    pages: Pages<'a>,
    /// What is left of the page at hand.
    at_hand: std::vec::IntoIter<MessageRecord>,
}

impl<'a> Messages<'a> {
    /// The same list page by page, with the totals that the service tells.
    /// What is left of the page at hand is not in it.
    pub fn pages(self) -> Pages<'a> {
        self.pages
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<MessageRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(message) = self.at_hand.next() {
                return Some(Ok(message));
            }
            match self.pages.next()? {
                Ok(page) => self.at_hand = page.messages.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The pages of a list of messages, one after another.
#[derive(Debug)]
#[must_use = "nothing is asked for before the first page is"]
pub struct Pages<'a> {
    client: &'a Client,
    options: CallOptions,
    pager: Pager,
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.client.next_page(&mut self.pager, &self.options)
    }
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
