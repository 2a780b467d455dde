//! Executing one call: attempts until one decides it, or its time is over.

use std::borrow::Cow;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use http::HeaderMap;
use tokio::time::{sleep, sleep_until, timeout};
use tracing::{Instrument, Span};
use url::Url;

use super::classify::{Classification, classify};
use super::deadline::{Deadline, cancelled, interrupted_error, interruption_reason};
use super::keyed::{KeyClaim, ending_of};
use super::limits::{NotAdmitted, Permit, Reservation};
use super::retry::{Retries, Retry};
use super::untyped::{AnyOperation, Untyped};
use super::{Context, KeyedCall, Operation};
use crate::config::{self, CallOptions, Cancel};
use crate::error::{Effect, Error, ErrorClass, Kind, Outcome};
use crate::journal::Ending;
use crate::telemetry::{EventEmitter, TARGET};
use crate::transport::{Barrier, Failure, Gate, Transport};
use crate::types::PreparedMessage;

/// Makes one call with a deadline of its own.
pub(crate) async fn execute<O: Operation>(
    context: &Context,
    operation: &O,
    options: &CallOptions,
) -> Result<O::Output, Error> {
    match Deadline::start(context, options) {
        Ok(deadline) => execute_with_deadline(context, operation, options, deadline).await,
        Err(error) => Err(error.attach_effect(operation.effect())),
    }
}

/// Makes one call within a deadline that others share.
pub(crate) async fn execute_with_deadline<O: Operation>(
    context: &Context,
    operation: &O,
    options: &CallOptions,
    deadline: Deadline,
) -> Result<O::Output, Error> {
    execute_with_key(context, operation, options, deadline, None).await
}

/// Makes one call within a deadline, and under a key, that others may share.
pub(crate) async fn execute_with_key<O: Operation>(
    context: &Context,
    operation: &O,
    options: &CallOptions,
    deadline: Deadline,
    keyed: Option<&mut KeyedCall<'_>>,
) -> Result<O::Output, Error> {
    let untyped = Untyped::new(operation);
    let result = begin_with_deadline(context, &untyped, options, deadline, keyed).await;
    untyped.output(result).map_err(|error| error.attach_effect(operation.effect()))
}

/// What makes a call wait for its turn without losing time of its own.
pub(crate) struct Patience<'a> {
    /// Cancelled when what was not begun by then is not to be begun at all.
    pub(crate) stop: &'a Cancel,
    /// Whether an earlier call for the same message was answered with 429.
    pub(crate) turned_away: bool,
}

/// Makes one call under a key, if there is one. Its time begins when it may go: no hold is
/// on, and it has its slot.
pub(crate) async fn execute_patiently<O: Operation>(
    context: &Context,
    operation: &O,
    options: &CallOptions,
    keyed: Option<&mut KeyedCall<'_>>,
    patience: &Patience<'_>,
) -> Result<O::Output, Error> {
    let untyped = Untyped::new(operation);
    let result = begin_patiently(context, &untyped, options, keyed, patience).await;
    untyped.output(result).map_err(|error| error.attach_effect(operation.effect()))
}

/// A call under way. It is boxed, by functions without type parameters, so that its code is
/// there once: what generic code polls is compiled anew in every crate that makes calls.
type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

fn begin_with_deadline<'a>(
    context: &'a Context,
    operation: &'a AnyOperation<'a>,
    options: &'a CallOptions,
    deadline: Deadline,
    keyed: Option<&'a mut KeyedCall<'_>>,
) -> Running<'a> {
    let run = run_with_deadline(context, operation, options, deadline, keyed);
    Box::pin(run.instrument(span_of(operation)))
}

fn begin_patiently<'a>(
    context: &'a Context,
    operation: &'a AnyOperation<'a>,
    options: &'a CallOptions,
    keyed: Option<&'a mut KeyedCall<'_>>,
    patience: &'a Patience<'_>,
) -> Running<'a> {
    let run = run_patiently(context, operation, options, keyed, patience);
    Box::pin(run.instrument(span_of(operation)))
}

fn span_of(operation: &AnyOperation<'_>) -> Span {
    let channel = operation.message().map(PreparedMessage::channel);
    tracing::debug_span!(target: TARGET, "call", call = operation.name(), channel)
}

async fn run_patiently(
    context: &Context,
    operation: &AnyOperation<'_>,
    options: &CallOptions,
    keyed: Option<&mut KeyedCall<'_>>,
    patience: &Patience<'_>,
) -> Result<(), Error> {
    let deadline = Deadline::start(context, options)?;
    let mut call = Call::begin(context, operation, options, deadline, keyed)?;
    call.stop = Some(patience.stop);
    call.retries.turned_away = patience.turned_away;
    match call.wait_for_turn(options).await {
        Ok(Answered::No) => call.run_to_the_end(options).await,
        Ok(Answered::ByJournal) => call.end(Ok(())),
        Err(error) => call.end(Err(error)),
    }
}

/// Whether the journal has answered a call: the message was accepted before.
enum Answered {
    No,
    ByJournal,
}

/// What a call waits for before its request.
#[derive(Clone, Copy)]
enum Waiting {
    /// What those under way leave of the spend limit.
    Money,
    Pace,
    Slot,
}

impl Waiting {
    /// The error of a call whose time is over while it waits.
    fn out_of_time(self) -> Error {
        let (class, what) = match self {
            Self::Money => (
                ErrorClass::SpendLimit,
                "what is left of the spend limit was held for messages under way until the call's deadline",
            ),
            Self::Pace => {
                (ErrorClass::Transport, "the call's deadline passed while it waited for its pace (max_rate)")
            }
            Self::Slot => (
                ErrorClass::Transport,
                "the call's deadline passed while it waited for a slot (max_connections) or the end of a hold (429)",
            ),
        };
        let kind = if class == ErrorClass::SpendLimit { class.kind() } else { Kind::Timeout };
        Error::new(class, kind, Some(Outcome::NotSent), what)
    }
}

/// The barrier of an attempt; a message's body has to pass the pace's gate, too.
fn new_barrier(context: &Context, operation: &AnyOperation<'_>, deadline: Deadline) -> Barrier {
    let pace = context.pace.clone().filter(|_| operation.effect() == Effect::Send);
    Barrier::new(deadline.at()).with_gate(pace.map(|pace| Gate::new(move || pace.depart())))
}

async fn run_with_deadline(
    context: &Context,
    operation: &AnyOperation<'_>,
    options: &CallOptions,
    deadline: Deadline,
    keyed: Option<&mut KeyedCall<'_>>,
) -> Result<(), Error> {
    if keyed.is_none() && options.key.is_some() {
        return Err(Error::config("key", "must not be given for a call that changes nothing"));
    }
    Call::begin(context, operation, options, deadline, keyed)?.run_to_the_end(options).await
}

/// What a message ends in that waited when its run was stopped.
const STOPPED: &str = "the run was stopped before this message was begun";

/// Longer than any run.
const MAX_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Runs to the end; `None` for one that panics. The barrier knows what it had come to.
async fn catch_panic<T>(mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// How often the tasks of the connections get to run before an answer counts as missing.
const FINAL_POLLS: usize = 8;

/// The answer may lie in the socket already: a process that was stopped past the
/// deadline wakes with the timer and the answer both ready. Takes no time but that of
/// reading what is there; nothing can leave any more, since the barrier knows the deadline.
async fn poll_for_late_answer<T>(mut attempts: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    for _ in 0..FINAL_POLLS {
        tokio::task::yield_now().await;
        if let Poll::Ready(result) = poll_fn(|cx| Poll::Ready(attempts.as_mut().poll(cx))).await {
            return Some(result);
        }
    }
    None
}

/// One call under way. Dropping it unfinished seals its barrier.
struct Call<'a, 'k> {
    context: &'a Context,
    keyed: Option<&'a mut KeyedCall<'k>>,
    transport: Arc<Transport>,
    operation: &'a AnyOperation<'a>,
    url: Url,
    headers: Cow<'a, HeaderMap>,
    retries: Retries<'a>,
    /// What it waits for before its request.
    waiting: Option<Waiting>,
    /// What is held for it of the spend limit.
    reservation: Option<Reservation>,
    /// What it waited for before its time began.
    permit: Option<Permit>,
    /// Cancelled when it is not to begin any more.
    stop: Option<&'a Cancel>,
    attempts: u32,
    deadline: Deadline,
    /// The barrier of the attempt under way or to come.
    barrier: Barrier,
    /// What is known of an earlier request that did leave, after which the
    /// call tries again.
    earlier: Option<Error>,
    ended: bool,
}

impl<'a, 'k> Call<'a, 'k> {
    fn begin(
        context: &'a Context,
        operation: &'a AnyOperation<'a>,
        options: &CallOptions,
        deadline: Deadline,
        keyed: Option<&'a mut KeyedCall<'k>>,
    ) -> Result<Self, Error> {
        let Some(transport) = context.transport.load_full() else {
            return Err(Error::closed());
        };
        let mut headers = Cow::Borrowed(&context.config.headers);
        if !options.headers.is_empty() {
            config::add_headers(headers.to_mut(), &options.headers)?;
        }
        if deadline.has_passed() {
            return Err(interrupted_error(Kind::Timeout));
        }
        context.budget.deposit();
        Ok(Self {
            context,
            keyed,
            transport,
            operation,
            url: operation.url()?,
            headers,
            retries: Retries::new(context, options.max_retries.unwrap_or(context.config.max_retries)),
            waiting: None,
            reservation: None,
            permit: None,
            stop: None,
            attempts: 0,
            deadline,
            barrier: new_barrier(context, operation, deadline),
            earlier: None,
            ended: false,
        })
    }

    /// Runs the call until it has ended, or is ended from outside.
    async fn run_to_the_end(mut self, options: &CallOptions) -> Result<(), Error> {
        let (context, deadline) = (self.context, self.deadline);
        let ended = {
            let mut attempts = pin!(self.run());
            tokio::select! {
                biased;
                () = cancelled(options.cancel.as_ref()) => Err(Kind::Cancelled),
                () = context.closing.cancelled() => Err(Kind::Closed),
                result = catch_panic(attempts.as_mut()) => result.ok_or(Kind::Internal),
                () = sleep_until(deadline.at().into()) => poll_for_late_answer(attempts).await.ok_or(Kind::Timeout),
            }
        };
        let result = ended.unwrap_or_else(|interruption| Err(self.interrupted(interruption)));
        self.end(result)
    }

    /// Looks the key up and waits for a permit, before the call's time begins.
    async fn wait_for_turn(&mut self, options: &CallOptions) -> Result<Answered, Error> {
        let (context, stop, look_up) = (self.context, self.stop, self.deadline);
        let admitted = {
            let mut waiting = pin!(async {
                if let Some(permit) = self.permit_at_once() {
                    self.begin_now(permit);
                    return Ok(Answered::No);
                }
                // Another call's claim is waited for within a call's time, as always.
                let looked_up = timeout(look_up.remaining(), self.look_up()).await;
                match looked_up {
                    Ok(Ok(Answered::No)) => self.wait_for_permit().await.map(|()| Answered::No),
                    Ok(decided) => decided,
                    Err(_) => Err(self.interrupted(Kind::Timeout)),
                }
            });
            tokio::select! {
                biased;
                () = cancelled(options.cancel.as_ref()) => Err(Kind::Cancelled),
                () = context.closing.cancelled() => Err(Kind::Closed),
                () = cancelled(stop) => Err(Kind::Cancelled),
                result = catch_panic(waiting.as_mut()) => result.ok_or(Kind::Internal),
            }
        };
        match admitted {
            Ok(result) => result,
            Err(Kind::Cancelled)
                if self.is_stopped() && options.cancel.as_ref().is_none_or(|it| !it.is_cancelled()) =>
            {
                Err(self.stopped())
            }
            Err(interruption) => Err(self.interrupted(interruption)),
        }
    }

    async fn wait_for_permit(&mut self) -> Result<(), Error> {
        let permit = self.permit_before(Instant::now() + MAX_WAIT).await?;
        self.begin_now(permit);
        Ok(())
    }

    /// The call's time begins.
    fn begin_now(&mut self, mut permit: Permit) {
        self.deadline = self.deadline.restart();
        self.barrier = self.new_barrier();
        permit.set_deadline(self.deadline.at());
        self.permit = Some(permit);
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(Cancel::is_cancelled)
    }

    /// The call was not to begin any more.
    fn stopped(&mut self) -> Error {
        self.barrier.seal();
        let waited = self.keyed.as_ref().filter(|keyed| keyed.is_waiting());
        let waited = waited.and_then(|keyed| keyed.interrupted(Kind::Cancelled));
        waited.unwrap_or_else(|| Error::not_sent(Kind::Cancelled, STOPPED))
    }

    /// Makes attempts until one decides the call.
    async fn run(&mut self) -> Result<(), Error> {
        loop {
            // A permit is for one attempt: nobody waits for another's pause.
            let permit = match self.permit.take().or_else(|| self.permit_at_once()) {
                Some(permit) => permit,
                None => {
                    if let Answered::ByJournal = self.look_up().await? {
                        return Ok(());
                    }
                    match self.permit().await {
                        Ok(permit) => permit,
                        Err(error) => return Err(self.gave_up_waiting(error)),
                    }
                }
            };
            // The last step before the request: nothing may come between the two.
            if !self.claim().await? {
                // Another call has the key, or others the money: what this one has taken is
                // for others.
                self.reservation = None;
                continue;
            }
            if self.is_stopped() {
                return Err(self.stopped());
            }
            self.attempts += 1;
            self.emitter().attempt(self.attempts, || self.operation.method(), &self.url);
            let classification = self.attempt().await;
            let (error, retry) = match classification {
                Classification::Done(()) => {
                    permit.accepted();
                    return Ok(());
                }
                Classification::Failed { error, retry } => (error, retry),
            };
            match error.status() {
                Some(429) => permit.turned_away(error.retry_after()),
                Some(_) => permit.accepted(),
                None => {}
            }
            drop(permit);
            let pause = match self.retries.next_pause(&error, retry, Some(self.deadline.at())) {
                Ok(pause) => pause,
                Err(note) => return Err(self.most_cautious(error.with_note(note))),
            };
            self.emitter().retry(self.attempts, &error, pause);
            self.remember(error);
            self.barrier = self.new_barrier();
            sleep(pause).await;
        }
    }

    /// A permit for a call that may claim its key before it was looked up: nothing that is
    /// bounded is kept from others by that.
    fn permit_at_once(&self) -> Option<Permit> {
        let context = self.context;
        let bounded = context.spend_limit.is_some() || context.pace.is_some();
        let claims = !bounded && self.keyed.as_ref().is_some_and(|keyed| keyed.is_new());
        claims.then(|| context.admission.admit_at_once(self.operation.effect(), self.deadline.at()))?
    }

    /// Looks the call's key up, if it has one and not claimed it yet: it needs no permit
    /// for that.
    async fn look_up(&mut self) -> Result<Answered, Error> {
        let (emitter, operation) = (self.emitter(), self.operation);
        let Some(keyed) = &mut self.keyed else { return Ok(Answered::No) };
        let replayed = keyed.look_up(emitter).await?.and_then(|entry| operation.replay(entry));
        Ok(replayed.map_or(Answered::No, |()| Answered::ByJournal))
    }

    /// Claims the key, if there is one. `false`: another call has it by now, or others have
    /// what was left of a spend limit.
    async fn claim(&mut self) -> Result<bool, Error> {
        let emitter = self.emitter();
        let Some(keyed) = &mut self.keyed else { return Ok(true) };
        let budget = self.reservation.as_ref().and_then(Reservation::budget);
        let claim = keyed.claim(self.deadline, budget, emitter).await?;
        let deadline = match claim {
            KeyClaim::Held(deadline, spending) => {
                if let Some((reservation, spending)) = self.reservation.as_mut().zip(spending) {
                    reservation.claimed(spending);
                }
                Some(deadline)
            }
            KeyClaim::Taken => None,
            KeyClaim::Unaffordable(spending) => {
                if let Some((reservation, spending)) = self.reservation.as_ref().zip(spending) {
                    reservation.refused(spending);
                }
                None
            }
        };
        self.barrier = self.new_barrier().with_claim_deadline(deadline);
        Ok(deadline.is_some())
    }

    /// Waits for a permit; the call knows what it waits for.
    async fn permit(&mut self) -> Result<Permit, Error> {
        let permit = self.permit_before(self.deadline.at()).await?;
        match self.deadline.has_passed() {
            true => Err(Waiting::Slot.out_of_time()),
            false => Ok(permit),
        }
    }

    /// What is bounded is taken in this order: money, pace, slot. Who waits for one has
    /// none of the next, which others could use.
    async fn permit_before(&mut self, deadline: Instant) -> Result<Permit, Error> {
        let (context, effect) = (self.context, self.operation.effect());
        if let Some(limit) = context.spend_limit.as_ref().filter(|_| effect == Effect::Send)
            && self.reservation.is_none()
            // What is claimed is counted with its claim.
            && !self.keyed.as_ref().is_some_and(|keyed| keyed.is_held())
        {
            self.waiting = Some(Waiting::Money);
            let channels = self.operation.channels();
            let journal = context.config.journal.as_ref();
            self.reservation = Some(limit.reserve(&channels, journal, self.keyed.is_some()).await?);
        }
        if let Some(pace) = context.pace.as_ref().filter(|_| effect == Effect::Send) {
            self.waiting = Some(Waiting::Pace);
            pace.turn().await.map_err(|error| error.attach_effect(effect))?;
        }
        self.waiting = Some(Waiting::Slot);
        let admitted = context.admission.admit(effect, self.retries.turned_away, deadline).await;
        self.waiting = None;
        let what = match admitted {
            Ok(permit) => return Ok(permit),
            Err(NotAdmitted::HoldTooLong) => {
                "the service asked for a pause (429) that outlasts the call's deadline"
            }
            Err(NotAdmitted::TooLittleTime) => {
                "the call waited for its slot until too little of its time was left for an answer"
            }
        };
        Err(Error::not_sent(Kind::Timeout, what))
    }

    fn new_barrier(&self) -> Barrier {
        new_barrier(self.context, self.operation, self.deadline)
    }

    /// Makes one request, and classifies what came of it.
    async fn attempt(&mut self) -> Classification<()> {
        let (method, body) = (self.operation.method(), self.operation.body());
        if body.is_none() {
            self.barrier.commit_without_body();
        }
        let sent = self
            .transport
            .send_request(&method, &self.url, &self.headers, body.as_ref(), &self.barrier)
            .await;
        match sent {
            Ok(response) => {
                let classification = classify(self.operation, &response, &self.headers);
                if let Classification::Failed { .. } = classification {
                    // It may have come before the body was asked for (HTTP/2 holds it back):
                    // what the service did not take must not leave later.
                    self.barrier.seal();
                }
                classification
            }
            Err(failure) => self.failed(failure),
        }
    }

    /// No answer. Where the request has an outcome, the barrier tells whether it left.
    fn failed(&mut self, failure: Failure) -> Classification<()> {
        let Failure { kind, description, transient, refused, unconnected, .. } = failure;
        if self.operation.effect() == Effect::Read {
            return Classification::Failed {
                error: Error::read_failed(kind, description),
                retry: Retry::transient(transient),
            };
        }
        // A request without a body has passed its barrier before it has a connection.
        if self.barrier.seal() || unconnected {
            if self.deadline.has_passed() || self.barrier.is_past_claim() {
                return Classification::Failed {
                    error: interrupted_error(Kind::Timeout),
                    retry: Retry::Never,
                };
            }
            return Classification::Failed {
                error: Error::not_sent(kind, description).with_transient(transient),
                retry: Retry::transient(transient),
            };
        }
        if refused {
            let error = Error::not_sent(Kind::Refused, description).with_transient(true);
            return Classification::Failed { error, retry: Retry::AfterRefusal };
        }
        let retry = Retry::transient(transient && self.operation.idempotent());
        Classification::Failed { error: Error::unknown(kind, description), retry }
    }

    /// The call is ended from outside: the barrier tells what became of it.
    fn interrupted(&mut self, kind: Kind) -> Error {
        if self.operation.effect().has_outcome() && !self.barrier.seal() {
            return Error::unknown(kind, interruption_reason(kind));
        }
        if let Some(error) = self.keyed.as_ref().and_then(|keyed| keyed.interrupted(kind)) {
            return error;
        }
        if let Some(waiting) = self.waiting.filter(|_| kind == Kind::Timeout) {
            return self.gave_up_waiting(waiting.out_of_time());
        }
        self.most_cautious(interrupted_error(kind))
    }

    /// The call ends while it waits. A read that was turned away before ends with that.
    fn gave_up_waiting(&mut self, error: Error) -> Error {
        match self.earlier.take_if(|_| self.operation.effect() == Effect::Read) {
            Some(turned_away) => turned_away,
            None => self.most_cautious(error),
        }
    }

    /// Keeps what the failed attempt leaves behind, if a request did leave.
    fn remember(&mut self, error: Error) {
        let before = self.earlier.as_ref().and_then(Error::outcome);
        match error.outcome() {
            Some(Outcome::Unknown) => self.earlier = Some(error),
            Some(Outcome::Rejected) if before != Some(Outcome::Unknown) => self.earlier = Some(error),
            None if error.status() == Some(429) => self.earlier = Some(error),
            _ => {}
        }
    }

    /// What the call ends in, given how its last attempt failed: where an
    /// earlier request did leave, `not_sent` would not be true; where one may
    /// have been carried out, neither would `rejected`.
    fn most_cautious(&mut self, error: Error) -> Error {
        let proves_less = |earlier: &Error| match earlier.outcome() {
            Some(Outcome::Unknown) => error.outcome() != Some(Outcome::Unknown),
            _ => error.outcome() == Some(Outcome::NotSent),
        };
        match self.earlier.take() {
            Some(earlier) if self.operation.effect().has_outcome() && proves_less(&earlier) => earlier,
            _ => error,
        }
    }

    fn end(mut self, result: Result<(), Error>) -> Result<(), Error> {
        self.ended = true;
        let (attempts, elapsed) = (self.attempts, self.deadline.elapsed());
        self.note(|operation| match &result {
            Ok(()) => operation.ending(&()),
            Err(error) => ending_of(error),
        });
        let result = match result {
            Ok(()) => {
                self.operation.set_metrics(&mut (), attempts, elapsed);
                Ok(())
            }
            Err(error) => Err(error.with_metrics(attempts, elapsed)),
        };
        self.emitter().ended(result.as_ref().err(), attempts, elapsed);
        result
    }

    /// Tells the journal and the spend limit, where there are such, what the call ended in.
    fn note(&mut self, ending: impl FnOnce(&AnyOperation<'a>) -> Ending) {
        let reservation = self.reservation.take();
        if self.keyed.is_none() && reservation.is_none() {
            return;
        }
        let ending = ending(self.operation);
        if let (Some(reservation), Some(message)) = (reservation, self.operation.message()) {
            reservation.settle(&ending, message.channel());
        }
        if let Some(keyed) = &mut self.keyed {
            keyed.note(ending);
        }
    }

    fn emitter(&self) -> EventEmitter<'a> {
        self.context.emitter(self.operation)
    }
}

impl Drop for Call<'_, '_> {
    fn drop(&mut self) {
        if !self.ended {
            let earlier = self.earlier.as_ref().and_then(Error::outcome);
            let outcome = match (self.barrier.seal(), earlier) {
                (false, _) => Outcome::Unknown,
                (true, Some(earlier)) => earlier,
                (true, None) => Outcome::NotSent,
            };
            let waited = self.keyed.as_ref().is_some_and(|keyed| keyed.is_waiting());
            let outcome = if waited { Outcome::Unknown } else { outcome };
            self.note(|_| Ending::now(outcome, Some(Kind::Cancelled)));
            self.emitter().dropped(outcome, self.attempts, self.deadline.elapsed());
        }
    }
}
