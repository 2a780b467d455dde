//! A fault of this program: alike in every package, and without what it says, which may quote a
//! message.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

use crate::output::note;
use crate::status::Status;

/// Runs the program. A panic in it ends it as an outcome that is not known.
pub(crate) fn catch_panics(program: impl FnOnce() -> Status) -> Status {
    set_hook(Box::new(tell));
    catch_unwind(AssertUnwindSafe(program)).unwrap_or_else(|panic| {
        // Dropping what was thrown could panic again.
        std::mem::forget(panic);
        Status::Unknown
    })
}

fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| {
        // From the name of the crate on: the folders above are the builder's.
        let file = place.file();
        let start = file.find("/src/").and_then(|src| file[..src].rfind('/')).map_or(0, |slash| slash + 1);
        format!(" at {}:{}", &file[start..], place.line())
    });
    note(format_args!(
        "partner-messaging: a fault inside this program{}; please report it",
        place.unwrap_or_default()
    ));
}
