//! One connection: a reqwest client that connects once at most.
//!
//! reqwest tells nobody when it opens a connection or when one was closed, and opens
//! a further one whenever none is at hand, be it for a moment only. With a client for
//! each connection their number is known: a second one is never made in its place, and
//! dropping the client closes it.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::Connection as Connected;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};
use tower_layer::Layer;
use tower_service::Service;

use super::failure::{Failure, Gone};
use crate::util::lock;

/// What is spoken over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// One request at a time.
    Http1,
    /// All requests share it.
    Http2,
}

/// How far a connection has come.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    Connecting,
    Connected(Protocol),
    Failed(Failure),
}

/// A connection, made or to be made by its first request.
pub(super) struct Connection {
    // Dropped first: that closes the socket, and then its permit is free.
    pub(super) http: reqwest::Client,
    pub(super) progress: Progress,
    _permit: ConnectionPermit,
}

impl Connection {
    pub(super) fn new(http: reqwest::Client, progress: Progress, permit: OwnedSemaphorePermit) -> Self {
        Self { http, progress, _permit: ConnectionPermit(Some(permit)) }
    }

    pub(super) fn protocol(&self) -> Option<Protocol> {
        match *self.progress.0.stage.borrow() {
            Stage::Connected(protocol) => Some(protocol),
            _ => None,
        }
    }
}

/// The right to have one open connection.
struct ConnectionPermit(Option<OwnedSemaphorePermit>);

impl Drop for ConnectionPermit {
    /// The socket is closed by a task that runs before the one that is made here.
    fn drop(&mut self) {
        let permit = self.0.take();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                tokio::task::yield_now().await;
                drop(permit);
            });
        }
    }
}

/// What is known of a connection; shared with its connector.
#[derive(Clone)]
pub(super) struct Progress(Arc<State>);

struct State {
    begun: AtomicBool,
    stage: watch::Sender<Stage>,
    /// Until when the HTTP library may still be about to take the connection back.
    settled: Mutex<Instant>,
    /// When an answer last began to arrive.
    answer_begun: Mutex<Option<Instant>>,
}

/// How long an answered connection may take to be taken back.
const SETTLING: Duration = Duration::from_millis(20);
/// How long a new HTTP/2 connection may take until requests can share it.
const SETTLING_HTTP2: Duration = Duration::from_secs(1);
/// In any case the tasks of the connection get to run this often.
const SETTLE_YIELDS: usize = 4;

impl Progress {
    pub(super) fn new() -> Self {
        Self(Arc::new(State {
            begun: AtomicBool::new(false),
            stage: watch::Sender::new(Stage::Connecting),
            settled: Mutex::new(Instant::now()),
            answer_begun: Mutex::new(None),
        }))
    }

    pub(super) fn watch(&self) -> watch::Receiver<Stage> {
        self.0.stage.subscribe()
    }

    fn connected(&self, protocol: Protocol) {
        if protocol == Protocol::Http2 {
            self.set_settled(Instant::now() + SETTLING_HTTP2);
        }
        self.0.stage.send_replace(Stage::Connected(protocol));
    }

    /// The first request on it ended without a connection.
    pub(super) fn failed(&self, failure: &Failure) {
        self.0.stage.send_if_modified(|stage| match stage {
            Stage::Connecting => {
                *stage = Stage::Failed(Failure { unconnected: true, ..failure.clone() });
                true
            }
            _ => false,
        });
    }

    /// An answer began to arrive.
    pub(super) fn mark_answer_begun(&self, at: Instant) {
        *lock(&self.0.answer_begun) = Some(at);
    }

    pub(super) fn answer_begun(&self) -> Option<Instant> {
        *lock(&self.0.answer_begun)
    }

    /// Its request was answered, whole, at this moment.
    pub(super) fn answered(&self, at: Instant) {
        self.set_settled(at + SETTLING);
    }

    fn set_settled(&self, at: Instant) {
        *lock(&self.0.settled) = at;
    }

    /// A connection that is only about to be taken back wins against this.
    async fn settle(&self) {
        for _ in 0..SETTLE_YIELDS {
            tokio::task::yield_now().await;
        }
        let settled = *lock(&self.0.settled);
        if settled > Instant::now() {
            sleep_until(settled).await;
        }
    }
}

type BoxError = Box<dyn StdError + Send + Sync>;

/// Lets reqwest's connector connect once.
#[derive(Clone)]
pub(super) struct ConnectOnce(pub(super) Progress);

impl<S> Layer<S> for ConnectOnce {
    type Service = OnceConnector<S>;

    fn layer(&self, connector: S) -> OnceConnector<S> {
        OnceConnector { connector, progress: self.0.clone() }
    }
}

#[derive(Clone)]
pub(super) struct OnceConnector<S> {
    connector: S,
    progress: Progress,
}

impl<S, Target> Service<Target> for OnceConnector<S>
where
    S: Service<Target, Error = BoxError>,
    S::Response: Connected,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, to: Target) -> Self::Future {
        let progress = self.progress.clone();
        if progress.0.begun.swap(true, Ordering::SeqCst) {
            return Box::pin(async move {
                progress.settle().await;
                Err(Gone.into())
            });
        }
        let connecting = self.connector.call(to);
        Box::pin(async move {
            let connection = connecting.await?;
            let http2 = connection.connected().is_negotiated_h2();
            progress.connected(if http2 { Protocol::Http2 } else { Protocol::Http1 });
            Ok(connection)
        })
    }
}
