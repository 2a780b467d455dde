//! The options of one call.

use std::fmt;
use std::time::Duration;

use super::Cancel;

/// What one call may have different from its client.
///
/// ```
/// use std::time::Duration;
/// use partner_messaging::CallOptions;
/// let options = CallOptions::new().timeout(Duration::from_secs(5)).max_retries(0);
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) cancel: Option<Cancel>,
    pub(crate) fallback_codes: Option<Vec<String>>,
    pub(crate) key: Option<String>,
}

impl CallOptions {
    /// Everything as the client has it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The call's deadline, from its start.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How often this call may be tried again.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// A header to send with this call; it replaces the client's of the same name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// For [`send_with_fallback`](crate::Client::send_with_fallback): the codes of the
    /// service after which the next message is tried. Default:
    /// `CHANNEL_CONFIG_NOT_FOUND` and `CHANNEL_CREDENTIALS_NOT_FOUND`.
    pub fn fallback_codes(mut self, codes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.fallback_codes = Some(codes.into_iter().map(Into::into).collect());
        self
    }

    /// The caller's name for what this call is to do at most once: whatever crashes, is
    /// repeated or runs twice at a time, under one key of the client's
    /// journal a message is accepted at most once. Of a
    /// [`send_with_fallback`](crate::Client::send_with_fallback) it is one key for all messages.
    ///
    /// A key is 1 to 255 bytes of UTF-8 without control characters. It stands for one
    /// message: another one with the same key is refused.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// What can cancel this call.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}
