//! The border: the pointers of C callers and the one panic boundary.
//!
//! What C passes in is trusted here, and here only. The header states the
//! caller's side of the contract: a handle is NULL or alive, a text is NULL or
//! ends in NUL, an out-parameter is NULL or can be written to.

use std::ffi::{CStr, CString, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::callback::{Running, is_running};
use crate::completion::{End, pm_completion};
use crate::error::pm_error;
use crate::event::pm_event;
use crate::status::{PM_OK, pm_outcome, pm_status};

/// Runs the body of an entry that can't fail; `on_panic` is what it gives when
/// it panics all the same.
pub(crate) fn entry<T>(on_panic: T, body: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(panic) => {
            // Dropping what was thrown could panic again.
            std::mem::forget(panic);
            on_panic
        }
    }
}

/// Runs the body of an entry that can fail, and sets both out-parameters on
/// every path. `if_panicked` is what a panic means for a message.
pub(crate) fn call<T>(
    out: *mut *mut T,
    error: *mut *mut pm_error,
    if_panicked: pm_outcome,
    body: impl FnOnce() -> Result<Box<T>, pm_error>,
) -> pm_status {
    hand_over(out, None);
    hand_over(error, None);
    let result = entry(Err(None), || body().map_err(Some));
    match result {
        Ok(value) => {
            hand_over(out, Some(value));
            PM_OK
        }
        Err(failure) => {
            let failure = failure.unwrap_or_else(|| pm_error::panicked(if_panicked));
            let status = failure.status();
            hand_over(error, Some(Box::new(failure)));
            status
        }
    }
}

/// Like [`call`] for what may be absent without being an error; nothing is at stake.
pub(crate) fn call_for_some<T>(
    out: *mut *mut T,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<Option<Box<T>>, pm_error>,
) -> pm_status {
    let mut found = None;
    let mut nothing = std::ptr::null_mut::<()>();
    let status = call(&raw mut nothing, error, crate::status::PM_OUTCOME_NONE, || {
        found = body()?;
        Ok(Box::new(()))
    });
    hand_over(out, found);
    status
}

/// Hands a value over to the caller, who frees it; without a place for it, it is dropped.
pub(crate) fn hand_over<T>(out: *mut *mut T, value: Option<Box<T>>) {
    if !out.is_null() {
        // SAFETY: by contract `out` can be written to. It may be uninitialised,
        // so it is written to without being read or dropped.
        unsafe { out.write(value.map_or(std::ptr::null_mut(), Box::into_raw)) };
    }
}

/// Like [`call`] for a text, which the caller frees with `pm_string_free`.
pub(crate) fn call_for_text(
    out: *mut *mut c_char,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<CString, pm_error>,
) -> pm_status {
    let mut text = None;
    let mut nothing = std::ptr::null_mut::<()>();
    let status = call(&raw mut nothing, error, crate::status::PM_OUTCOME_NONE, || {
        text = Some(body()?);
        Ok(Box::new(()))
    });
    if !out.is_null() {
        // SAFETY: as in `set`.
        unsafe { out.write(text.map_or(std::ptr::null_mut(), CString::into_raw)) };
    }
    status
}

/// Takes a text back that [`call_for_text`] handed over.
pub(crate) fn take_text(text: *mut c_char) -> Option<CString> {
    // SAFETY: by contract `text` is NULL or comes from `CString::into_raw`, and is given back once.
    (!text.is_null()).then(|| unsafe { CString::from_raw(text) })
}

/// What is wrong with an argument that should be a text.
#[derive(Clone, Copy)]
pub(crate) enum BadText {
    Null,
    NotUtf8,
}

/// Reads an argument that must be a text. The text lives as long as the
/// caller's call: it is copied before the entry returns.
pub(crate) fn text<'a>(pointer: *const c_char) -> Result<&'a str, BadText> {
    if pointer.is_null() {
        return Err(BadText::Null);
    }
    // SAFETY: by contract `pointer` points to a text that ends in NUL and that
    // nobody changes during the call.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|_| BadText::NotUtf8)
}

/// Reads an argument that is an array of `count` handles or texts. NULL is an
/// empty one, and so is one that no memory can hold: `(size_t)-1` was no count.
pub(crate) fn slice<'a, T>(pointer: *const T, count: usize) -> &'a [T] {
    if pointer.is_null() || count > isize::MAX.unsigned_abs() / size_of::<T>() {
        return &[];
    }
    // SAFETY: by contract `pointer` points to `count` values that nobody
    // changes during the call; they are not larger than a slice may be.
    unsafe { std::slice::from_raw_parts(pointer, count) }
}

/// A text for C. NUL can't stand within one, so it is escaped as JSON does it.
pub(crate) fn c_text(text: impl Into<String>) -> CString {
    let text = text.into();
    let text = if text.contains('\0') { text.replace('\0', "\\u0000") } else { text };
    // There is no NUL left, so the default never comes about.
    CString::new(text).unwrap_or_default()
}

/// What a getter gives: NULL for what is absent.
pub(crate) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}

/// A time to wait; a negative number of milliseconds is for ever. A callback
/// never waits: what it waits for may be waiting for it.
pub(crate) fn duration(timeout_ms: i64) -> Option<Duration> {
    if is_running() {
        return Some(Duration::ZERO);
    }
    u64::try_from(timeout_ms).ok().map(Duration::from_millis)
}

/// The caller's own pointer, handed back with a completion and never looked into.
#[derive(Clone, Copy)]
pub(crate) struct UserData(*mut c_void);

impl UserData {
    pub(crate) fn new(pointer: *mut c_void) -> Self {
        Self(pointer)
    }

    pub(crate) fn pointer(self) -> *mut c_void {
        self.0
    }
}

// SAFETY: it is only carried and never dereferenced here; by contract what it
// points to may be used on the thread that takes the completion or runs the callback.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}

/// A function that takes completions, with what it is given besides.
#[derive(Clone, Copy)]
pub(crate) struct CompletionCallback {
    function: unsafe extern "C" fn(*mut pm_completion, *mut c_void),
    user_data: UserData,
}

impl CompletionCallback {
    pub(crate) fn new(
        function: unsafe extern "C" fn(*mut pm_completion, *mut c_void),
        user_data: *mut c_void,
    ) -> Self {
        Self { function, user_data: UserData::new(user_data) }
    }

    /// Hands a completion over to the function.
    pub(crate) fn call(&self, end: End) {
        let completion = pm_completion::new(self.user_data, end);
        let _running = Running::new();
        // SAFETY: by contract the function may be called with a completion,
        // which it owns, and its user data on any thread, and doesn't unwind.
        unsafe { (self.function)(Box::into_raw(completion), self.user_data.pointer()) };
    }
}

/// A function that is told of events, with what it is given besides.
#[derive(Clone, Copy)]
pub(crate) struct EventCallback {
    function: unsafe extern "C" fn(*const pm_event, *mut c_void),
    user_data: UserData,
}

impl EventCallback {
    pub(crate) fn new(
        function: unsafe extern "C" fn(*const pm_event, *mut c_void),
        user_data: *mut c_void,
    ) -> Self {
        Self { function, user_data: UserData::new(user_data) }
    }

    /// Tells the function of an event.
    pub(crate) fn call(&self, event: &pm_event) {
        let _running = Running::new();
        // SAFETY: by contract the function may be called with an event, which
        // lives until it returns, and its user data on any thread, and doesn't unwind.
        unsafe { (self.function)(event, self.user_data.pointer()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{PM_INTERNAL_ERROR, PM_OUTCOME_UNKNOWN};

    #[test]
    fn a_panic_becomes_an_error() {
        let mut out = std::ptr::dangling_mut::<u8>();
        let mut error = std::ptr::dangling_mut();
        let status = call(&raw mut out, &raw mut error, PM_OUTCOME_UNKNOWN, || panic!("meant to"));
        assert_eq!(status, PM_INTERNAL_ERROR);
        assert!(out.is_null());
        // SAFETY: it was handed over just now.
        let error = unsafe { Box::from_raw(error) };
        assert_eq!(error.outcome(), PM_OUTCOME_UNKNOWN);
        assert_eq!(entry(7, || panic!("meant to")), 7);
    }

    #[test]
    fn nul_is_escaped() {
        assert_eq!(c_text("a\0b").to_str(), Ok("a\\u0000b"));
    }
}
