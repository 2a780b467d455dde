//! The attempts of one call, and what they end in together.

use tokio::time::sleep;

use super::call::Call;
use super::permit::Answered;
use crate::call::classify::{Classification, classify};
use crate::call::deadline::interrupted_error;
use crate::call::retry::Retry;
use crate::error::{Effect, Error, Kind, Outcome};
use crate::transport::Failure;

impl Call<'_, '_> {
    /// Makes attempts until one decides the call.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
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
    pub(super) fn most_cautious(&mut self, error: Error) -> Error {
        let proves_less = |earlier: &Error| match earlier.outcome() {
            Some(Outcome::Unknown) => error.outcome() != Some(Outcome::Unknown),
            _ => error.outcome() == Some(Outcome::NotSent),
        };
        match self.earlier.take() {
            Some(earlier) if self.operation.effect().has_outcome() && proves_less(&earlier) => earlier,
            _ => error,
        }
    }
}
