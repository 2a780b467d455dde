//! A call with a key: what the journal says before its request may leave, and what it
//! is told at the end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::deadline::{Deadline, interruption_reason};
use super::poll::PollPauses;
use super::{Context, Operation};
use crate::config::CallOptions;
use crate::error::{Error, Kind, Outcome};
use crate::journal::rules::{Decision, decide};
use crate::journal::{
    Budget, Canonical, Claim, ClaimDeadline, ClaimId, Claimed, Digest, EndOfClaim, Ending, Entry, Identity,
    NoForm, Session, Settled, Settlement, Spending, check_key, wall_millis,
};
use crate::telemetry::EventEmitter;

/// How long a call whose time is over still waits for its outcome to be written.
const MAX_SETTLING: Duration = Duration::from_millis(50);

/// The key of one call, with all its attempts, holds and fallbacks.
pub(crate) struct KeyedCall<'a> {
    context: &'a Context,
    journal: Session,
    key: &'a str,
    form: Canonical,
    channel: &'a str,
    known: Option<(Identity, Digest)>,
    state: State,
    /// Whether the event of waiting was emitted.
    waited: bool,
    /// What became of the call so far.
    ending: Option<Ending>,
}

#[derive(Clone, Copy)]
enum State {
    /// Nothing was asked yet.
    New,
    /// What the journal has under the key is not known.
    Unread,
    /// It may be claimed.
    Free,
    /// Another call has it.
    Waiting,
    /// The claim was asked for; whether it was made is not known. That of a new call is the
    /// first that it asks.
    Claiming(ClaimId, IsFirst),
    Held(ClaimId, ClaimDeadline),
    /// There is nothing (more) to record.
    Settled,
}

/// Whether a claim was asked for before the key was looked up.
type IsFirst = bool;

/// What came of claiming a key; and what the journal had spent as of then.
pub(super) enum KeyClaim {
    /// The call has it, and nothing may leave after this moment.
    Held(ClaimDeadline, Option<Arc<Spending>>),
    /// Another call has it.
    Taken,
    /// What is spent, or held by others by now, leaves too little.
    Unaffordable(Option<Arc<Spending>>),
}

impl<'a> KeyedCall<'a> {
    /// The key that the call was given, if any. `form` is of what it stands for.
    ///
    /// # Errors
    /// `ConfigError` with the field `key` where the client has no journal;
    /// `InvalidMessageError` for what can't be a key, or can't have one; `JournalError`
    /// where the journal was closed.
    pub(crate) fn new(
        context: &'a Context,
        options: &'a CallOptions,
        channel: &'a str,
        form: impl FnOnce() -> Result<Canonical, NoForm>,
    ) -> Result<Option<Self>, Error> {
        let Some(key) = options.key.as_deref() else { return Ok(None) };
        let Some(journal) = &context.config.journal else {
            return Err(Error::config(
                "key",
                "needs a journal: give the client one, with its option `journal`",
            ));
        };
        check_key(key)?;
        let form = form()?;
        let journal = match journal.session() {
            Ok(session) => session,
            // Closed with its client.
            Err(_) if context.is_closed() => return Err(Error::closed()),
            Err(error) => return Err(error),
        };
        let (known, state, waited, ending) = (None, State::New, false, None);
        Ok(Some(Self { context, journal, key, form, channel, known, state, waited, ending }))
    }

    /// Looks the key up, and waits while another call has it. `Some`: the message was
    /// accepted before.
    ///
    /// # Errors
    /// `OutcomeUnknownError` where it may have been, `InvalidMessageError` where the key
    /// stands for another message, `JournalError` where the journal can't be read.
    pub(super) async fn look_up(&mut self, emitter: EventEmitter<'_>) -> Result<Option<Entry>, Error> {
        match self.state {
            State::Held(..) => return Ok(None),
            // Whatever was read before, a claim in between made it old.
            State::New | State::Free | State::Claiming(..) => self.state = State::Unread,
            State::Unread | State::Waiting | State::Settled => {}
        }
        let mut pauses = PollPauses::new();
        loop {
            // Most keys are looked up once. Who waits is registered before it looks, so that
            // an end between the two is not missed.
            let end = match self.is_waiting() {
                true => Some(self.journal.end_of(self.key).map_err(|error| lost_while_waiting(&error))?),
                false => None,
            };
            let mut ended = pin!(end.as_ref().map(EndOfClaim::notified));
            if let Some(ended) = ended.as_mut().as_pin_mut() {
                ended.enable();
            }
            let (entry, digest) = match self.read().await {
                Ok(read) => read,
                Err(error) if matches!(self.state, State::Waiting) => return Err(lost_while_waiting(&error)),
                Err(error) => return Err(error),
            };
            match (decide(entry.as_ref(), &digest), entry) {
                (Decision::Replay, Some(entry)) => {
                    self.state = State::Settled;
                    emitter.replayed();
                    return Ok(Some(entry));
                }
                (Decision::Unknown, Some(entry)) => {
                    self.state = State::Settled;
                    return Err(recorded_unknown(&entry));
                }
                (Decision::OtherMessage, _) => {
                    self.state = State::Settled;
                    let problem =
                        "stands for another message in the journal: each message needs a key of its own";
                    return Err(Error::invalid_message("key", problem));
                }
                (Decision::Wait, _) => {
                    self.state = State::Waiting;
                    if !std::mem::replace(&mut self.waited, true) {
                        emitter.waiting();
                    }
                    if let Some(ended) = ended.as_pin_mut() {
                        tokio::select! {
                            () = ended => {}
                            () = pauses.next() => {}
                        }
                    }
                }
                (Decision::Claim | Decision::Replay | Decision::Unknown, _) => {
                    self.state = State::Free;
                    return Ok(None);
                }
            }
        }
    }

    /// What the journal has under the key, and the digest of what it is to stand for.
    async fn read(&mut self) -> Result<(Option<Entry>, Digest), Error> {
        let (_, digest) = self.identify().await?;
        Ok((self.journal.look_up(self.key).await?, digest))
    }

    /// Who claims, and what for.
    async fn identify(&mut self) -> Result<(Identity, Digest), Error> {
        if let Some(known) = self.known {
            return Ok(known);
        }
        self.context.bind_journal(&self.journal).await?;
        let identity = self.journal.identity().await?;
        Ok(*self.known.insert((identity, self.form.digest(&identity.secret))))
    }

    /// Claims the key, if this call doesn't have it yet: durable when this returns. A
    /// message with a budget is counted with its claim.
    ///
    /// A new call may do so without looking first, since the claim finds what is there:
    /// so most keys cost the journal one question and not two.
    ///
    /// # Errors
    /// `JournalError`; then nothing may leave.
    pub(super) async fn claim(
        &mut self,
        deadline: Deadline,
        budget: Option<Budget>,
        emitter: EventEmitter<'_>,
    ) -> Result<KeyClaim, Error> {
        if let State::Held(_, deadline) = self.state {
            return Ok(KeyClaim::Held(deadline, None));
        }
        let is_first = self.is_new();
        let (identity, digest) = self.identify().await?;
        let id = self.journal.next_claim(&identity)?;
        let claim = Claim {
            key: self.key.to_owned(),
            id,
            digest,
            channel: self.channel.to_owned(),
            claimed_at: wall_millis(),
            deadline: ClaimDeadline::after(deadline.remaining()),
            budget: budget.map(Box::new),
        };
        let claim_deadline = claim.deadline;
        self.state = State::Claiming(id, is_first);
        let answer = match self.journal.claim(claim).await {
            Ok(answer) => answer,
            Err(error) if is_first => return self.decided_before(id, digest).await.ok_or(error),
            Err(error) => return Err(error),
        };
        Ok(match answer.claimed {
            Claimed::Made => {
                self.state = State::Held(id, claim_deadline);
                emitter.claimed();
                KeyClaim::Held(claim_deadline, answer.spending)
            }
            Claimed::Taken(_) => {
                self.state = if is_first { State::Unread } else { State::Waiting };
                KeyClaim::Taken
            }
            Claimed::Unaffordable => {
                self.state = State::Free;
                KeyClaim::Unaffordable(answer.spending)
            }
        })
    }

    /// A journal that can't be written may still say what needs no claim.
    async fn decided_before(&mut self, id: ClaimId, digest: Digest) -> Option<KeyClaim> {
        let entry = self.journal.look_up(self.key).await.ok()?.filter(|entry| entry.claim != id)?;
        match decide(Some(&entry), &digest) {
            Decision::Replay | Decision::Unknown | Decision::OtherMessage => {
                self.state = State::Unread;
                Some(KeyClaim::Taken)
            }
            Decision::Claim | Decision::Wait => None,
        }
    }

    /// Whether nothing was asked of the journal yet.
    pub(super) fn is_new(&self) -> bool {
        matches!(self.state, State::New)
    }

    /// Whether the call has its claim.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.state, State::Held(..))
    }

    /// Whether another call has the key.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting)
    }

    /// What a call ends in that is given up before its request left, if its key says more
    /// than that it was not sent.
    pub(super) fn interrupted(&self, kind: Kind) -> Option<Error> {
        match self.state {
            State::New | State::Unread | State::Claiming(_, true) => Some(Error::not_sent(
                kind,
                format!("{} before the journal could be read for its key", interruption_reason(kind)),
            )),
            State::Waiting => Some(Error::unknown(
                Kind::InProgress,
                format!("{} while another call with the same key was in progress", interruption_reason(kind)),
            )),
            _ => None,
        }
    }

    /// What one of the call's requests ended in; the last one counts.
    pub(super) fn note(&mut self, ending: Ending) {
        self.ending = Some(ending);
    }

    /// Records what became of the call: it is written when this returns, or tried again
    /// later.
    pub(crate) async fn settle<O: Operation>(mut self, operation: &O, deadline: Deadline) {
        let Some(settlement) = self.settlement() else { return };
        let interrupted =
            matches!(settlement.ending.kind, Some(Kind::Cancelled | Kind::Closed | Kind::Timeout));
        let longest = if interrupted { MAX_SETTLING } else { deadline.remaining().max(MAX_SETTLING) };
        let emitter = self.context.emitter(operation);
        match timeout(longest, self.journal.settle(settlement)).await {
            Ok(Ok(Settled::Recorded | Settled::Superseded)) => {}
            Ok(Ok(Settled::Conflict)) => emitter.conflict(),
            Ok(Err(_)) | Err(_) => emitter.unrecorded(),
        }
    }

    /// What is to be recorded, once.
    fn settlement(&mut self) -> Option<Settlement> {
        let (State::Claiming(claim, _) | State::Held(claim, _)) = self.state else { return None };
        self.state = State::Settled;
        let ending = self.ending.take();
        let ending = ending.unwrap_or_else(|| Ending::now(Outcome::NotSent, Some(Kind::Cancelled)));
        Some(Settlement { key: self.key.to_owned(), claim, ending })
    }
}

impl Drop for KeyedCall<'_> {
    fn drop(&mut self) {
        // The call's future was dropped: nobody waits for the journal.
        if let Some(settlement) = self.settlement() {
            self.journal.settle_later(settlement);
        }
    }
}

/// What is kept of a failed call.
pub(super) fn ending_of(error: &Error) -> Ending {
    let outcome = error.outcome().unwrap_or(Outcome::NotSent);
    Ending { code: error.code().map(str::to_owned), ..Ending::now(outcome, Some(error.kind())) }
}

fn recorded_unknown(entry: &Entry) -> Error {
    let kind = entry.ending.as_ref().and_then(|ending| ending.kind).unwrap_or(Kind::Interrupted);
    let what = match kind {
        Kind::Interrupted => {
            "the journal has a call with this key whose process ended before its outcome was recorded"
                .to_owned()
        }
        kind => format!("the journal has a call with this key whose outcome is unknown ({kind})"),
    };
    Error::unknown(kind, what)
}

fn lost_while_waiting(error: &Error) -> Error {
    let what = error.what();
    Error::unknown(Kind::InProgress, format!("{what}, while another call with the same key was in progress"))
}
