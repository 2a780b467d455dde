//! The client for asynchronous programs.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tokio::sync::Semaphore;

use crate::balance::{Balance, GetBalance};
use crate::builder::{CallOptions, ClientBuilder};
use crate::call::{Clock, perform, perform_by};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::envelope::Envelope;
use crate::error::Error;
use crate::fallback::{self, FallbackReceipt};
use crate::filter::MessageFilter;
use crate::message::Message;
use crate::messages::Messages;
use crate::receipt::Receipt;
use crate::record::{GetMessage, MessageRecord};
use crate::request::{Reply, Request};
use crate::retry::Budget;
use crate::send::Send;
use crate::spending::{Ledger, Spending};
use crate::transport::Transport;
use crate::wait;

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
pub struct Client(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: Config,
    /// `None` once the client is closed.
    pub(crate) transport: ArcSwapOption<Transport>,
    pub(crate) turns: Semaphore,
    pub(crate) budget: Budget,
    ledger: Arc<Ledger>,
    /// Cancelled to end what is still under way when the client closes.
    pub(crate) closing: Cancel,
}

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

    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        Ok(Self(Arc::new(Inner {
            transport: ArcSwapOption::from_pointee(Transport::new(config)?),
            turns: Semaphore::new(config.max_connections),
            budget: Budget::new(),
            ledger: config.ledger(),
            closing: Cancel::new(),
            config: config.clone(),
        })))
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
        self.send_with(message, &CallOptions::default()).await
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn send_with(&self, message: &impl Message, options: &CallOptions) -> Result<Receipt, Error> {
        let message = message.envelope()?;
        let clock = Clock::start(&self.0, options)?;
        self.send_by(&message, options, clock).await
    }

    /// Sends a checked message within a deadline that others may share.
    pub(crate) async fn send_by(
        &self,
        message: &Envelope,
        options: &CallOptions,
        clock: Clock,
    ) -> Result<Receipt, Error> {
        let send = Send { url: &self.0.config.endpoints.send, message };
        let receipt = perform_by(&self.0, &send, options, clock).await?;
        self.0.ledger.add(&receipt, message);
        Ok(receipt)
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
        self.send_with_fallback_with(messages, &CallOptions::default()).await
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`send_with_fallback`](Self::send_with_fallback).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn send_with_fallback_with(
        &self,
        messages: &[&dyn Message],
        options: &CallOptions,
    ) -> Result<FallbackReceipt, Error> {
        let messages = fallback::checked(messages)?;
        fallback::send(self, &messages, options).await
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
        self.get_message_with(id, &CallOptions::default()).await
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`get_message`](Self::get_message).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn get_message_with(&self, id: &str, options: &CallOptions) -> Result<MessageRecord, Error> {
        let url = self.0.config.endpoints.message(id).map_err(Error::of_read)?;
        perform(&self.0, &GetMessage { url, id }, options).await
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
        wait::until_final(&self.0, id, None, &CallOptions::default()).await
    }

    /// The same with other final statuses (`None`: those above), and options
    /// for this call.
    ///
    /// # Errors
    /// As [`wait_for_status`](Self::wait_for_status).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn wait_for_status_with(
        &self,
        id: &str,
        final_statuses: Option<&[String]>,
        options: &CallOptions,
    ) -> Result<MessageRecord, Error> {
        wait::until_final(&self.0, id, final_statuses, options).await
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
    /// listing: see [`Pager::next`](crate::Pager::next).
    pub fn list_messages(&self, filter: &MessageFilter) -> Result<Messages, Error> {
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
    ) -> Result<Messages, Error> {
        Messages::new(self.clone(), filter, options.clone())
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
        self.get_balance_with(&CallOptions::default()).await
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`get_balance`](Self::get_balance).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn get_balance_with(&self, options: &CallOptions) -> Result<Balance, Error> {
        perform(&self.0, &GetBalance { url: self.0.config.endpoints.get_balance.clone() }, options).await
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
        self.request_with(request, &CallOptions::default()).await
    }

    /// The same with options for this call.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn request_with(&self, request: &Request, options: &CallOptions) -> Result<Reply, Error> {
        let prepared = request.prepare(&self.0.config)?;
        perform(&self.0, &prepared, options).await
    }

    /// What the messages sent by this client and its clones have cost in this
    /// process, by channel and currency, as their receipts say: exact sums.
    #[must_use]
    pub fn spending(&self) -> Vec<Spending> {
        self.0.ledger.read()
    }

    /// The same, and begins a new ledger: no message is in both or in neither.
    pub fn reset_spending(&self) -> Vec<Spending> {
        self.0.ledger.take()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Closes the client: further calls are refused, calls under way end at
    /// once with the outcome they have by now, idle connections are dropped.
    /// Never blocks; closing twice is as good as once.
    pub fn close(&self) {
        self.0.transport.store(None);
        self.0.closing.cancel();
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.0.config).finish_non_exhaustive()
    }
}
