//! The messages that can be sent, the checks they have to pass, and the request that a
//! checked one makes.

#[allow(clippy::module_inception)]
mod message;
mod prepared;
pub(crate) mod validate;

pub use message::{Email, Sms, WhatsApp, WireMessage};
pub use prepared::{Message, PreparedMessage};
