//! One message of a run: each try of it is a call, with a claim of its own if it has a key.

use tokio::time::sleep;

use super::run::Run;
use crate::call::retry::Retry;
use crate::call::{Deadline, KeyedCall, Patience, execute_patiently, stopped_before_begun};
use crate::config::CallOptions;
use crate::error::{Error, Kind, Outcome};
use crate::journal::Canonical;
use crate::operations::send::Send;
use crate::types::{PreparedMessage, Receipt};

/// Sends a message, and tries it again as long as that proves to be harmless and the run
/// goes on.
pub(super) async fn send(
    run: &Run,
    key: Option<String>,
    message: &PreparedMessage,
) -> Result<Receipt, Error> {
    let options = CallOptions { key, ..run.call.clone() };
    let mut retries = run.context.retries(run.context.config.max_retries);
    // What was tried so far, and what the last try ended in.
    let (mut attempts, mut earlier) = (0, None);
    loop {
        let result = send_once(run, message, &options, retries.turned_away).await;
        let error = match result {
            Ok(mut receipt) => {
                receipt.attempts += attempts;
                return Ok(receipt);
            }
            Err(error) => error,
        };
        attempts += error.attempts();
        let with_attempts = |error: Error| {
            let elapsed = error.elapsed();
            error.with_metrics(attempts, elapsed)
        };
        // What was turned away, or met trouble, stays that when it waits in vain to go again.
        let error = match earlier.take() {
            Some(earlier) if gave_up_waiting(&error) => return Err(with_attempts(earlier)),
            _ => error,
        };
        let retry = Retry::of_message(&error);
        match retry {
            Retry::AfterHold if retries.are_on() && run.turned_away(&error) => {
                return Err(with_attempts(error));
            }
            Retry::AfterHold => {}
            _ if error.attempts() > 0 => run.met_another_answer(),
            _ => {}
        }
        let pause = match retries.next_pause(&error, retry, None) {
            Ok(pause) => pause,
            Err(note) => return Err(with_attempts(error.with_note(note))),
        };
        tokio::select! {
            biased;
            () = run.stop.cancelled() => {}
            () = sleep(pause) => {}
        }
        if run.stop.is_cancelled() {
            return Err(with_attempts(error));
        }
        earlier = Some(error);
    }
}

/// Whether a call ended before it made a request, for no reason of its own.
fn gave_up_waiting(error: &Error) -> bool {
    error.attempts() == 0
        && error.outcome() == Some(Outcome::NotSent)
        && matches!(error.kind(), Kind::Cancelled | Kind::Closed | Kind::Timeout)
}

async fn send_once(
    run: &Run,
    message: &PreparedMessage,
    options: &CallOptions,
    turned_away: bool,
) -> Result<Receipt, Error> {
    let context = &*run.context;
    tokio::select! {
        biased;
        () = run.stop.cancelled() => {}
        // The call tells of that.
        () = context.closing.cancelled() => {}
        () = run.check_shared_stop() => {}
    }
    if run.stop.is_cancelled() {
        return Err(stopped_before_begun());
    }
    let send = Send::new(context, message);
    let form = || Canonical::of_message(message.wire_form());
    let mut keyed = KeyedCall::new(context, options, message.channel(), form)
        .inspect_err(|error| run.check_error(error))?;
    let patience = Patience { stop: &run.stop, turned_away };
    let result = execute_patiently(context, &send, options, keyed.as_mut(), &patience).await;
    // At once: what is recorded in the journal first may take a while.
    match &result {
        Ok(receipt) if receipt.replayed => {}
        Ok(receipt) => {
            run.met_another_answer();
            context.ledger.add(receipt, message);
        }
        Err(error) => run.check_error(error),
    }
    if let Some(keyed) = keyed {
        keyed.settle(&send, Deadline::start(context, options)?).await;
    }
    result
}
