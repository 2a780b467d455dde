//! A journal's engine: what calls of this process ask of it goes to its thread in a queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use super::engine_state::{EndOfClaim, Shared};
use super::worker::{Operation, Worker};
use super::{ClaimId, Identity, OpenStore};
use crate::util::ending_threads;

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

impl Engine {
    /// Starts the thread. The store is opened by the first operation.
    /// `users` counts who has the journal open, and calls under way.
    pub(super) fn start(opener: Arc<dyn OpenStore>, users: Arc<AtomicUsize>) -> std::io::Result<Self> {
        let (queue, operations) = channel();
        let shared = Arc::new(Shared::default());
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
        EndOfClaim::new(self.shared.clone(), key)
    }
}
