//! Cancelling a call from JavaScript.

use napi_derive::napi;
use partner_messaging::Cancel;

/// Cancels the calls that were given it.
#[napi]
#[derive(Default)]
pub struct CancelHandle(Cancel);

#[napi]
impl CancelHandle {
    /// A handle that has not cancelled anything.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels. Idempotent.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

impl CancelHandle {
    pub(crate) fn core(&self) -> &Cancel {
        &self.0
    }
}
