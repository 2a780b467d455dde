//! Executing one call: attempts until one decides it, or its time is over.

mod attempts;
mod call;
mod interruption;
mod permit;

use std::pin::Pin;

use tracing::{Instrument, Span};

use super::deadline::Deadline;
use super::untyped::{AnyOperation, Untyped};
use super::{Context, KeyedCall, Operation};
use crate::config::{CallOptions, Cancel};
use crate::error::Error;
use crate::telemetry::TARGET;
use crate::types::PreparedMessage;
use call::Call;
pub(crate) use interruption::stopped_before_begun;
use permit::Answered;

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
