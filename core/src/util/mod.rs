//! Tools that know nothing of messages: JSON, money, redaction, state of a process.

pub(crate) mod clock;
pub(crate) mod decimal;
pub(crate) mod ending_threads;
pub(crate) mod json;
mod lock;
mod per_process;
pub(crate) mod redact;

pub use json::NOT_JSON;
pub(crate) use lock::{lock, wait, wait_timeout};
pub(crate) use per_process::PerProcess;
pub use redact::mask_recipient;
