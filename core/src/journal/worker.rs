//! A journal's thread: it has the store, and gathers what calls ask for into batches.
//!
//! Calls neither wait for the disk on their own thread nor each pay for a sync of
//! their own: whatever has been asked for while one batch was committed is the next, with
//! what is asked in the next moment where many calls are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::engine_state::Shared;
use super::{Claim, Claimed, Entry, OpenStore, Settled, Settlement, Spending, Store, StoreError, unrecorded};
use crate::util::ending_threads;

/// How many operations one transaction has at most: enough that a sync costs each
/// next to nothing, few enough that none waits long for the others.
const MAX_BATCH: usize = 256;

/// How many calls have to be under way for one to wait for the others: fewer have little to share.
const MIN_SIBLINGS: usize = 8;

/// The longest that an operation waits for others to share its transaction.
const MAX_GATHERING: Duration = Duration::from_millis(1);

/// How soon a store that failed is opened anew at the earliest, and how often what
/// could not be recorded is tried again.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Where the answer to an operation goes.
type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Gets the store, or why it can't be opened.
type OtherOperation = Box<dyn FnOnce(Result<&mut dyn Store, StoreError>) -> Option<String> + Send>;

/// What an engine is asked to do.
pub(super) enum Operation {
    LookUp {
        key: String,
        reply: Reply<Option<Entry>>,
    },
    Claim {
        claim: Claim,
        reply: Reply<ClaimAnswer>,
    },
    Settle {
        settlement: Settlement,
        reply: Option<Reply<Settled>>,
    },
    /// Anything else, for itself: it gives the error after which the store can't be trusted.
    Other(OtherOperation),
    /// The same where the order is no matter: it makes no batch shorter.
    Aside(OtherOperation),
    /// Dropped once what was asked for before is done.
    Flush(oneshot::Sender<()>),
    /// Ends the thread; what is in here is dropped when the store is closed.
    Close(oneshot::Sender<()>),
}

/// What came of a claim, and what was spent as of then, if it has a budget.
#[derive(Debug)]
pub(crate) struct ClaimAnswer {
    pub(crate) claimed: Claimed,
    pub(crate) spending: Option<Arc<Spending>>,
}

#[cfg(test)]
impl ClaimAnswer {
    pub(super) fn is_made(&self) -> bool {
        self.claimed == Claimed::Made
    }
}

pub(super) struct Worker {
    opener: Arc<dyn OpenStore>,
    store: Option<Box<dyn Store>>,
    /// Why the store is not open, and when.
    failure: Option<(String, Instant)>,
    /// What could not be recorded yet.
    unrecorded: Vec<Settlement>,
    shared: Arc<Shared>,
    users: Arc<AtomicUsize>,
    /// How long the last transaction took.
    last_took: Duration,
}

/// A batch on its way into the store.
#[derive(Default)]
struct Batch {
    look_ups: Vec<(String, Reply<Option<Entry>>)>,
    claims: Vec<(Claim, Reply<ClaimAnswer>)>,
    settlements: Vec<(Settlement, Option<Reply<Settled>>)>,
}

impl Worker {
    pub(super) fn new(opener: Arc<dyn OpenStore>, shared: Arc<Shared>, users: Arc<AtomicUsize>) -> Self {
        let (unrecorded, last_took) = (Vec::new(), Duration::ZERO);
        Self { opener, store: None, failure: None, unrecorded, shared, users, last_took }
    }

    pub(super) fn run(mut self, operations: Receiver<Operation>) {
        let closed = self.serve(&operations);
        // Whoever asks from now on is told that it is closed.
        drop(operations);
        self.store = None;
        // Before anybody hears that it is closed, and opens it again.
        unrecorded::leave(&self.opener.name(), std::mem::take(&mut self.unrecorded));
        drop(closed);
        self.record_rest();
    }

    /// Tries again what could not be recorded until the process ends, and does not keep the
    /// store open for that: whoever opens it meanwhile takes it over.
    fn record_rest(mut self) {
        let name = self.opener.name();
        let joins = ending_threads::joins();
        while unrecorded::is_left(&name) {
            let begun = Instant::now();
            let is_last = loop {
                match ending_threads::joins() == joins {
                    true if begun.elapsed() < RETRY_INTERVAL => std::thread::sleep(RETRY_INTERVAL / 50),
                    goes_on => break !goes_on,
                }
            };
            if is_last {
                self.failure = None;
            }
            // Opening the store takes what is left.
            if self.open().is_ok() {
                self.execute(Batch::default());
                self.store = None;
                unrecorded::leave(&name, std::mem::take(&mut self.unrecorded));
            }
            if is_last {
                return;
            }
        }
    }

    /// Does what is asked for until nobody can ask any more, or the store is to be closed:
    /// then there is someone who waits for that.
    fn serve(&mut self, operations: &Receiver<Operation>) -> Option<oneshot::Sender<()>> {
        loop {
            let first = match self.unrecorded.is_empty() {
                true => operations.recv().map_err(|_| RecvTimeoutError::Disconnected),
                false => operations.recv_timeout(RETRY_INTERVAL),
            };
            let first = match first {
                Ok(operation) => Some(operation),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => {
                    self.execute(Batch::default());
                    return None;
                }
            };
            let mut batch = Batch::default();
            for operation in self.gather(first, operations) {
                match operation {
                    Operation::LookUp { key, reply } => batch.look_ups.push((key, reply)),
                    Operation::Claim { claim, reply } => {
                        // One transaction claims a key once: the second finds the first.
                        if batch.claims.iter().any(|(before, _)| before.key == claim.key) {
                            self.execute(std::mem::take(&mut batch));
                        }
                        batch.claims.push((claim, reply));
                    }
                    Operation::Settle { settlement, reply } => batch.settlements.push((settlement, reply)),
                    Operation::Other(operation) => {
                        self.execute(std::mem::take(&mut batch));
                        self.execute_other(operation);
                    }
                    Operation::Aside(operation) => self.execute_other(operation),
                    Operation::Flush(done) => {
                        self.execute(std::mem::take(&mut batch));
                        drop(done);
                    }
                    Operation::Close(done) => {
                        self.execute(batch);
                        return Some(done);
                    }
                }
            }
            self.execute(batch);
        }
    }

    /// What has been asked for by now, and in the next moment where many calls are under way.
    fn gather(&self, first: Option<Operation>, operations: &Receiver<Operation>) -> Vec<Operation> {
        let waiting = |room| std::iter::from_fn(|| operations.try_recv().ok()).take(room);
        let mut gathered: Vec<_> = first.into_iter().chain(waiting(MAX_BATCH - 1)).collect();
        let pause = gathering_time(self.users.load(Ordering::Relaxed), gathered.len(), self.last_took);
        if !pause.is_zero() {
            std::thread::sleep(pause);
            gathered.extend(waiting(MAX_BATCH - gathered.len()));
        }
        gathered
    }

    fn execute(&mut self, batch: Batch) {
        self.look_up(batch.look_ups);
        self.commit(batch.settlements, batch.claims);
    }

    fn look_up(&mut self, look_ups: Vec<(String, Reply<Option<Entry>>)>) {
        if look_ups.is_empty() {
            return;
        }
        let (keys, replies): (Vec<_>, Vec<_>) = look_ups.into_iter().unzip();
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        let found = self.with_store(|store| store.look_up(&keys));
        reply_all(replies, found);
    }

    fn commit(
        &mut self,
        settlements: Vec<(Settlement, Option<Reply<Settled>>)>,
        claims: Vec<(Claim, Reply<ClaimAnswer>)>,
    ) {
        let retried = std::mem::take(&mut self.unrecorded).into_iter().map(|settlement| (settlement, None));
        let (settlements, settle_replies): (Vec<_>, Vec<_>) = retried.chain(settlements).unzip();
        // A call that has ended meanwhile asks for nothing any more.
        let mut claims: Vec<_> = claims.into_iter().filter(|(_, reply)| !reply.is_closed()).collect();
        if settlements.is_empty() && claims.is_empty() {
            return;
        }
        claims.sort_unstable_by(|(a, _), (b, _)| a.key.as_bytes().cmp(b.key.as_bytes()));
        let (claims, claim_replies): (Vec<_>, Vec<_>) = claims.into_iter().unzip();
        let begun = Instant::now();
        let committed = self.with_store(|store| store.commit(&settlements, &claims));
        self.last_took = begun.elapsed();
        match committed {
            Ok(committed) => {
                for (reply, settled) in settle_replies.into_iter().zip(committed.settled) {
                    if let Some(reply) = reply {
                        let _ = reply.send(Ok(settled));
                    }
                }
                let spending = committed.spending;
                let answers = committed.claims.into_iter();
                let answers = answers.map(|claimed| ClaimAnswer { claimed, spending: spending.clone() });
                reply_all(claim_replies, Ok(answers.collect()));
                self.shared.wake_waiting(&settlements);
            }
            Err(error) => {
                for reply in settle_replies.into_iter().flatten() {
                    let _ = reply.send(Err(copy_of(&error)));
                }
                reply_all(claim_replies, Err(error));
                self.unrecorded.extend(settlements);
            }
        }
    }

    fn execute_other(&mut self, operation: OtherOperation) {
        let error = match self.open() {
            Ok(store) => operation(Ok(store)),
            Err(error) => {
                operation(Err(error));
                return;
            }
        };
        if let Some(error) = error {
            self.close_broken(error);
        }
    }

    /// Runs an operation on the store. After an error that it can't be trusted after,
    /// it is closed; the next operation opens it anew.
    fn with_store<T>(
        &mut self,
        operation: impl FnOnce(&mut dyn Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = operation(self.open()?);
        if let Err(error) = &result
            && error.is_broken()
        {
            self.close_broken(error.to_string());
        }
        result
    }

    fn close_broken(&mut self, problem: String) {
        self.store = None;
        self.failure = Some((problem, Instant::now()));
    }

    /// The open store. One that can't be opened is tried once a second at most.
    fn open(&mut self) -> Result<&mut dyn Store, StoreError> {
        if self.store.is_none() {
            if let Some((text, since)) = &self.failure
                && since.elapsed() < RETRY_INTERVAL
            {
                return Err(StoreError::failed(text.clone()));
            }
            match self.opener.open() {
                Ok(store) => {
                    let _ = self.shared.identity.set(store.identity());
                    self.failure = None;
                    self.store = Some(store);
                    self.unrecorded.extend(unrecorded::take(&self.opener.name()));
                }
                Err(error) => {
                    self.failure = Some((error.to_string(), Instant::now()));
                    return Err(error);
                }
            }
        }
        match &mut self.store {
            Some(store) => Ok(&mut **store),
            None => Err(StoreError::failed("the store is not open")),
        }
    }
}

/// For how long those who have asked wait for others to share their transaction, which costs
/// the same for one as for a hundred: not for longer than the last one took, so that a call
/// takes twice as long at most; and only where most of many users have not asked yet.
fn gathering_time(users: usize, asked: usize, last_took: Duration) -> Duration {
    match users > MIN_SIBLINGS && asked < users / 2 {
        true => last_took.min(MAX_GATHERING),
        false => Duration::ZERO,
    }
}

fn reply_all<T>(replies: Vec<Reply<T>>, result: Result<Vec<T>, StoreError>) {
    match result {
        Ok(values) => replies.into_iter().zip(values).for_each(|(reply, value)| drop(reply.send(Ok(value)))),
        Err(error) => replies.into_iter().for_each(|reply| drop(reply.send(Err(copy_of(&error))))),
    }
}

fn copy_of(error: &StoreError) -> StoreError {
    StoreError::failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_wait_for_nobody_and_nobody_waits_for_long() {
        let took = Duration::from_micros(300);
        // Who has the journal open counts, too.
        assert_eq!(gathering_time(1 + 1, 1, took), Duration::ZERO);
        assert_eq!(gathering_time(1 + 7, 1, took), Duration::ZERO);
        assert_eq!(gathering_time(1 + 64, 1, took), took);
        assert_eq!(gathering_time(1 + 64, 40, took), Duration::ZERO);
        assert_eq!(gathering_time(1 + 64, 1, Duration::from_secs(5)), MAX_GATHERING);
        assert_eq!(gathering_time(1 + 64, 1, Duration::ZERO), Duration::ZERO, "nothing is known yet");
    }
}
