//! One journal that is open in this process, and who uses it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::oneshot;

use super::call::{CLOSED, JournalCall, PendingReply, journal_error};
use super::engine::Engine;
use super::engine_state::EndOfClaim;
use super::worker::{ClaimAnswer, Operation};
use super::{
    Claim, ClaimId, Entry, Identity, OpenStore, RateRequest, RateShare, Settled, Settlement, Store,
    StoreError,
};
use crate::error::{Effect, Error};
use crate::util::PerProcess;
use crate::util::clock;

/// A journal and its engine.
pub(super) struct OpenJournal {
    pub(super) opener: Arc<dyn OpenStore>,
    pub(super) name: Arc<str>,
    engine: PerProcess<Engine>,
    /// How many handles have it open, and calls are under way. Once there are none it
    /// is closed, and stays so.
    users: Arc<AtomicUsize>,
}

impl OpenJournal {
    /// With one user.
    pub(super) fn new(opener: Arc<dyn OpenStore>) -> Arc<Self> {
        let name = opener.name().into();
        Arc::new(Self { opener, name, engine: PerProcess::new(), users: Arc::new(AtomicUsize::new(1)) })
    }

    /// Counts one user more, unless it is closed.
    pub(super) fn enter(&self) -> bool {
        let one_more = |users| (users > 0).then_some(users + 1);
        self.users.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_ok()
    }

    /// Counts one user less. `true`: it was the last one, and the store is to be closed.
    fn leave(&self) -> bool {
        self.users.fetch_sub(1, Ordering::SeqCst) == 1
    }

    /// The same for one that waits for what was asked for before; where it was the last user,
    /// the store is closed, too.
    pub(super) fn close(&self) -> JournalCall<()> {
        self.flush(self.leave())
    }

    /// Waits for what was asked for before; then the store is closed if it `ends`.
    pub(super) fn flush(&self, ends: bool) -> JournalCall<()> {
        let Some(engine) = self.engine.existing() else { return JournalCall::ready(Ok(())) };
        let (done, ended) = oneshot::channel::<()>();
        // The thread drops it, whether it does what it is told or has ended before.
        engine.submit(if ends { Operation::Close(done) } else { Operation::Flush(done) });
        JournalCall::new(async move {
            let _ = ended.await;
            Ok(())
        })
    }

    pub(super) fn engine(&self) -> Result<Arc<Engine>, Error> {
        let started = self.engine.get(|| Engine::start(self.opener.clone(), self.users.clone()));
        started.map_err(|error| journal_error(&self.name, &format!("no thread can be started: {error}")))
    }

    pub(super) fn has_engine(&self) -> bool {
        self.engine.existing().is_some()
    }

    pub(super) fn ask_for<T: Send + 'static>(
        &self,
        effect: Effect,
        question: impl FnOnce(&mut dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> JournalCall<T> {
        let answer = self.submit(|reply| {
            Operation::Other(Box::new(move |store| {
                let result = store.and_then(question);
                let broken = result.as_ref().err().filter(|error| error.is_broken()).map(ToString::to_string);
                let _ = reply.send(result);
                broken
            }))
        });
        JournalCall::new(async move { answer.received().await.map_err(|error| error.attach_effect(effect)) })
    }

    fn submit<T>(
        &self,
        operation: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Operation,
    ) -> PendingReply<T> {
        let (reply, answer) = oneshot::channel();
        let submitted = self.engine().and_then(|engine| match engine.submit(operation(reply)) {
            true => Ok(answer),
            false => Err(journal_error(&self.name, CLOSED)),
        });
        PendingReply { journal: self.name.clone(), answer: submitted }
    }
}

/// A reference to a journal for what is not a call's: it keeps nothing open.
#[derive(Clone)]
pub(crate) struct JournalRef(Weak<OpenJournal>);

impl JournalRef {
    pub(super) fn new(journal: &Arc<OpenJournal>) -> Self {
        Self(Arc::downgrade(journal))
    }

    /// Asks for a share of a rate, and gives it to `then` on the journal's thread, with the
    /// moment since the machine's start from which on it is lent. Where the journal is closed,
    /// `then` is dropped.
    pub(crate) fn share_rate(
        &self,
        request: RateRequest,
        then: impl FnOnce(Duration, Result<RateShare, Error>) + Send + 'static,
    ) {
        let Some(journal) = self.0.upgrade() else { return };
        // Nothing is begun only to give something back.
        let engine = if request.wanted > 0 { journal.engine().ok() } else { journal.engine.existing() };
        let Some(engine) = engine else { return };
        let name = journal.name.clone();
        engine.submit(Operation::Aside(Box::new(move |store| {
            let asked = clock::since_boot();
            let shared = store.and_then(|store| store.share_rate(&request));
            let broken = shared.as_ref().err().filter(|error| error.is_broken()).map(ToString::to_string);
            then(asked, shared.map_err(|error| journal_error(&name, &error.to_string())));
            broken
        })));
    }
}

/// A call's use of a journal: whoever closes it meanwhile, the call still records what
/// became of it.
pub(crate) struct Session(Arc<OpenJournal>);

impl Session {
    /// `journal` has this user counted.
    pub(super) fn new(journal: Arc<OpenJournal>) -> Self {
        Self(journal)
    }

    /// Makes the journal belong to an origin, or refuses a client of another one.
    pub(crate) fn bind_origin(&self, origin: &str) -> JournalCall<()> {
        let (origin, wanted) = (origin.to_owned(), origin.to_owned());
        let bound = self.0.ask_for(Effect::Send, move |store| store.bind_origin(&origin));
        JournalCall::new(async move {
            let bound = bound.await?;
            if bound == wanted {
                return Ok(());
            }
            Err(Error::config(
                "journal",
                format!(
                    "belongs to {bound}, and the client is of {wanted}: what was sent there was not sent here"
                ),
            ))
        })
    }

    /// What the journal is known by; opens it if need be.
    pub(crate) async fn identity(&self) -> Result<Identity, Error> {
        if let Some(identity) = self.0.engine.existing().and_then(|engine| engine.identity().copied()) {
            return Ok(identity);
        }
        self.0.ask_for(Effect::Send, |store| Ok(store.identity())).await
    }

    pub(crate) fn next_claim(&self, identity: &Identity) -> Result<ClaimId, Error> {
        Ok(self.0.engine()?.next_claim(identity))
    }

    pub(crate) async fn look_up(&self, key: &str) -> Result<Option<Entry>, Error> {
        self.0.submit(|reply| Operation::LookUp { key: key.to_owned(), reply }).received().await
    }

    /// Makes a claim durable, or tells why it was not made.
    pub(crate) async fn claim(&self, claim: Claim) -> Result<ClaimAnswer, Error> {
        self.0.submit(|reply| Operation::Claim { claim, reply }).received().await
    }

    /// Records how a claim ended.
    pub(crate) async fn settle(&self, settlement: Settlement) -> Result<Settled, Error> {
        self.0.submit(|reply| Operation::Settle { settlement, reply: Some(reply) }).received().await
    }

    /// The same for those who can't wait.
    pub(crate) fn settle_later(&self, settlement: Settlement) {
        if let Ok(engine) = self.0.engine() {
            engine.submit(Operation::Settle { settlement, reply: None });
        }
    }

    pub(crate) fn end_of(&self, key: &str) -> Result<EndOfClaim, Error> {
        Ok(self.0.engine()?.end_of(key))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A call waits for its own: to flush for each would cut the others' batches.
        if self.0.leave() {
            drop(self.0.flush(true));
        }
    }
}
