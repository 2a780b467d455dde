//! Sending many messages: as many at a time as the options say, taken from their source
//! only as fast as they leave, until the source ends or something happens that would
//! meet every further message.
//!
//! The run itself never touches the source: whoever has it asks whether there is
//! [room](crate::types::BatchStep::Room), and offers the next message. So it may be read on
//! any thread, by iterators and by streams alike.

mod message;
mod progress;
mod run;
mod source_pace;
mod stop;
mod stop_rules;

use std::sync::Arc;

use crate::call::Context;
use crate::config::SendManyOptions;
use crate::error::Error;
pub(crate) use run::Run;
use run::Spawn;

/// Begins a run, whose tasks are begun by `spawn`.
///
/// # Errors
/// `ConfigError` for options that can't be used.
pub(crate) fn send_many(
    context: Arc<Context>,
    options: &SendManyOptions,
    spawn: Spawn,
) -> Result<Arc<Run>, Error> {
    Run::new(context, options, spawn, |run, key, message| {
        Box::pin(async move { message::send(&run, key, &message).await })
    })
}
