//! What a client says of its calls while they run.

mod emitter;
mod event;
mod log;

pub(crate) use emitter::{EventEmitter, Observer, SLOW_CALLBACK, TARGET};
pub use event::{Event, Step};
pub use log::{LogWriter, set_log_writer, write_log};
