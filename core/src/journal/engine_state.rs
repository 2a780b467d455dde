//! What a journal's engine and its thread share: who they are, and who waits for the end of
//! another's claim in this process.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::{Identity, Settlement};
use crate::util::lock;

/// What the engine and its thread share.
#[derive(Default)]
pub(super) struct Shared {
    /// Known once the store was opened for the first time.
    pub(super) identity: OnceLock<Identity>,
    pub(super) claims: AtomicU64,
    /// Those who wait for the end of a claim, by its key.
    waiting: Mutex<HashMap<String, Arc<Notify>>>,
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
    pub(super) fn new(shared: Arc<Shared>, key: &str) -> Self {
        let notify = lock(&shared.waiting).entry(key.to_owned()).or_default().clone();
        Self { shared, key: key.to_owned(), notify }
    }

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
