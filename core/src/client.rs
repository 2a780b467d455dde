//! The client: one call from its start to its one outcome.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use http::{HeaderMap, Method};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout_at};
use tracing::Instrument;

use crate::barrier::Barrier;
use crate::builder::{CallOptions, ClientBuilder};
use crate::cancel::Cancel;
use crate::config::{self, Config};
use crate::envelope::Envelope;
use crate::error::{Error, Kind};
use crate::message::Message;
use crate::observe::{TARGET, Teller};
use crate::outcome::Outcome;
use crate::receipt::Receipt;
use crate::retry::{Budget, backoff};
use crate::transport::{Failure, Transport};
use crate::verdict::{self, Verdict};

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

struct Inner {
    config: Config,
    /// `None` once the client is closed.
    transport: ArcSwapOption<Transport>,
    turns: Semaphore,
    budget: Budget,
    /// Cancelled to end what is still under way when the client closes.
    closing: Cancel,
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
        let envelope = message.envelope()?;
        let span = tracing::debug_span!(target: TARGET, "send", channel = envelope.channel());
        self.call(envelope, options).instrument(span).await
    }

    async fn call(&self, envelope: Envelope, options: &CallOptions) -> Result<Receipt, Error> {
        let started = Instant::now();
        let mut call = Call::begin(&self.0, envelope, options, started)?;
        let deadline = started + options.timeout.unwrap_or(self.0.config.timeout);
        let interrupted = {
            let attempts = timeout_at(deadline.into(), call.run(deadline));
            tokio::select! {
                biased;
                () = interruption(options.cancel.as_ref()) => Kind::Cancelled,
                () = self.0.closing.cancelled() => Kind::Closed,
                ended = attempts => match ended {
                    Ok(result) => return call.end(result),
                    Err(_) => Kind::Timeout,
                },
            }
        };
        let error = call.interrupted(interrupted);
        call.end(Err(error))
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

async fn interruption(cancel: Option<&Cancel>) {
    match cancel {
        Some(cancel) => cancel.cancelled().await,
        None => std::future::pending().await,
    }
}

/// One call under way. Dropping it unfinished seals its barrier.
struct Call<'a> {
    client: &'a Inner,
    transport: Arc<Transport>,
    envelope: Envelope,
    headers: HeaderMap,
    retries_left: u32,
    may_repeat_refused: bool,
    attempts: u32,
    started: Instant,
    /// The barrier of the attempt under way or to come.
    barrier: Barrier,
    /// The service's last refusal, after which the call tries again.
    refusal: Option<Error>,
    ended: bool,
}

impl<'a> Call<'a> {
    fn begin(
        client: &'a Inner,
        envelope: Envelope,
        options: &CallOptions,
        started: Instant,
    ) -> Result<Self, Error> {
        let Some(transport) = client.transport.load_full() else {
            return Err(Error::not_sent(Kind::Closed, "the client is closed"));
        };
        if let Some(timeout) = options.timeout {
            config::duration("timeout", timeout)?;
        }
        let mut headers = client.config.headers.clone();
        config::add_headers(&mut headers, &options.headers)?;
        client.budget.deposit();
        Ok(Self {
            client,
            transport,
            envelope,
            headers,
            retries_left: options.max_retries.unwrap_or(client.config.max_retries),
            may_repeat_refused: true,
            attempts: 0,
            started,
            barrier: Barrier::new(),
            refusal: None,
            ended: false,
        })
    }

    /// Makes attempts until one decides the call.
    async fn run(&mut self, deadline: Instant) -> Result<Receipt, Error> {
        loop {
            // A turn is for one attempt: nobody waits for another's pause.
            let Ok(turn) = self.client.turns.acquire().await else {
                return Err(Error::internal("the queue of calls is gone"));
            };
            self.attempts += 1;
            self.teller().attempt(self.attempts);
            let (error, retry) = match self.attempt().await {
                Attempt::Sent(receipt) => return Ok(receipt),
                Attempt::Failed { error, retry } => (error, retry),
            };
            drop(turn);
            let pause = error.retry_after().unwrap_or_else(|| backoff(self.attempts));
            let fits = Instant::now().checked_add(pause).is_some_and(|then| then < deadline);
            if !retry || self.retries_left == 0 || !fits || !self.client.budget.withdraw() {
                return Err(self.settled(error));
            }
            self.retries_left -= 1;
            self.teller().retry(self.attempts, &error, pause);
            if error.outcome() == Some(Outcome::Rejected) {
                self.refusal = Some(error);
            }
            self.barrier = Barrier::new();
            sleep(pause).await;
        }
    }

    /// Makes one request, and judges what came of it.
    async fn attempt(&mut self) -> Attempt {
        let config = &self.client.config;
        let body = self.barrier.guard(self.envelope.body().clone());
        let answer = self
            .transport
            .exchange(Method::POST, config.send_url.clone(), self.headers.clone(), Some(body))
            .await;
        match answer {
            Ok(answer) => match verdict::of_send(&answer, &self.envelope, &self.headers) {
                Verdict::Sent(receipt) => Attempt::Sent(receipt),
                Verdict::Refused { error, retry } => Attempt::Failed { error, retry },
                Verdict::Unknown(error) => Attempt::Failed { error, retry: false },
            },
            Err(failure) => self.failed(failure),
        }
    }

    /// No answer: the barrier tells whether the request left.
    fn failed(&mut self, failure: Failure) -> Attempt {
        let Failure { kind, what, transient, refused } = failure;
        if self.barrier.seal() {
            return Attempt::Failed { error: Error::not_sent(kind, what), retry: transient };
        }
        if refused {
            let retry = std::mem::take(&mut self.may_repeat_refused);
            return Attempt::Failed { error: Error::not_sent(Kind::Refused, what), retry };
        }
        Attempt::Failed { error: Error::unknown(kind, what), retry: false }
    }

    /// The call is given up from outside: the barrier's verdict.
    fn interrupted(&mut self, kind: Kind) -> Error {
        let what = match kind {
            Kind::Cancelled => "the call was cancelled",
            Kind::Closed => "the client was closed during the call",
            _ => "the call's deadline passed",
        };
        if !self.barrier.seal() {
            return Error::unknown(kind, what);
        }
        self.settled(Error::not_sent(kind, what))
    }

    /// What the call is told, given how its last attempt failed: where an
    /// earlier request did leave and was refused, `not_sent` would not be true.
    fn settled(&mut self, error: Error) -> Error {
        match self.refusal.take() {
            Some(refusal) if error.outcome() == Some(Outcome::NotSent) => refusal,
            _ => error,
        }
    }

    fn end(mut self, result: Result<Receipt, Error>) -> Result<Receipt, Error> {
        self.ended = true;
        let (attempts, elapsed) = (self.attempts, self.started.elapsed());
        let result = match result {
            Ok(receipt) => Ok(Receipt { attempts, elapsed, ..receipt }),
            Err(error) => Err(error.after(attempts, elapsed)),
        };
        self.teller().ended(&result, attempts, elapsed);
        result
    }

    fn teller(&self) -> Teller<'_> {
        Teller { observer: self.client.config.observer.as_ref(), envelope: &self.envelope }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let outcome = match (self.barrier.seal(), &self.refusal) {
                (false, _) => Outcome::Unknown,
                (true, Some(_)) => Outcome::Rejected,
                (true, None) => Outcome::NotSent,
            };
            self.teller().dropped(outcome, self.attempts, self.started.elapsed());
        }
    }
}

enum Attempt {
    Sent(Receipt),
    /// With `retry` the same message may be tried again.
    Failed {
        error: Error,
        retry: bool,
    },
}
