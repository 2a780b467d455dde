//! The client for asynchronous programs.

use std::fmt;
use std::sync::Arc;

use super::messages::Messages;
use crate::call::{Context, Deadline, Shared};
use crate::config::{CallOptions, ClientBuilder, Config};
use crate::error::Error;
use crate::operations;
use crate::types::{
    Balance, FallbackReceipt, Message, MessageFilter, MessageRecord, Page, Pager, Receipt, Reply, Request,
    Spending,
};

/// A client of the Partner Messaging API, for asynchronous programs on tokio.
///
/// Make one and keep it: it holds a pool of connections. A clone is the same
/// client. It may be used from any number of tasks and threads.
///
/// ```no_run
/// use partner_messaging::{Client, Outcome, Sms};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), partner_messaging::Error> {
/// let client = Client::from_env()?;
/// match client.send(&Sms::text("+6591234567", "Hello")).await {
///     Ok(receipt) => println!("sent as {}", receipt.message_id),
///     Err(error) if error.outcome() == Some(Outcome::Unknown) => println!("may have been sent: {error}"),
///     Err(error) => println!("not accepted: {error}"),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Context>);

impl Client {
    /// The options of a new client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client with the key and the base URL of the environment
    /// (`PARTNER_MESSAGING_API_KEY`, `PARTNER_MESSAGING_BASE_URL`).
    ///
    /// # Errors
    /// [`ErrorClass::Config`](crate::ErrorClass::Config) when the environment has no usable ones.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    pub(super) fn new(config: &Config, shared: &Shared) -> Result<Self, Error> {
        Ok(Self(Arc::new(Context::new(config, shared)?)))
    }

    pub(super) fn context(&self) -> &Context {
        &self.0
    }

    pub(super) fn shared_context(&self) -> Arc<Context> {
        self.0.clone()
    }

    /// Sends one message, and tells what became of it. One call never gets two
    /// messages accepted.
    ///
    /// Dropping the future cancels the call.
    ///
    /// # Errors
    /// Every class but `ProtocolError`; [`Error::outcome`] says what became of
    /// the message.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn send(&self, message: &impl Message) -> Result<Receipt, Error> {
        self.send_opts(message, &CallOptions::default()).await
    }

    /// Like [`send`](Self::send), with per-call options.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn send_opts(&self, message: &impl Message, options: &CallOptions) -> Result<Receipt, Error> {
        let message = message.prepare()?;
        let deadline = Deadline::start(&self.0, options)?;
        operations::send(&self.0, &message, options, deadline).await
    }

    /// Sends the first of these messages that the service takes: a message that
    /// it refuses because its channel can't be used is followed by the next one.
    ///
    /// The next message is tried only after a refusal with one of the
    /// [`fallback_codes`](CallOptions::fallback_codes). Any other refusal ends
    /// the call, since it would meet the next message too; so does an unknown
    /// outcome, since the message may arrive; what was not sent is tried again
    /// as in [`send`](Self::send), and never skipped. All messages are checked
    /// before the first is sent, and one deadline is over all.
    ///
    /// ```no_run
    /// # async fn example(client: &partner_messaging::Client) -> Result<(), partner_messaging::Error> {
    /// use partner_messaging::{Sms, WhatsApp};
    /// let whatsapp = WhatsApp::new("+6591234567", "+6581234567", "HXf8aa5a783ac6df54b1d28473f2de4c75");
    /// let sms = Sms::text("+6591234567", "Your table is ready.");
    /// let accepted = client.send_with_fallback(&[&whatsapp, &sms]).await?;
    /// println!("{} after {} messages", accepted.receipt.message_id, accepted.trail.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send), for the last message that was tried;
    /// [`Error::trail`] tells of all. A message that can't be sent is named by
    /// [`Error::field`], for example `messages[1].to`.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn send_with_fallback(&self, messages: &[&dyn Message]) -> Result<FallbackReceipt, Error> {
        self.send_with_fallback_opts(messages, &CallOptions::default()).await
    }

    /// Like [`send_with_fallback`](Self::send_with_fallback), with per-call options.
    ///
    /// # Errors
    /// As [`send_with_fallback`](Self::send_with_fallback).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn send_with_fallback_opts(
        &self,
        messages: &[&dyn Message],
        options: &CallOptions,
    ) -> Result<FallbackReceipt, Error> {
        operations::send_with_fallback(&self.0, messages, options).await
    }

    /// Asks what became of a message that was accepted before.
    ///
    /// The published document doesn't describe this; the path is
    /// [a setting](ClientBuilder::endpoint).
    ///
    /// # Errors
    /// Those of a read: `MessageNotFoundError` and the other
    /// [refusals](crate::ErrorClass::Api), `TransportError` and `ProtocolError`,
    /// after retries; `ConfigError` for an id that can't be one. None has an
    /// outcome.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn get_message(&self, id: &str) -> Result<MessageRecord, Error> {
        self.get_message_opts(id, &CallOptions::default()).await
    }

    /// Like [`get_message`](Self::get_message), with per-call options.
    ///
    /// # Errors
    /// As [`get_message`](Self::get_message).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn get_message_opts(&self, id: &str, options: &CallOptions) -> Result<MessageRecord, Error> {
        operations::get_message(&self.0, id, options).await
    }

    /// Waits until a message's status is final, or the call's deadline passes,
    /// looking again and again at growing intervals (0.25 to 5 seconds). Gives
    /// the message as it was seen last: where its status is not final, the
    /// time was over.
    ///
    /// Final are `DELIVERED`, `READ`, `FAILED`, `UNDELIVERED`, `REJECTED` and
    /// `EXPIRED`, in capitals or not; an assumption, since the document has no
    /// list of statuses.
    ///
    /// # Errors
    /// As [`get_message`](Self::get_message).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn wait_for_status(&self, id: &str) -> Result<MessageRecord, Error> {
        operations::wait_for_status(&self.0, id, None, &CallOptions::default()).await
    }

    /// Like [`wait_for_status`](Self::wait_for_status), with other final statuses
    /// (`None`: those above) and per-call options.
    ///
    /// # Errors
    /// As [`wait_for_status`](Self::wait_for_status).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn wait_for_status_opts(
        &self,
        id: &str,
        final_statuses: Option<&[String]>,
        options: &CallOptions,
    ) -> Result<MessageRecord, Error> {
        operations::wait_for_status(&self.0, id, final_statuses, options).await
    }

    /// Lists messages: all pages, each fetched when it is needed.
    ///
    /// The published document doesn't describe this; the path is
    /// [a setting](ClientBuilder::endpoint).
    ///
    /// ```no_run
    /// # async fn example(client: &partner_messaging::Client) -> Result<(), partner_messaging::Error> {
    /// use partner_messaging::MessageFilter;
    /// let mut failed = client.list_messages(&MessageFilter::new().status("FAILED"))?;
    /// while let Some(message) = failed.next().await {
    ///     println!("{}", message?.message_id);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `ConfigError` for a filter that can't be used. The others come while
    /// listing: see [`next_page`](Self::next_page).
    pub fn list_messages(&self, filter: &MessageFilter) -> Result<Messages, Error> {
        self.list_messages_opts(filter, &CallOptions::default())
    }

    /// Like [`list_messages`](Self::list_messages), with options for each of the calls.
    ///
    /// # Errors
    /// As [`list_messages`](Self::list_messages).
    pub fn list_messages_opts(
        &self,
        filter: &MessageFilter,
        options: &CallOptions,
    ) -> Result<Messages, Error> {
        Messages::new(self.0.clone(), filter, options.clone())
    }

    /// Asks for the next page of a list; `None` after the last one, and after an
    /// error. For those who fetch pages themselves, such as bindings. `options` are
    /// those of this one request. The first page is given even if it is empty.
    ///
    /// # Errors
    /// Those of a read; `InvalidPaginationError` when the service refuses the
    /// page, `ProtocolError` also when it repeats one instead of giving the next.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn next_page(&self, pager: &mut Pager, options: &CallOptions) -> Option<Result<Page, Error>> {
        operations::next_page(&self.0, pager, options).await
    }

    /// Asks for the credit that is left.
    ///
    /// The published document doesn't describe this; the path is
    /// [a setting](ClientBuilder::endpoint).
    ///
    /// # Errors
    /// Those of a read: see [`get_message`](Self::get_message).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn get_balance(&self) -> Result<Balance, Error> {
        self.get_balance_opts(&CallOptions::default()).await
    }

    /// Like [`get_balance`](Self::get_balance), with per-call options.
    ///
    /// # Errors
    /// As [`get_balance`](Self::get_balance).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn get_balance_opts(&self, options: &CallOptions) -> Result<Balance, Error> {
        operations::get_balance(&self.0, options).await
    }

    /// Makes any other request to the service, with the key, the envelope and
    /// the errors of all calls.
    ///
    /// A `GET` is a read: it is tried again as reads are, and its errors have
    /// no outcome. Any other method changes something: it is never made twice
    /// unless the request is [`idempotent`](Request::idempotent), and its
    /// errors say what became of it.
    ///
    /// ```no_run
    /// # async fn example(client: &partner_messaging::Client) -> Result<(), partner_messaging::Error> {
    /// use partner_messaging::Request;
    /// let reply = client.request(&Request::new("GET", "/partner/template").query("limit", "10")).await?;
    /// println!("{:?}", reply.data());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// For `GET` as [`get_message`](Self::get_message), else as
    /// [`send`](Self::send); `ConfigError` for a request that can't be made.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn request(&self, request: &Request) -> Result<Reply, Error> {
        self.request_opts(request, &CallOptions::default()).await
    }

    /// Like [`request`](Self::request), with per-call options.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn request_opts(&self, request: &Request, options: &CallOptions) -> Result<Reply, Error> {
        operations::request(&self.0, request, options).await
    }

    /// What the messages sent by this client and its clones have cost in this
    /// process, by channel and currency, as their receipts say: exact sums.
    #[must_use]
    pub fn spending(&self) -> Vec<Spending> {
        self.0.ledger.read()
    }

    /// The same, and resets them in one step: no message is counted twice or missed.
    pub fn reset_spending(&self) -> Vec<Spending> {
        self.0.ledger.take()
    }

    /// Closes the client: further calls are refused, calls under way end at
    /// once with the outcome they have by now, idle connections are dropped.
    /// Idempotent; never blocks.
    pub fn close(&self) {
        self.0.close();
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.0.config).finish_non_exhaustive()
    }
}
