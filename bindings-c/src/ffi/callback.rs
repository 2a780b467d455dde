//! Functions of the program that the library calls.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_void};
use std::sync::Arc;

use partner_messaging::{set_log_writer, write_log};

/// The caller's own pointer, handed back and never looked into.
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

/// A function that is given a value to keep, and the caller's pointer.
pub(crate) struct OwningCallback<T> {
    function: unsafe extern "C" fn(*mut T, *mut c_void),
    user_data: UserData,
}

impl<T> OwningCallback<T> {
    pub(crate) fn new(function: unsafe extern "C" fn(*mut T, *mut c_void), user_data: UserData) -> Self {
        Self { function, user_data }
    }

    pub(crate) fn call(&self, value: Box<T>) {
        let running = Running::new();
        // SAFETY: both are the same but for what happens if the function unwinds.
        let function: unsafe extern "C-unwind" fn(*mut T, *mut c_void) =
            unsafe { std::mem::transmute(self.function) };
        // SAFETY: by contract the function may be called with a value, which it
        // owns, and its user data on any thread. If it unwinds, `running` ends the process.
        unsafe { function(Box::into_raw(value), self.user_data.pointer()) };
        running.over();
    }
}

/// A function that is shown a value while it runs, and given the caller's pointer.
pub(crate) struct BorrowingCallback<T> {
    function: unsafe extern "C" fn(*const T, *mut c_void),
    user_data: UserData,
}

impl<T> BorrowingCallback<T> {
    pub(crate) fn new(function: unsafe extern "C" fn(*const T, *mut c_void), user_data: UserData) -> Self {
        Self { function, user_data }
    }

    pub(crate) fn call(&self, value: &T) {
        let running = Running::new();
        // SAFETY: both are the same but for what happens if the function unwinds.
        let function: unsafe extern "C-unwind" fn(*const T, *mut c_void) =
            unsafe { std::mem::transmute(self.function) };
        // SAFETY: by contract the function may be called with a value, which lives until
        // it returns, and its user data on any thread. If it unwinds, `running` ends the process.
        unsafe { function(value, self.user_data.pointer()) };
        running.over();
    }
}

impl<T> Clone for BorrowingCallback<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for BorrowingCallback<T> {}

/// A function that is shown a string while it runs, and given the caller's pointer.
pub(crate) struct StringCallback {
    function: unsafe extern "C" fn(*const c_char, *mut c_void),
    user_data: UserData,
}

impl StringCallback {
    pub(crate) fn new(
        function: unsafe extern "C" fn(*const c_char, *mut c_void),
        user_data: UserData,
    ) -> Self {
        Self { function, user_data }
    }

    pub(crate) fn call(&self, string: &CStr) {
        let running = Running::new();
        // SAFETY: both are the same but for what happens if the function unwinds.
        let function: unsafe extern "C-unwind" fn(*const c_char, *mut c_void) =
            unsafe { std::mem::transmute(self.function) };
        // SAFETY: by contract the function may be called with a string, which lives until
        // it returns, and its user data on any thread. If it unwinds, `running` ends the process.
        unsafe { function(string.as_ptr(), self.user_data.pointer()) };
        running.over();
    }
}

/// What the program does with its pointer when nothing will give it that any more: once,
/// by the drop of the last clone.
#[derive(Clone)]
pub(crate) struct Released {
    _once: Arc<Release>,
}

struct Release {
    function: unsafe extern "C" fn(*mut c_void),
    user_data: UserData,
}

impl Released {
    pub(crate) fn new(function: unsafe extern "C" fn(*mut c_void), user_data: UserData) -> Self {
        Self { _once: Arc::new(Release { function, user_data }) }
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        let running = Running::new();
        // SAFETY: both are the same but for what happens if the function unwinds.
        let function: unsafe extern "C-unwind" fn(*mut c_void) =
            unsafe { std::mem::transmute(self.function) };
        // SAFETY: by contract the function may be called with its user data on any thread, once.
        // If it unwinds, `running` ends the process.
        unsafe { function(self.user_data.pointer()) };
        running.over();
    }
}

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// This thread runs a function of the program, until [`over`](Self::over) says that it
/// has returned. A drop before that means that it threw, or ended its thread.
struct Running {
    before: bool,
}

impl Running {
    fn new() -> Self {
        Self { before: RUNNING.replace(true) }
    }

    fn over(self) {
        RUNNING.set(self.before);
        std::mem::forget(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Rust can't catch what it threw, and nothing says that this is how it ended.
        // Not by the log's function, which may be what threw.
        set_log_writer(None);
        write_log(
            "partner-messaging: a callback threw, or ended its thread, which it must not: the program ends",
        );
        std::process::abort();
    }
}

/// Whether this thread runs a function of the program, which must not wait: what
/// it waits for may be waiting for it.
pub(crate) fn is_running() -> bool {
    RUNNING.get()
}
