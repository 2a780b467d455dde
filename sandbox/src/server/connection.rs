//! One connection, from its acceptance to its end.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::fault::FaultKind;
use crate::server::fault_io::FaultIo;
use crate::server::{EndWhenIdle, Order, service};
use crate::shared::Shared;

/// What a connection's service and its stream tell each other.
pub(crate) struct Wire {
    /// The connection's number.
    pub(crate) connection: u64,
    state: Mutex<WireState>,
}

struct WireState {
    between_requests: bool,
    plan: Option<Plan>,
}

/// What the stream does with the next answer.
pub(crate) struct Plan {
    pub(crate) fault: FaultKind,
    /// With it the stream can tell when it has the whole answer.
    pub(crate) body_length: usize,
}

impl Wire {
    fn new(connection: u64) -> Wire {
        Wire { connection, state: Mutex::new(WireState { between_requests: true, plan: None }) }
    }

    fn state(&self) -> MutexGuard<'_, WireState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next byte to arrive is a request's first.
    pub(crate) fn is_between_requests(&self) -> bool {
        self.state().between_requests
    }

    pub(crate) fn request_begins(&self) {
        self.state().between_requests = false;
    }

    pub(crate) fn request_is_answered(&self, plan: Option<Plan>) {
        let mut state = self.state();
        state.between_requests = true;
        state.plan = plan;
    }

    pub(crate) fn take_plan(&self) -> Option<Plan> {
        self.state().plan.take()
    }
}

pub(crate) async fn serve(
    stream: TcpStream,
    number: u64,
    shared: Arc<Shared>,
    orders: UnboundedSender<Order>,
    mut signals: UnboundedReceiver<EndWhenIdle>,
) {
    // Slow answers are to leave byte by byte.
    let _ = stream.set_nodelay(true);
    let wire = Arc::new(Wire::new(number));
    let io = TokioIo::new(FaultIo::new(stream, wire.clone(), shared.clone()));
    let answer =
        service_fn(move |request| service::answer(shared.clone(), wire.clone(), orders.clone(), request));
    let connection = http1::Builder::new()
        // A client that has said all it has to say still gets its answer.
        .half_close(true)
        .serve_connection(io, answer);
    let mut connection = pin!(connection);
    loop {
        tokio::select! {
            biased;
            Some(heard) = signals.recv() => {
                connection.as_mut().graceful_shutdown();
                let ended = poll_fn(|cx| Poll::Ready(connection.as_mut().poll(cx).is_ready()));
                if ended.await {
                    return;
                }
                drop(heard);
            }
            // How it ended matters to nobody: most faults end in an error here.
            _ = connection.as_mut() => return,
        }
    }
}
