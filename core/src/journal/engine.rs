//! A journal's engine: what calls of this process ask of it goes to its thread in a queue,
//! and who waits for the end of another's claim here is told of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, oneshot};

use super::worker::Worker;
use super::{
    Claim, ClaimId, Claimed, Entry, Identity, OpenStore, Settled, Settlement, Spending, Store, StoreError,
};
use crate::util::{ending_threads, lock};

/// Where the answer to an operation goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Gets the store, or why it can't be opened.
pub(super) type OtherOperation = Box<dyn FnOnce(Result<&mut dyn Store, StoreError>) -> Option<String> + Send>;

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

/// One process's engine for one journal. Its thread ends when nobody refers to it any
/// more, and closes the store.
pub(super) struct Engine {
    queue: Sender<Operation>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            ending_threads::add(thread);
        }
    }
}

/// What the engine and its thread share.
pub(super) struct Shared {
    /// Known once the store was opened for the first time.
    pub(super) identity: OnceLock<Identity>,
    claims: AtomicU64,
    /// Those who wait for the end of a claim, by its key.
    waiting: Mutex<HashMap<String, Arc<Notify>>>,
}

impl Engine {
    /// Starts the thread. The store is opened by the first operation.
    /// `users` counts who has the journal open, and calls under way.
    pub(super) fn start(opener: Arc<dyn OpenStore>, users: Arc<AtomicUsize>) -> std::io::Result<Self> {
        let (queue, operations) = channel();
        let shared = Arc::new(Shared {
            identity: OnceLock::new(),
            claims: AtomicU64::new(0),
            waiting: Mutex::new(HashMap::new()),
        });
        let worker = Worker::new(opener, shared.clone(), users);
        let thread = std::thread::Builder::new()
            .name("partner-messaging-journal".to_owned())
            .spawn(move || worker.run(operations))?;
        Ok(Self { queue, shared, thread: Some(thread) })
    }

    /// Never blocks for longer than it takes to put it in the queue. `false`: the engine was closed.
    pub(super) fn submit(&self, operation: Operation) -> bool {
        self.queue.send(operation).is_ok()
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.shared.identity.get()
    }

    /// An id that no other claim ever has.
    pub(super) fn next_claim(&self, identity: &Identity) -> ClaimId {
        ClaimId { owner: identity.owner, number: self.shared.claims.fetch_add(1, Ordering::Relaxed) }
    }

    /// Tells when a claim of this key ends in this process.
    pub(super) fn end_of(&self, key: &str) -> EndOfClaim {
        let notify = lock(&self.shared.waiting).entry(key.to_owned()).or_default().clone();
        EndOfClaim { shared: self.shared.clone(), key: key.to_owned(), notify }
    }
}

impl Shared {
    /// Wakes the calls of this process that wait for the end of these claims.
    pub(super) fn wake_waiting(&self, settlements: &[Settlement]) {
        let mut waiting = lock(&self.waiting);
        if waiting.is_empty() {
            return;
        }
        for settlement in settlements {
            if let Some(notify) = waiting.remove(&settlement.key) {
                notify.notify_waiters();
            }
        }
    }
}

/// Someone who waits for the end of a claim.
pub(crate) struct EndOfClaim {
    shared: Arc<Shared>,
    key: String,
    notify: Arc<Notify>,
}

impl EndOfClaim {
    /// Ends when the claim does, from the moment on that this is first polled or enabled.
    pub(crate) fn notified(&self) -> Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for EndOfClaim {
    fn drop(&mut self) {
        let mut waiting = lock(&self.shared.waiting);
        // One reference is the map's, one is this.
        if Arc::strong_count(&self.notify) == 2
            && waiting.get(&self.key).is_some_and(|notify| Arc::ptr_eq(notify, &self.notify))
        {
            waiting.remove(&self.key);
        }
    }
}
