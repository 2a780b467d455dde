//! What the server's thread and the callers' threads have in common.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::api::{Answer, Message};
use crate::config::Config;
use crate::error::ControlError;
use crate::fault::{Fault, FaultKind, Faults};
use crate::record::RecordedRequest;
use crate::state::State;

/// One sandbox's memory.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) url: String,
    world: Mutex<World>,
}

/// What changes while the sandbox runs.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) messages: Vec<Message>,
    requests: Vec<RecordedRequest>,
    faults: Faults,
    ids: Ids,
}

/// What has to happen to the port after a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PortChange {
    /// Nothing listens until it is opened or this time is over.
    Close(Option<Duration>),
    /// It listens again, if it did not.
    Open,
}

/// What a request that arrived whole came to.
pub(crate) enum Verdict {
    /// The answer, and what happens to it on the wire.
    Answer(Answer, Option<FaultKind>),
    /// Nothing: the connection is to be closed as if the request had not been read.
    Unread,
}

impl Shared {
    pub(crate) fn new(config: Config, address: SocketAddr) -> Shared {
        Shared {
            url: format!("http://{address}"),
            world: Mutex::new(World {
                state: config.state.clone(),
                messages: Vec::new(),
                requests: Vec::new(),
                faults: Faults::default(),
                ids: Ids::new(),
            }),
            config,
        }
    }

    /// A panic elsewhere is no reason for the sandbox to stop answering: every change
    /// leaves the world whole.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request, gives it its fault and has the service answer it, in one step,
    /// so that simultaneous requests take faults and credit in the order of the record.
    pub(crate) fn handle(&self, request: RecordedRequest) -> Verdict {
        let mut world = self.world();
        let fault = world.faults.take();
        if matches!(fault, Some(FaultKind::CloseBeforeRead)) {
            return Verdict::Unread;
        }
        let canned = fault.as_ref().and_then(|fault| crate::api::canned(fault, &self.url));
        let answer = match canned {
            Some(answer) => answer,
            None => crate::api::answer(&mut world, &self.config.api_key, &request),
        };
        world.requests.push(request);
        match fault {
            Some(FaultKind::Unreadable) => Verdict::Answer(Answer::unreadable(), None),
            fault => Verdict::Answer(answer, fault),
        }
    }

    /// Whether the request whose first byte is here is to be cut off; uses the fault up.
    pub(crate) fn take_close_before_read(&self) -> bool {
        let mut world = self.world();
        let cut = matches!(world.faults.next(), Some(FaultKind::CloseBeforeRead));
        if cut {
            world.faults.take();
        }
        cut
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.world().requests.clone()
    }

    pub(crate) fn clear_requests(&self) {
        self.world().requests.clear();
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.world().messages.clone()
    }

    /// Gives one message, or all of them, a status. False if there is no such message.
    pub(crate) fn advance(&self, id: Option<&str>, status: &str) -> bool {
        let mut world = self.world();
        let wanted = world.messages.iter_mut().filter(|message| id.is_none_or(|id| message.id() == id));
        let advanced = wanted.map(|message| message.advance(status)).count();
        advanced > 0 || id.is_none()
    }

    pub(crate) fn state(&self) -> State {
        self.world().state.clone()
    }

    pub(crate) fn set_state(&self, patch: &Value) -> Result<(), ControlError> {
        let mut world = self.world();
        world.state = world.state.patched(patch)?;
        Ok(())
    }

    pub(crate) fn push_fault(&self, fault: Fault) -> Option<PortChange> {
        if let FaultKind::Refuse { ms } = fault.kind {
            return Some(PortChange::Close(ms.map(Duration::from_millis)));
        }
        self.world().faults.push(fault);
        None
    }

    pub(crate) fn set_fault(&self, fault: Option<Fault>) -> PortChange {
        let refused = fault.as_ref().and_then(|fault| match fault.kind {
            FaultKind::Refuse { ms } => Some(PortChange::Close(ms.map(Duration::from_millis))),
            _ => None,
        });
        let sticky = fault.filter(|_| refused.is_none());
        self.world().faults.set(sticky);
        refused.unwrap_or(PortChange::Open)
    }

    pub(crate) fn reset(&self) -> PortChange {
        let mut world = self.world();
        world.state = self.config.state.clone();
        world.messages.clear();
        world.requests.clear();
        world.faults = Faults::default();
        PortChange::Open
    }
}

impl World {
    pub(crate) fn new_message_id(&mut self) -> String {
        self.ids.next()
    }
}

/// Message ids that no other sandbox and no earlier run has given out.
struct Ids {
    seed: u64,
    last: u64,
}

impl Ids {
    fn new() -> Ids {
        Ids { seed: RandomState::new().build_hasher().finish(), last: 0 }
    }

    fn next(&mut self) -> String {
        self.last += 1;
        format!("msg_{:016x}{:06}", self.seed, self.last)
    }
}
