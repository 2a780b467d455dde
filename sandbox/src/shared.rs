//! What the server's thread and the callers' threads have in common.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::api::{Message, Response};
use crate::bounded::{Bounded, Size};
use crate::config::Config;
use crate::error::ControlError;
use crate::fault::{Fault, FaultKind, Faults};
use crate::inbox::{Entry, Inbox, StatusChange};
use crate::record::{Received, RecordedRequest};
use crate::state::State;
use crate::timestamp::Timestamp;

/// One sandbox's memory.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) url: String,
    world: Mutex<World>,
    changes: watch::Sender<()>,
}

/// What changes while the sandbox runs.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) messages: Bounded<Message>,
    requests: Bounded<Arc<Received>>,
    pub(crate) faults: Faults,
    pub(crate) inbox: Inbox,
    ids: Ids,
}

/// How many there were since the start, the last reset, or the record's being cleared.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    requests: u64,
    messages: u64,
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
pub(crate) enum Handled {
    /// The answer, and what happens to it on the wire.
    Response(Response, Option<FaultKind>),
    /// Nothing: the connection is to be closed as if the request had not been read.
    Unread,
}

impl Shared {
    pub(crate) fn new(config: Config, address: SocketAddr) -> Shared {
        Shared {
            url: format!("http://{address}"),
            world: Mutex::new(World {
                state: config.state.clone(),
                messages: Bounded::default(),
                requests: Bounded::default(),
                faults: Faults::default(),
                inbox: Inbox::new(),
                ids: Ids::new(),
            }),
            changes: watch::Sender::new(()),
            config,
        }
    }

    /// A panic elsewhere is no reason for the sandbox to stop answering: every change
    /// leaves the world whole.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, and whoever looks on is told afterwards.
    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let done = change(&mut self.world());
        self.changes.send_replace(());
        done
    }

    /// The world as it is at a moment.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world())
    }

    /// Wakes whoever waits for it at each change of the world.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Records a request, gives it its fault and has the service answer it, in one step,
    /// so that simultaneous requests take faults and credit in the order of the record.
    pub(crate) fn handle(&self, request: Received) -> Handled {
        let body = request.json();
        self.change(|world| world.handle(Arc::new(request), body.as_ref(), &self.config.api_key, &self.url))
    }

    /// Whether the request that begins is to be cut off; uses the fault up.
    pub(crate) fn take_close_before_read(&self) -> bool {
        let cut = self.look(|world| matches!(world.faults.next(), Some(FaultKind::CloseBeforeRead)));
        cut && self.change(|world| {
            // Another connection's request may have taken it since.
            let cut = matches!(world.faults.next(), Some(FaultKind::CloseBeforeRead));
            if cut {
                world.faults.take();
                world.inbox.request(Entry::unread());
            }
            cut
        })
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        let requests: Vec<Arc<Received>> = self.look(|world| world.requests.iter().cloned().collect());
        requests.iter().map(|request| RecordedRequest::from(&**request)).collect()
    }

    pub(crate) fn clear_requests(&self) {
        self.world().requests = Bounded::default();
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.look(|world| world.messages.iter().cloned().collect())
    }

    /// How many requests were recorded and how many messages accepted, those that have left
    /// among them.
    pub(crate) fn counts(&self) -> Counts {
        self.look(|world| Counts { requests: world.requests.added(), messages: world.messages.added() })
    }

    /// Gives one message, or all of them, a status. False if there is no such message.
    pub(crate) fn advance(&self, id: Option<&str>, status: &str) -> bool {
        self.change(|world| {
            let wanted = world.messages.iter_mut().filter(|message| id.is_none_or(|id| message.id() == id));
            let advanced = wanted.map(|message| message.advance(status)).count();
            if advanced > 0 {
                let (id, status) = (id.map(str::to_owned), status.to_owned());
                world.inbox.status(StatusChange { id, status, at: Timestamp::now() });
            }
            advanced > 0 || id.is_none()
        })
    }

    pub(crate) fn state(&self) -> State {
        self.world().state.clone()
    }

    pub(crate) fn set_state(&self, patch: &Value) -> Result<(), ControlError> {
        self.change(|world| {
            world.state = world.state.patched(patch)?;
            Ok(())
        })
    }

    pub(crate) fn push_fault(&self, fault: Fault) -> Option<PortChange> {
        if let FaultKind::Refuse { ms } = fault.kind {
            return Some(PortChange::Close(ms.map(Duration::from_millis)));
        }
        self.change(|world| world.faults.push(fault));
        None
    }

    pub(crate) fn set_fault(&self, fault: Option<Fault>) -> PortChange {
        let refused = fault.as_ref().and_then(|fault| match fault.kind {
            FaultKind::Refuse { ms } => Some(PortChange::Close(ms.map(Duration::from_millis))),
            _ => None,
        });
        let sticky = fault.filter(|_| refused.is_none());
        self.change(|world| world.faults.set(sticky));
        refused.unwrap_or(PortChange::Open)
    }

    pub(crate) fn reset(&self) -> PortChange {
        self.change(|world| {
            world.state = self.config.state.clone();
            world.messages = Bounded::default();
            world.requests = Bounded::default();
            world.faults = Faults::default();
            world.inbox.reset();
        });
        PortChange::Open
    }

    /// Takes all faults away, those that wait and those that act.
    pub(crate) fn clear_faults(&self) -> PortChange {
        self.change(|world| world.faults = Faults::default());
        PortChange::Open
    }
}

impl World {
    fn handle(&mut self, request: Arc<Received>, body: Option<&Value>, api_key: &str, url: &str) -> Handled {
        let fault = match self.faults.turned_away(Instant::now()) {
            Some(limit) => Some(limit),
            None => self.faults.take(),
        };
        if matches!(fault, Some(FaultKind::CloseBeforeRead)) {
            self.inbox.request(Entry::unread());
            return Handled::Unread;
        }
        let accepted_before = self.messages.added();
        let canned = fault.as_ref().and_then(|fault| crate::api::canned(fault, url));
        let answer = match canned {
            Some(answer) => answer,
            None => crate::api::answer(self, api_key, &request, body),
        };
        let accepted = self.messages.newest().filter(|_| self.messages.added() > accepted_before);
        let message = accepted.map(Message::accepted);
        self.inbox.request(Entry::new(request.clone(), body, answer.clone(), fault.clone(), message));
        self.requests.push(request, drop);
        match fault {
            Some(FaultKind::Unreadable) => Handled::Response(Response::unreadable(), None),
            fault => Handled::Response(answer, fault),
        }
    }

    pub(crate) fn new_message_id(&mut self) -> String {
        self.ids.next()
    }
}

impl Size for Arc<Received> {
    fn bytes(&self) -> usize {
        Received::bytes(self)
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
