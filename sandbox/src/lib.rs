//! A real HTTP/1.1 server on loopback that speaks the Partner Messaging API.
//!
//! It sends, tells what became of a message, lists messages and tells the credit.
//! It has state (organisation, app, channels, credit, messages whose status
//! advances), keeps a record of the requests that reached it, and plays faults on
//! demand, from a canned answer down to a reset connection. It is a program of its
//! own (`partner-messaging-sandbox --listen 127.0.0.1:8787`) and this library, which
//! runs the same server on a background thread of the process that tests.
//!
//! ```
//! use partner_messaging_sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::start()?;
//! println!("send to {} with the key {}", sandbox.url(), sandbox.api_key());
//!
//! sandbox.set_state(&serde_json::json!({"balance": "0.00"}))?;
//! sandbox.push_fault(Fault::from_json(r#"{"kind": "stall", "ms": 200}"#)?);
//! assert!(sandbox.requests().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Assumptions
//!
//! The service's document leaves much open. Where the sandbox had to choose, the
//! choice is an assumption about the service and nothing to rely on:
//!
//! * everything that reads: the paths `GET /partner/message/{messageId}`,
//!   `GET /partner/message` and `GET /partner/credit/balance`, their parameters and
//!   answers, and every status of a message but `SENT`;
//! * which HTTP status comes with which error code (the document only says 4xx/5xx);
//! * the code `UNAUTHORIZED` with status 401 for a missing or wrong API key, and
//!   `RATE_LIMITED` with status 429 in the faults `rate_limit` and `limit`: neither is
//!   in the document's table;
//! * the order in which a request is checked, the texts of the errors, the prices,
//!   and that a message is charged when it is accepted;
//! * that a channel the document does not name needs no more than `to`.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod api;
mod bounded;
mod browser;
mod config;
mod control;
mod error;
mod fault;
mod fault_json;
mod inbox;
mod money;
mod record;
mod sandbox;
mod server;
mod shared;
mod show;
mod state;
mod timestamp;

pub use config::{Config, DEFAULT_API_KEY};
pub use error::ControlError;
pub use fault::{Fault, FaultKind};
pub use record::RecordedRequest;
pub use sandbox::Sandbox;
pub use show::ShowInbox;
pub use state::{ChannelState, Delivery, PageStyle, PageTotal, Standing, State};

/// The amount type of [`State`], for callers that do not depend on it themselves.
pub use rust_decimal::Decimal;
