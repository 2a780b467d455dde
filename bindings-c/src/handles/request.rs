//! A request to any other endpoint of the service.

use std::ffi::c_char;

use partner_messaging::{Effect, Request};

use super::argument::{ArgumentError, ArgumentErrors};
use super::settings::{Handle, Settings};

/// A request to any endpoint of the service, for those that this library has no
/// function for. It goes under the client's base URL, with the key.
///
/// A setter never fails: an argument that can't be used is kept, and
/// pm_client_request() refuses the request, naming the one at fault.
pub struct pm_request {
    settings: Settings<Request>,
}

impl pm_request {
    pub(crate) fn new(method: *const c_char, path: *const c_char) -> Self {
        let mut errors = ArgumentErrors::default();
        let method = errors.string_or_empty("method", method);
        let path = errors.string_or_empty("path", path);
        Self { settings: Settings::new(Request::new(method, path), errors) }
    }

    /// The request as the core takes it.
    pub(crate) fn require(request: Option<&Self>) -> Result<&Request, ArgumentError> {
        let missing = ArgumentError::null("request", "a request");
        request.ok_or(missing)?.settings.check()
    }

    /// What the request does, as far as its method says.
    pub(crate) fn effect(request: Option<&Self>) -> Effect {
        request.map_or(Effect::Write, |request| request.settings.core().effect())
    }
}

impl Handle for pm_request {
    type Core = Request;
    fn settings(&mut self) -> &mut Settings<Request> {
        &mut self.settings
    }
}
