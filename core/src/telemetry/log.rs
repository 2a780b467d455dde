//! Lines for people: on standard error, or where a program wants them instead.

use std::io::Write;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

/// Who takes a line of the log: see [`set_log_writer`]. For bindings.
pub type LogWriter = dyn Fn(&str) + Send + Sync;

/// Who takes the lines in place of standard error.
static WRITER: ArcSwapOption<Box<LogWriter>> = ArcSwapOption::const_empty();

/// Names who takes the lines that would go to standard error, each without a line
/// feed; `None` for standard error. It holds for the whole process, and is called on
/// whatever thread has something to say. For bindings.
pub fn set_log_writer(writer: Option<Box<LogWriter>>) {
    WRITER.store(writer.map(Arc::new));
}

/// Writes a line, which holds no key, no message's text and no whole recipient.
/// For bindings, for what happens outside of calls.
pub fn write_log(line: &str) {
    match &*WRITER.load() {
        Some(writer) => writer(line),
        None => write_to_standard_error(&format!("{line}\n")),
    }
}

/// Writes to standard error without its lock, which the child of a fork might
/// find taken for ever.
fn write_to_standard_error(line: &str) {
    let stderr = std::io::stderr();
    #[cfg(unix)]
    let Ok(stderr) = std::os::fd::AsFd::as_fd(&stderr).try_clone_to_owned().map(std::fs::File::from) else {
        return;
    };
    // Whether anybody reads it is not the caller's business.
    let _ = (&stderr).write_all(line.as_bytes());
}
