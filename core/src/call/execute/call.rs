//! One call under way: what it has, and its one end.

use std::borrow::Cow;
use std::sync::Arc;

use http::HeaderMap;
use url::Url;

use crate::call::deadline::{Deadline, interrupted_error};
use crate::call::keyed::ending_of;
use crate::call::limits::{Permit, Reservation};
use crate::call::retry::Retries;
use crate::call::untyped::AnyOperation;
use crate::call::{Context, KeyedCall};
use crate::config::{self, CallOptions, Cancel};
use crate::error::{Effect, Error, ErrorClass, Kind, Outcome};
use crate::journal::Ending;
use crate::telemetry::EventEmitter;
use crate::transport::{Barrier, Gate, Transport};

/// One call under way. Dropping it unfinished seals its barrier.
pub(super) struct Call<'a, 'k> {
    pub(super) context: &'a Context,
    pub(super) keyed: Option<&'a mut KeyedCall<'k>>,
    pub(super) transport: Arc<Transport>,
    pub(super) operation: &'a AnyOperation<'a>,
    pub(super) url: Url,
    pub(super) headers: Cow<'a, HeaderMap>,
    pub(super) retries: Retries<'a>,
    /// What it waits for before its request.
    pub(super) waiting: Option<Waiting>,
    /// What is held for it of the spend limit.
    pub(super) reservation: Option<Reservation>,
    /// What it waited for before its time began.
    pub(super) permit: Option<Permit>,
    /// Cancelled when it is not to begin any more.
    pub(super) stop: Option<&'a Cancel>,
    pub(super) attempts: u32,
    pub(super) deadline: Deadline,
    /// The barrier of the attempt under way or to come.
    pub(super) barrier: Barrier,
    /// What is known of an earlier request that did leave, after which the
    /// call tries again.
    pub(super) earlier: Option<Error>,
    pub(super) ended: bool,
}

impl<'a, 'k> Call<'a, 'k> {
    pub(super) fn begin(
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
            retries: context.retries(options.max_retries.unwrap_or(context.config.max_retries)),
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

    pub(super) fn end(mut self, result: Result<(), Error>) -> Result<(), Error> {
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

    pub(super) fn emitter(&self) -> EventEmitter<'a> {
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

/// What a call waits for before its request.
#[derive(Clone, Copy)]
pub(super) enum Waiting {
    /// What those under way leave of the spend limit.
    Money,
    Pace,
    Slot,
}

impl Waiting {
    /// The error of a call whose time is over while it waits.
    pub(super) fn out_of_time(self) -> Error {
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
pub(super) fn new_barrier(context: &Context, operation: &AnyOperation<'_>, deadline: Deadline) -> Barrier {
    let pace = context.pace.clone().filter(|_| operation.effect() == Effect::Send);
    Barrier::new(deadline.at()).with_gate(pace.map(|pace| Gate::new(move || pace.depart())))
}
