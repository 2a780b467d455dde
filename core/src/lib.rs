//! Client for the Partner Messaging API: WhatsApp, SMS and email over one HTTP
//! endpoint, for services that send one-time passwords and notifications.
//!
//! Every message costs money and must not go out twice, so a call that sends
//! always says what became of the message: its [`Outcome`] is `sent` (a
//! [`Receipt`]), or `rejected`, `not_sent` or `unknown` (an [`Error`]).
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use partner_messaging::{ErrorClass, Outcome, Sms, blocking};
//! use partner_messaging_sandbox::Sandbox; // a real server on this machine
//!
//! let sandbox = Sandbox::start()?;
//! let client = blocking::Client::builder().api_key(sandbox.api_key()).base_url(sandbox.url()).build_blocking()?;
//! let receipt = client.send(&Sms::text("+6591234567", "Hello"))?;
//! assert_eq!(receipt.status.as_deref(), Some("SENT"));
//!
//! sandbox.set_state(&serde_json::json!({"balance": "0.00"}))?;
//! let error = client.send(&Sms::text("+6591234567", "Hello")).unwrap_err();
//! assert_eq!(error.outcome(), Some(Outcome::Rejected));
//! assert_eq!(error.class(), ErrorClass::InsufficientCredit);
//! # Ok(()) }
//! ```
//!
//! [`Client`] is for asynchronous programs, [`blocking::Client`] for the others.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

// The layers from the ground up: util, error, types, telemetry, journal, config,
// transport, call, operations, client. Each imports only from those before it; the lint holds it.
mod call;
mod client;
mod config;
mod error;
pub mod journal;
mod operations;
mod telemetry;
mod transport;
mod types;
mod util;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

pub use client::{Client, ListPosition, Messages, Pages, SendMany, background, blocking};
pub use config::{CallOptions, Cancel, ClientBuilder, SendManyOptions, count, outcome_of, seconds};
#[doc(hidden)]
pub use config::{NOT_WHOLE, RootsVariable};
#[doc(hidden)]
pub use error::Lack;
pub use error::{Effect, Error, ErrorClass, FallbackStep, Kind, Outcome};
pub use journal::{JournalCall, JournalHandle, JournalRecords};
pub use rust_decimal::Decimal;
pub use telemetry::{Event, LogWriter, Step, set_log_writer, write_log};
pub use types::{
    Balance, BatchMessage, BatchResult, BatchSummary, Email, FallbackReceipt, JournalConflict, JournalRecord,
    JournalSummary, JournalTotal, Message, MessageFilter, MessageRecord, Page, Pager, PreparedMessage,
    Receipt, Reply, Request, Sms, Spending, WhatsApp, WireMessage,
};
#[doc(hidden)]
pub use util::NOT_JSON;
pub use util::mask_recipient;
