//! What a call waits for before its request: its key, what is bounded, and its claim.

use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::call::{Call, Waiting, new_barrier};
use super::interruption::catch_panic;
use crate::call::deadline::cancelled;
use crate::call::keyed::KeyClaim;
use crate::call::limits::{NotAdmitted, Permit, Reservation};
use crate::config::CallOptions;
use crate::error::{Effect, Error, Kind};
use crate::transport::Barrier;

/// Whether the journal has answered a call: the message was accepted before.
pub(super) enum Answered {
    No,
    ByJournal,
}

/// Longer than any run.
const MAX_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Call<'_, '_> {
    /// Looks the key up and waits for a permit, before the call's time begins.
    pub(super) async fn wait_for_turn(&mut self, options: &CallOptions) -> Result<Answered, Error> {
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

    /// A permit for a call that may claim its key before it was looked up: nothing that is
    /// bounded is kept from others by that.
    pub(super) fn permit_at_once(&self) -> Option<Permit> {
        let context = self.context;
        let bounded = context.spend_limit.is_some() || context.pace.is_some();
        let claims = !bounded && self.keyed.as_ref().is_some_and(|keyed| keyed.is_new());
        claims.then(|| context.admission.admit_at_once(self.operation.effect(), self.deadline.at()))?
    }

    /// Looks the call's key up, if it has one and not claimed it yet: it needs no permit
    /// for that.
    pub(super) async fn look_up(&mut self) -> Result<Answered, Error> {
        let (emitter, operation) = (self.emitter(), self.operation);
        let Some(keyed) = &mut self.keyed else { return Ok(Answered::No) };
        let replayed = keyed.look_up(emitter).await?.and_then(|entry| operation.replay(entry));
        Ok(replayed.map_or(Answered::No, |()| Answered::ByJournal))
    }

    /// Waits for a permit; the call knows what it waits for.
    pub(super) async fn permit(&mut self) -> Result<Permit, Error> {
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

    /// Claims the key, if there is one. `false`: another call has it by now, or others have
    /// what was left of a spend limit.
    pub(super) async fn claim(&mut self) -> Result<bool, Error> {
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

    pub(super) fn new_barrier(&self) -> Barrier {
        new_barrier(self.context, self.operation, self.deadline)
    }
}
