//! One message of a run: each try of it is a call, with a claim of its own if it has a key.

use std::time::Duration;

use tokio::time::sleep;

use super::run::Run;
use super::stop_rules::not_begun;
use crate::call::retry::backoff;
use crate::call::{Context, Deadline, KeyedCall, Patience, execute_patiently};
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
    let mut tries = Tries::new(&run.context);
    loop {
        let result = send_once(run, message, &options, tries.turned_away).await;
        let error = match result {
            Ok(mut receipt) => {
                receipt.attempts += tries.attempts;
                return Ok(receipt);
            }
            Err(error) => error,
        };
        let attempts = tries.attempts + error.attempts();
        let with_attempts = |error: Error| {
            let elapsed = error.elapsed();
            error.with_metrics(attempts, elapsed)
        };
        // What was turned away, or met trouble, stays that when it waits in vain to go again.
        let error = match tries.earlier.take() {
            Some(earlier) if gave_up_waiting(&error) => return Err(with_attempts(earlier)),
            _ => error,
        };
        tries.attempts = attempts;
        let Some(pause) = tries.next_pause(run, &error) else { return Err(with_attempts(error)) };
        tries.earlier = Some(error);
        tokio::select! {
            biased;
            () = run.stop.cancelled() => {}
            () = sleep(pause) => {}
        }
        if run.stop.is_cancelled() {
            return Err(with_attempts(tries.earlier.take().unwrap_or_else(not_begun)));
        }
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
        return Err(not_begun());
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

/// What was tried so far.
struct Tries<'a> {
    context: &'a Context,
    attempts: u32,
    /// How many more there may be after trouble of the network.
    left: u32,
    may_be_refused: bool,
    /// Whether the last one was answered with 429.
    turned_away: bool,
    /// What the last one ended in.
    earlier: Option<Error>,
}

impl<'a> Tries<'a> {
    fn new(context: &'a Context) -> Self {
        let left = context.config.max_retries;
        Self { context, attempts: 0, left, may_be_refused: true, turned_away: false, earlier: None }
    }

    /// How long to wait before the next one; `None`: there is none.
    fn next_pause(&mut self, run: &Run, error: &Error) -> Option<Duration> {
        if error.outcome() == Some(Outcome::Rejected) && error.status() == Some(429) {
            return self.pause_after_429(run, error);
        }
        if error.attempts() > 0 {
            run.met_another_answer();
        }
        let is_allowed = match error.kind() {
            // After the server's word that it processed nothing: once.
            Kind::Refused => std::mem::take(&mut self.may_be_refused),
            _ => true,
        };
        if !error.is_transient() || !is_allowed || self.left == 0 || !self.context.withdraw_retry() {
            return None;
        }
        self.turned_away = false;
        self.left -= 1;
        let made = self.context.config.max_retries - self.left;
        Some(error.retry_after().unwrap_or_else(|| backoff(made)))
    }

    /// The hold itself is waited for with all others; only what the service asked beyond
    /// the longest one is this message's own.
    fn pause_after_429(&mut self, run: &Run, error: &Error) -> Option<Duration> {
        if self.context.config.max_retries == 0 || run.turned_away(error) {
            return None;
        }
        self.turned_away = true;
        let own = error.retry_after().filter(|pause| *pause > self.context.config.max_hold);
        Some(own.unwrap_or_default())
    }
}
