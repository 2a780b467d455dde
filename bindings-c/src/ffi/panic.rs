//! The one panic boundary.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use partner_messaging::write_log;

use super::cancellation::NotCancellable;
use super::main_thread::keep_reachable;

/// Runs the body of an entry; `on_panic` is what it gives when it panics.
pub(crate) fn entry<T>(on_panic: T, body: impl FnOnce() -> T) -> T {
    let _not_cancellable = NotCancellable::new();
    keep_reachable();
    log_panics();
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(panic) => {
            // Dropping what was thrown could panic again.
            std::mem::forget(panic);
            on_panic
        }
    }
}

/// Has panics go where the other lines for people go. The library has a standard
/// library of Rust for itself, so that no other program's are meant.
fn log_panics() {
    static DONE: AtomicBool = AtomicBool::new(false);
    if !DONE.load(Ordering::Relaxed) && !DONE.swap(true, Ordering::Relaxed) {
        std::panic::set_hook(Box::new(|panic| write_log(&line_of(panic))));
    }
}

/// Where it happened; not what it says, which may quote a message.
fn line_of(panic: &PanicHookInfo<'_>) -> String {
    // Where the runtime waits for its descriptors, it panics when they are not there.
    if panic.location().is_some_and(|place| place.file().ends_with("runtime/io/driver.rs")) {
        return "partner-messaging: the program has closed file descriptors of this library: the calls that used \
                them end; it must close what it inherited before it makes a client"
            .to_owned();
    }
    let place = panic.location().map_or_else(String::new, |location| {
        // From the name of the crate on: the folders above are the builder's.
        let file = location.file();
        let start = file.find("/src/").and_then(|src| file[..src].rfind('/')).map_or(0, |slash| slash + 1);
        format!(" at {}:{}", &file[start..], location.line())
    });
    format!("partner-messaging: a fault inside this library{place}; please report it")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use partner_messaging::set_log_writer;

    use super::*;

    #[test]
    fn a_panic_becomes_a_value_and_a_line() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let seen = lines.clone();
        set_log_writer(Some(Box::new(move |line| seen.lock().unwrap().push(line.to_owned()))));
        assert_eq!(entry(7, || panic!("a secret")), 7);
        set_log_writer(None);
        let line = format!(
            "partner-messaging: a fault inside this library at {}:{}; please report it",
            "bindings-c/src/ffi/panic.rs",
            line!() - 5
        );
        assert!(lines.lock().unwrap().contains(&line), "{lines:?}");
    }
}
