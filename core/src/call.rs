//! One call, from its start to its one end: attempts, pauses, the deadline.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Uri};
use tokio::time::{sleep, timeout_at};
use tracing::Instrument;

use crate::barrier::Barrier;
use crate::builder::CallOptions;
use crate::cancel::Cancel;
use crate::client::Inner;
use crate::config;
use crate::envelope::Envelope;
use crate::error::{Error, Kind};
use crate::failure::Failure;
use crate::observe::{TARGET, Teller};
use crate::outcome::Outcome;
use crate::retry::backoff;
use crate::transport::{Answer, Transport};
use crate::verdict::Verdict;

/// What a call asks, and what its answer proves.
pub(crate) trait Operation {
    type Output;

    /// The call's name in events.
    const NAME: &'static str;

    fn method(&self) -> Method;
    /// # Errors
    /// When no request can carry the URL.
    fn url(&self) -> Result<Uri, Error>;

    /// The request's body, JSON text.
    fn body(&self) -> Option<Bytes> {
        None
    }

    /// The message at stake, if it is one.
    fn message(&self) -> Option<&Envelope> {
        None
    }

    /// Whether the request changes something, so that its outcome matters and
    /// it must not be made twice.
    fn changes(&self) -> bool {
        false
    }

    /// Whether making the request again does no harm, whatever became of it.
    fn repeatable(&self) -> bool {
        !self.changes()
    }

    /// Judges the answer to a request that had these headers.
    fn judge(&self, answer: &Answer, sent: &HeaderMap) -> Verdict<Self::Output>;

    /// Tells the output what it took to get it.
    fn stamp(_: &mut Self::Output, _attempts: u32, _elapsed: Duration) {}
}

/// When a call began and when it must have ended; calls that make several
/// share one.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    pub(crate) deadline: Instant,
}

impl Clock {
    pub(crate) fn start(client: &Inner, options: &CallOptions) -> Result<Self, Error> {
        if let Some(timeout) = options.timeout {
            config::duration("timeout", timeout)?;
        }
        let started = Instant::now();
        Ok(Self { started, deadline: started + options.timeout.unwrap_or(client.config.timeout) })
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    fn has_ended(self) -> bool {
        Instant::now() >= self.deadline
    }
}

/// Makes one call with a deadline of its own.
pub(crate) async fn perform<O: Operation>(
    client: &Inner,
    operation: &O,
    options: &CallOptions,
) -> Result<O::Output, Error> {
    match Clock::start(client, options) {
        Ok(clock) => perform_by(client, operation, options, clock).await,
        Err(error) => Err(of(operation, error)),
    }
}

/// Makes one call within a deadline that others share.
pub(crate) async fn perform_by<O: Operation>(
    client: &Inner,
    operation: &O,
    options: &CallOptions,
    clock: Clock,
) -> Result<O::Output, Error> {
    let channel = operation.message().map(Envelope::channel);
    let span = tracing::debug_span!(target: TARGET, "call", call = O::NAME, channel);
    let result = within(client, operation, options, clock).instrument(span).await;
    result.map_err(|error| of(operation, error))
}

/// What an error says of the call depends on what was at stake in it.
fn of<O: Operation>(operation: &O, error: Error) -> Error {
    match (operation.changes(), operation.message()) {
        (false, _) => error.of_read(),
        (true, None) => error.of_change(),
        (true, Some(_)) => error,
    }
}

async fn within<O: Operation>(
    client: &Inner,
    operation: &O,
    options: &CallOptions,
    clock: Clock,
) -> Result<O::Output, Error> {
    let mut call = Call::begin(client, operation, options, clock)?;
    let interrupted = {
        let attempts = timeout_at(clock.deadline.into(), call.run());
        tokio::select! {
            biased;
            () = interruption(options.cancel.as_ref()) => Kind::Cancelled,
            () = client.closing.cancelled() => Kind::Closed,
            ended = attempts => match ended {
                Ok(result) => return call.end(result),
                Err(_) => Kind::Timeout,
            },
        }
    };
    let error = call.interrupted(interrupted);
    call.end(Err(error))
}

/// Sleeps, unless the call is cancelled or the client closed meanwhile.
pub(crate) async fn pause(client: &Inner, options: &CallOptions, pause: Duration) -> Result<(), Error> {
    tokio::select! {
        biased;
        () = interruption(options.cancel.as_ref()) => Err(given_up(Kind::Cancelled)),
        () = client.closing.cancelled() => Err(given_up(Kind::Closed)),
        () = sleep(pause) => Ok(()),
    }
}

async fn interruption(cancel: Option<&Cancel>) {
    match cancel {
        Some(cancel) => cancel.cancelled().await,
        None => std::future::pending().await,
    }
}

fn given_up(kind: Kind) -> Error {
    Error::not_sent(kind, reason(kind))
}

fn reason(kind: Kind) -> &'static str {
    match kind {
        Kind::Cancelled => "the call was cancelled",
        Kind::Closed => "the client was closed during the call",
        _ => "the call's deadline passed",
    }
}

/// One call under way. Dropping it unfinished seals its barrier.
struct Call<'a, O: Operation> {
    client: &'a Inner,
    transport: Arc<Transport>,
    operation: &'a O,
    url: Uri,
    headers: Cow<'a, HeaderMap>,
    retries_left: u32,
    may_repeat_refused: bool,
    attempts: u32,
    clock: Clock,
    /// The barrier of the attempt under way or to come.
    barrier: Barrier,
    /// What is known of an earlier request that did leave, after which the
    /// call tries again.
    earlier: Option<Error>,
    ended: bool,
}

impl<'a, O: Operation> Call<'a, O> {
    fn begin(
        client: &'a Inner,
        operation: &'a O,
        options: &CallOptions,
        clock: Clock,
    ) -> Result<Self, Error> {
        let Some(transport) = client.transport.load_full() else {
            return Err(Error::not_sent(Kind::Closed, "the client is closed"));
        };
        let mut headers = Cow::Borrowed(&client.config.headers);
        if !options.headers.is_empty() {
            config::add_headers(headers.to_mut(), &options.headers)?;
        }
        if clock.has_ended() {
            return Err(given_up(Kind::Timeout));
        }
        client.budget.deposit();
        Ok(Self {
            client,
            transport,
            operation,
            url: operation.url()?,
            headers,
            retries_left: options.max_retries.unwrap_or(client.config.max_retries),
            may_repeat_refused: true,
            attempts: 0,
            clock,
            barrier: Barrier::new(),
            earlier: None,
            ended: false,
        })
    }

    /// Makes attempts until one decides the call.
    async fn run(&mut self) -> Result<O::Output, Error> {
        loop {
            // A turn is for one attempt: nobody waits for another's pause.
            let Ok(turn) = self.client.turns.acquire().await else {
                return Err(Error::internal("the queue of calls is gone"));
            };
            self.attempts += 1;
            self.teller().attempt(self.attempts);
            let (error, retry) = match self.attempt().await {
                Verdict::Done(output) => return Ok(output),
                Verdict::Failed { error, retry } => (error, retry),
            };
            drop(turn);
            let pause = error.retry_after().unwrap_or_else(|| backoff(self.attempts));
            let fits = Instant::now().checked_add(pause).is_some_and(|then| then < self.clock.deadline);
            if !retry || self.retries_left == 0 || !fits || !self.client.budget.withdraw() {
                return Err(self.settled(error));
            }
            self.retries_left -= 1;
            self.teller().retry(self.attempts, &error, pause);
            self.remember(error);
            self.barrier = Barrier::new();
            sleep(pause).await;
        }
    }

    /// Makes one request, and judges what came of it.
    async fn attempt(&mut self) -> Verdict<O::Output> {
        let mut headers = self.headers.clone().into_owned();
        let body = self.operation.body();
        if body.is_none() {
            headers.remove(CONTENT_TYPE);
            self.barrier.pass();
        }
        let (method, url) = (self.operation.method(), self.url.clone());
        match self.transport.exchange(method, url, headers, self.barrier.guard(body)).await {
            Ok(answer) => self.operation.judge(&answer, &self.headers),
            Err(failure) => self.failed(failure),
        }
    }

    /// No answer. Where something is at stake, the barrier tells whether the
    /// request left.
    fn failed(&mut self, failure: Failure) -> Verdict<O::Output> {
        let Failure { kind, what, transient, refused, unconnected } = failure;
        if !self.operation.changes() {
            return Verdict::Failed { error: Error::unread(kind, what), retry: transient };
        }
        // A request without a body has passed its barrier before it has a connection.
        if self.barrier.seal() || unconnected {
            return Verdict::Failed { error: Error::not_sent(kind, what), retry: transient };
        }
        if refused {
            let retry = std::mem::take(&mut self.may_repeat_refused);
            return Verdict::Failed { error: Error::not_sent(Kind::Refused, what), retry };
        }
        let retry = transient && self.operation.repeatable();
        Verdict::Failed { error: Error::unknown(kind, what), retry }
    }

    /// The call is given up from outside: the barrier's verdict.
    fn interrupted(&mut self, kind: Kind) -> Error {
        if self.operation.changes() && !self.barrier.seal() {
            return Error::unknown(kind, reason(kind));
        }
        self.settled(given_up(kind))
    }

    /// Keeps what the failed attempt leaves behind, if a request did leave.
    fn remember(&mut self, error: Error) {
        let before = self.earlier.as_ref().and_then(Error::outcome);
        match error.outcome() {
            Some(Outcome::Unknown) => self.earlier = Some(error),
            Some(Outcome::Rejected) if before != Some(Outcome::Unknown) => self.earlier = Some(error),
            _ => {}
        }
    }

    /// What the call is told, given how its last attempt failed: where an
    /// earlier request did leave, `not_sent` would not be true; where one may
    /// have been carried out, neither would `rejected`.
    fn settled(&mut self, error: Error) -> Error {
        let proves_less = |earlier: &Error| match earlier.outcome() {
            Some(Outcome::Unknown) => error.outcome() != Some(Outcome::Unknown),
            _ => error.outcome() == Some(Outcome::NotSent),
        };
        match self.earlier.take() {
            Some(earlier) if self.operation.changes() && proves_less(&earlier) => earlier,
            _ => error,
        }
    }

    fn end(mut self, result: Result<O::Output, Error>) -> Result<O::Output, Error> {
        self.ended = true;
        let (attempts, elapsed) = (self.attempts, self.clock.elapsed());
        let result = match result {
            Ok(mut output) => {
                O::stamp(&mut output, attempts, elapsed);
                Ok(output)
            }
            Err(error) => Err(error.after(attempts, elapsed)),
        };
        self.teller().ended(result.as_ref().err(), attempts, elapsed);
        result
    }

    fn teller(&self) -> Teller<'_> {
        Teller {
            observer: &self.client.config.observer,
            call: O::NAME,
            changes: self.operation.changes(),
            message: self.operation.message(),
        }
    }
}

impl<O: Operation> Drop for Call<'_, O> {
    fn drop(&mut self) {
        if !self.ended {
            let earlier = self.earlier.as_ref().and_then(Error::outcome);
            let outcome = match (self.barrier.seal(), earlier) {
                (false, _) => Outcome::Unknown,
                (true, Some(earlier)) => earlier,
                (true, None) => Outcome::NotSent,
            };
            self.teller().dropped(outcome, self.attempts, self.clock.elapsed());
        }
    }
}
