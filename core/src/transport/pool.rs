//! The connections to the service: which of them a request goes over, and how many
//! there are at most.
//!
//! Requests share a connection over HTTP/2, and have one each over HTTP/1.1. The
//! first connection shows which of the two the service speaks, so that one is made
//! alone: whoever comes meanwhile waits for it, and shares its failure, too.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use super::Failure;
use super::connection::{Connection, Progress, Protocol, Stage};
use crate::util::lock;

/// Makes a client for one connection.
type Make = Box<dyn Fn(&Progress) -> Result<reqwest::Client, Failure> + Send + Sync>;

pub(super) struct Pool {
    make: Make,
    permits: Arc<Semaphore>,
    origin: Mutex<Origin>,
    /// Whether the service may be spoken to by HTTP/2.
    may_share: bool,
}

/// What is known of the service, and the connections that wait for a request.
struct Origin {
    /// Of HTTP/1.1; the one that was used last is used first.
    idle: VecDeque<Idle>,
    protocol: KnownProtocol,
}

struct Idle {
    connection: Arc<Connection>,
    usable_until: Instant,
}

enum KnownProtocol {
    Unknown,
    /// The first connection is being made.
    Connecting(Arc<Connection>),
    Http1,
    /// Over this connection.
    Http2(Arc<Connection>),
}

/// How long an HTTP/2 connection may leave a call without an answer, and all others
/// begun since, before further calls trust it no more.
const UNRESPONSIVE_AFTER: Duration = Duration::from_millis(250);

impl Pool {
    pub(super) fn new(permits: usize, may_share: bool, make: Make) -> Self {
        let protocol = if may_share { KnownProtocol::Unknown } else { KnownProtocol::Http1 };
        Self {
            make,
            permits: Arc::new(Semaphore::new(permits)),
            origin: Mutex::new(Origin { idle: VecDeque::new(), protocol }),
            may_share,
        }
    }

    /// A connection for one request.
    pub(super) async fn lease(&self) -> Result<ConnectionLease<'_>, Failure> {
        loop {
            let mut stage = match self.try_acquire() {
                Acquired::Lease(lease) => return Ok(lease),
                Acquired::Failed(failure) => return Err(failure),
                Acquired::Pending(stage) => stage,
                Acquired::NoPermit => {
                    // A permit is freed once a connection that ended is closed.
                    drop(self.permits.acquire().await);
                    continue;
                }
            };
            let reached = stage.wait_for(|stage| !matches!(stage, Stage::Connecting)).await;
            if let Ok(Stage::Failed(failure)) = reached.as_deref() {
                return Err(failure.clone());
            }
        }
    }

    fn try_acquire(&self) -> Acquired<'_> {
        let mut origin = self.lock();
        let now = Instant::now();
        if let KnownProtocol::Connecting(first) = &origin.protocol {
            let first = first.clone();
            origin.learn(&first);
        }
        if let Some(connection) = origin.take_idle(now) {
            return Acquired::Lease(self.lend(connection, true, now));
        }
        match &origin.protocol {
            KnownProtocol::Http2(connection) => {
                return Acquired::Lease(self.lend(connection.clone(), true, now));
            }
            KnownProtocol::Connecting(first) => return Acquired::Pending(first.progress.watch()),
            KnownProtocol::Unknown | KnownProtocol::Http1 => {}
        }
        let Ok(permit) = self.permits.clone().try_acquire_owned() else { return Acquired::NoPermit };
        match self.connection(permit) {
            Ok(connection) => {
                if let KnownProtocol::Unknown = origin.protocol {
                    origin.protocol = KnownProtocol::Connecting(connection.clone());
                }
                Acquired::Lease(self.lend(connection, false, now))
            }
            Err(failure) => Acquired::Failed(failure),
        }
    }

    fn connection(&self, permit: OwnedSemaphorePermit) -> Result<Arc<Connection>, Failure> {
        let progress = Progress::new();
        let http = (self.make)(&progress)?;
        Ok(Arc::new(Connection::new(http, progress, permit)))
    }

    fn lend(&self, connection: Arc<Connection>, reused: bool, now: Instant) -> ConnectionLease<'_> {
        ConnectionLease { pool: self, connection, reused, began: now, ended: false }
    }

    fn lock(&self) -> MutexGuard<'_, Origin> {
        lock(&self.origin)
    }
}

/// What a request finds when it wants a connection.
enum Acquired<'a> {
    Lease(ConnectionLease<'a>),
    /// The first connection will show what is spoken.
    Pending(watch::Receiver<Stage>),
    /// As many are open as may be.
    NoPermit,
    Failed(Failure),
}

impl Origin {
    /// What a connection shows of the service, once it is made.
    fn learn(&mut self, connection: &Arc<Connection>) {
        let is_first =
            matches!(&self.protocol, KnownProtocol::Connecting(first) if Arc::ptr_eq(first, connection));
        match connection.protocol() {
            Some(Protocol::Http1) if is_first => self.protocol = KnownProtocol::Http1,
            Some(Protocol::Http2) if is_first || matches!(self.protocol, KnownProtocol::Http1) => {
                self.protocol = KnownProtocol::Http2(connection.clone());
            }
            _ => {}
        }
    }

    /// No further request goes over this connection.
    fn retire(&mut self, connection: &Arc<Connection>) {
        self.learn(connection);
        match &self.protocol {
            KnownProtocol::Connecting(known) | KnownProtocol::Http2(known)
                if Arc::ptr_eq(known, connection) =>
            {
                self.protocol = KnownProtocol::Unknown;
            }
            _ => {}
        }
    }

    fn take_idle(&mut self, now: Instant) -> Option<Arc<Connection>> {
        while self.idle.front().is_some_and(|idle| idle.usable_until <= now) {
            self.idle.pop_front();
        }
        while let Some(idle) = self.idle.pop_back() {
            if idle.usable_until > now {
                return Some(idle.connection);
            }
        }
        None
    }
}

/// A connection for one request. Dropped unfinished, it is not used again, unless
/// others share it.
pub(super) struct ConnectionLease<'a> {
    pool: &'a Pool,
    pub(super) connection: Arc<Connection>,
    /// Whether it was there before this request.
    pub(super) reused: bool,
    began: Instant,
    ended: bool,
}

impl ConnectionLease<'_> {
    /// Whether the service may hold a body back until it wants it.
    pub(super) fn may_be_http2(&self) -> bool {
        self.pool.may_share && self.connection.protocol() != Some(Protocol::Http1)
    }

    /// Whether no answer ever came over this connection.
    pub(super) fn has_no_answer_yet(&self) -> bool {
        self.connection.progress.answer_begun().is_none()
    }

    /// The answer began to arrive.
    pub(super) fn mark_answer_begun(&self) -> Instant {
        let now = Instant::now();
        self.connection.progress.mark_answer_begun(now);
        now
    }

    /// The request was answered, whole; the connection may be used until then.
    pub(super) fn finish(mut self, usable_until: Option<Instant>) {
        self.ended = true;
        let mut origin = self.pool.lock();
        origin.learn(&self.connection);
        if let Some(usable_until) = usable_until
            && self.connection.protocol() == Some(Protocol::Http1)
        {
            self.connection.progress.answered(Instant::now());
            origin.idle.push_back(Idle { connection: self.connection.clone(), usable_until });
        }
    }

    /// The request failed, and so did the connection.
    pub(super) fn fail(mut self, failure: &Failure) {
        self.ended = true;
        self.pool.lock().retire(&self.connection);
        self.connection.progress.failed(failure);
    }

    /// The request failed by itself.
    pub(super) fn end(mut self) {
        self.ended = true;
    }
}

impl Drop for ConnectionLease<'_> {
    /// The request was given up.
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let is_silent = || {
            let answer_begun = self.connection.progress.answer_begun();
            answer_begun.is_none_or(|answer_begun| answer_begun < self.began)
                && self.began.elapsed() >= UNRESPONSIVE_AFTER
        };
        if self.connection.protocol() != Some(Protocol::Http2) || is_silent() {
            self.pool.lock().retire(&self.connection);
        }
    }
}
