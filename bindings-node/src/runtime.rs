//! The runtime that calls run on: one thread, for all environments of the process.

use std::sync::OnceLock;
use std::thread;

use tokio::runtime::{Builder, Handle};

/// The runtime, started by the first environment that needs it. It lives as long as
/// the process, and keeps no process alive.
pub(crate) fn handle() -> napi::Result<Handle> {
    static RUNTIME: OnceLock<Handle> = OnceLock::new();
    if let Some(handle) = RUNTIME.get() {
        return Ok(handle.clone());
    }
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = RUNTIME.get_or_init(|| runtime.handle().clone());
    // Of two environments that get here at once, one keeps what it made.
    if handle.id() == runtime.handle().id() {
        thread::Builder::new()
            .name("partner-messaging".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    }
    Ok(handle.clone())
}
