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

#[cfg(unix)]
pub mod background;
pub mod blocking;

mod balance;
mod barrier;
mod builder;
mod call;
mod cancel;
mod client;
mod config;
mod connect;
mod endpoints;
mod envelope;
mod error;
mod failure;
mod fallback;
mod filter;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod message;
mod messages;
mod money;
mod object;
mod observe;
mod outcome;
mod page;
mod process;
mod receipt;
mod record;
mod request;
mod retry;
mod secret;
mod send;
mod spending;
mod tls;
mod transport;
mod validate;
mod verdict;
mod wait;

pub use balance::Balance;
pub use builder::{CallOptions, ClientBuilder};
pub use cancel::Cancel;
pub use client::Client;
pub use config::{count, seconds};
pub use envelope::Envelope;
pub use error::{Error, ErrorClass, Kind};
pub use fallback::{FallbackReceipt, FallbackStep};
pub use filter::MessageFilter;
pub use message::{Email, Message, Sms, WhatsApp, WireMessage};
pub use messages::{Messages, Pages};
pub use observe::{Event, Step};
pub use outcome::Outcome;
pub use page::{Page, Pager};
pub use receipt::Receipt;
pub use record::MessageRecord;
pub use request::{Reply, Request};
pub use rust_decimal::Decimal;
pub use secret::mask_recipient;
pub use spending::Spending;
