//! The options of a run of many messages.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::values::duration;
use crate::error::{Error, ErrorClass};
use crate::types::BatchSummary;

type OnProgress = dyn Fn(&BatchSummary) + Send + Sync;

/// How [`send_many`](crate::Client::send_many) goes about its messages.
///
/// ```
/// use partner_messaging::SendManyOptions;
/// let options = SendManyOptions::new()
///     .max_in_flight(200)
///     .on_progress(|summary| println!("{} of {} sent", summary.sent, summary.taken));
/// ```
#[derive(Clone)]
#[must_use]
pub struct SendManyOptions {
    pub(crate) max_in_flight: u32,
    pub(crate) stop_on: Vec<String>,
    pub(crate) max_unknown: u32,
    pub(crate) timeout: Option<Duration>,
    pub(crate) on_progress: Option<Arc<OnProgress>>,
}

/// What would meet every further message: refusals for the API key, the credit, the
/// organisation and the app.
const STOP_ON: [ErrorClass; 6] = [
    ErrorClass::Authentication,
    ErrorClass::InsufficientCredit,
    ErrorClass::OrgNotFound,
    ErrorClass::OrgInactive,
    ErrorClass::AppNotFound,
    ErrorClass::AppInactive,
];

/// Nobody has more requests under way.
const MAX_IN_FLIGHT: u32 = 100_000;

impl Default for SendManyOptions {
    fn default() -> Self {
        Self {
            max_in_flight: 64,
            stop_on: STOP_ON.iter().map(|class| class.name().to_owned()).collect(),
            max_unknown: 100,
            timeout: None,
            on_progress: None,
        }
    }
}

impl SendManyOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many messages may be under way at once. No more than the client's
    /// `max_connections` have a request under way. Default: 64.
    pub fn max_in_flight(mut self, messages: u32) -> Self {
        self.max_in_flight = messages;
        self
    }

    /// Which refusals end the run, instead of being met by every further message: codes of
    /// the service, and names of classes of errors, which stand for those below them, too.
    /// An error of the journal, a spend limit and an option that can't be used end it in any
    /// case. Default: `AuthenticationError` (status 401 or
    /// 403), `InsufficientCreditError`, `OrgNotFoundError`, `OrgInactiveError`,
    /// `AppNotFoundError` and `AppInactiveError`.
    pub fn stop_on(mut self, refusals: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.stop_on = refusals.into_iter().map(Into::into).collect();
        self
    }

    /// How many requests of the run may end as unknown before it stops: with one more it
    /// does. What the journal has recorded as unknown before doesn't count. Default: 100.
    pub fn max_unknown(mut self, requests: u32) -> Self {
        self.max_unknown = requests;
        self
    }

    /// The time that each message has, from the moment on that it may go: it has its slot
    /// and its pace, and no hold is on. Default: the client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Who is told of the sums, while results are asked for: at most ten times a second,
    /// and at the end.
    pub fn on_progress(mut self, callback: impl Fn(&BatchSummary) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(callback));
        self
    }

    /// # Errors
    /// `ConfigError` that names what can't be used.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.max_in_flight == 0 || self.max_in_flight > MAX_IN_FLIGHT {
            return Err(Error::config("max_in_flight", format!("must be between 1 and {MAX_IN_FLIGHT}")));
        }
        if self.stop_on.iter().any(String::is_empty) {
            return Err(Error::config("stop_on", "must not have an empty name"));
        }
        self.timeout.map_or(Ok(()), |timeout| duration("timeout", timeout))
    }

    /// Whether this error ends the run by its class, one above it, or its code.
    pub(crate) fn stops_on(&self, error: &Error) -> bool {
        let mut classes = std::iter::successors(Some(error.class()), |class| class.parent());
        let listed = |name: &str| self.stop_on.iter().any(|it| it == name);
        error.raw_code().is_some_and(listed) || classes.any(|class| listed(class.name()))
    }
}

impl fmt::Debug for SendManyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendManyOptions")
            .field("max_in_flight", &self.max_in_flight)
            .field("stop_on", &self.stop_on)
            .field("max_unknown", &self.max_unknown)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
