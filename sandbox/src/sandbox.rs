//! The sandbox as a value: start, look, change, stop.

use std::fmt;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use crate::config::Config;
use crate::control::{self, Origin};
use crate::error::ControlError;
use crate::fault::Fault;
use crate::record::RecordedRequest;
use crate::server::{self, Order};
use crate::shared::{PortChange, Shared};
use crate::show::ShowInbox;
use crate::state::State;

/// A running server. It works on a thread of its own and ends when this is dropped.
///
/// All methods may be called from any thread.
pub struct Sandbox {
    shared: Arc<Shared>,
    orders: UnboundedSender<Order>,
    thread: Option<JoinHandle<()>>,
    process: u32,
}

impl Sandbox {
    /// Starts a sandbox with the default configuration on a free port of 127.0.0.1. It
    /// accepts connections when this returns.
    pub fn start() -> io::Result<Sandbox> {
        Sandbox::start_with(Config::default())
    }

    /// Starts a sandbox. An address that is not loopback and a configuration that cannot
    /// work are refused with [`io::ErrorKind::InvalidInput`].
    pub fn start_with(config: Config) -> io::Result<Sandbox> {
        let refused = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        config.check().map_err(refused)?;
        let inbox = config.inbox.map_or_else(ShowInbox::from_env, Ok).map_err(refused)?;
        let server = server::Server::bind(config.listen)?;
        let shared = Arc::new(Shared::new(config, server.address()));
        let (orders, orders_out) = tokio::sync::mpsc::unbounded_channel();
        let for_server = (shared.clone(), orders.clone());
        let thread = std::thread::Builder::new()
            .name("partner-messaging-sandbox".to_owned())
            .spawn(move || server.run(for_server.0, for_server.1, orders_out))?;
        let sandbox = Sandbox { shared, orders, thread: Some(thread), process: std::process::id() };
        sandbox.show_inbox(inbox);
        Ok(sandbox)
    }

    /// The base URL, such as `http://127.0.0.1:8787`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// Where a browser shows what the sandbox got, live: `http://127.0.0.1:8787/`.
    pub fn inbox_url(&self) -> String {
        format!("{}/", self.shared.url)
    }

    /// Shows the inbox as [`Config::inbox`] does at the start.
    pub fn show_inbox(&self, how: ShowInbox) {
        how.show(&self.inbox_url());
    }

    /// The key that requests have to carry in `x-api-key`.
    pub fn api_key(&self) -> &str {
        &self.shared.config.api_key
    }

    /// Every API request that arrived whole, the oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.requests()
    }

    /// Forgets the requests recorded so far.
    pub fn clear_requests(&self) {
        self.shared.clear_requests();
    }

    /// The accepted messages, the oldest first: the record of each as it stands now, and its
    /// `request`. [`Sandbox::control`] gives the same with the cost's exact digits.
    pub fn messages(&self) -> Vec<Value> {
        let messages = self.shared.messages();
        messages.iter().filter_map(|message| serde_json::to_value(message).ok()).collect()
    }

    /// Gives the message with this id, or without an id every message there is, a status
    /// at once. From then on it no longer changes by itself. The error names the field
    /// that is wrong: `message_id` if there is no such message, or `status` if it is empty.
    pub fn advance(&self, id: Option<&str>, status: &str) -> Result<(), ControlError> {
        control::advance(&self.shared, id, status)
    }

    /// The state as it is now.
    pub fn state(&self) -> State {
        self.shared.state()
    }

    /// Merges a patch into the state; see [`State::patched`]. A patch with an error
    /// changes nothing.
    pub fn set_state(&self, patch: &Value) -> Result<(), ControlError> {
        self.shared.set_state(patch)
    }

    /// Adds a fault to the queue from which each API request takes the first. `Refuse`
    /// takes effect at once instead: when this returns, nothing listens any more.
    pub fn push_fault(&self, fault: Fault) {
        if let Some(change) = self.shared.push_fault(fault) {
            self.change_port(change);
        }
    }

    /// Sets the fault that every request takes while the queue is empty; `None` ends it.
    /// Whatever is set also ends a refusal.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.change_port(self.shared.set_fault(fault));
    }

    /// Takes all faults away: those that were pushed and are not used up, the set one, a
    /// limit, and a refusal.
    pub fn clear_faults(&self) {
        self.change_port(self.shared.clear_faults());
    }

    /// Puts state, messages, record and faults back to what they were at the start.
    pub fn reset(&self) {
        self.change_port(self.shared.reset());
    }

    /// Carries out a command in JSON, such as `{"op": "state"}`, and returns its answer
    /// in JSON.
    pub fn control(&self, command: &str) -> Result<String, ControlError> {
        let done = control::run(&self.shared, command, Origin::Process)?;
        if let Some(change) = done.port {
            self.change_port(change);
        }
        Ok(done.answer)
    }

    /// Ends the server and all its connections, also those that are stalled.
    pub fn stop(self) {}

    /// Returns when the port has changed; in the child of a fork at once, since there is no
    /// thread that would carry the order out.
    fn change_port(&self, change: PortChange) {
        if self.process != std::process::id() {
            return;
        }
        let (done, carried_out) = mpsc::sync_channel(1);
        let order = Order::Port(
            change,
            Box::new(move || {
                let _ = done.send(());
            }),
        );
        if self.orders.send(order).is_ok() {
            let _ = carried_out.recv();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        // In the child of a fork the thread does not exist, and joining it would never end.
        if self.process != std::process::id() {
            std::mem::forget(thread);
            return;
        }
        if self.orders.send(Order::Stop).is_ok() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}
