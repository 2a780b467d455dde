//! What a call asks of the service, and how a success is read.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::value::RawValue;
use url::Url;

use crate::error::{Effect, Error, Outcome};
use crate::journal::{Ending, Entry};
use crate::transport::Response;
use crate::types::PreparedMessage;

/// One kind of request to the service. Everything that all calls share (attempts,
/// classification, events) works from this description.
pub(crate) trait Operation: Sync {
    type Output: Send;

    /// The call's name in events.
    fn name(&self) -> &'static str;

    fn effect(&self) -> Effect {
        Effect::Read
    }

    fn method(&self) -> Method {
        Method::GET
    }

    /// # Errors
    /// When no request can carry the URL.
    fn url(&self) -> Result<Url, Error>;

    /// The request's body, JSON text.
    fn body(&self) -> Option<Bytes> {
        None
    }

    /// The message that is sent, if one is.
    fn message(&self) -> Option<&PreparedMessage> {
        None
    }

    /// The channels by which the message may go in the end: the most expensive one counts for a
    /// spend limit.
    fn channels(&self) -> Vec<&str> {
        self.message().map(PreparedMessage::channel).into_iter().collect()
    }

    /// Whether making the request again does no harm, whatever became of it.
    fn idempotent(&self) -> bool {
        self.effect() == Effect::Read
    }

    /// The words for this request in errors.
    fn info(&self) -> RequestInfo;

    /// The texts of the request that an error must not repeat; `None` when they
    /// can't be told.
    fn secrets(&self) -> Option<Vec<String>> {
        Some(Vec::new())
    }

    /// Reads the envelope of a success.
    ///
    /// # Errors
    /// A description of the data that came instead, to complete the sentence, as the end of "the service
    /// answered success, but with".
    fn read(&self, success: Success<'_>, response: &Response) -> Result<Self::Output, String>;

    /// What the journal keeps of a success.
    fn ending(&self, _: &Self::Output) -> Ending {
        Ending::now(Outcome::Sent, None)
    }

    /// The output of a call whose key was answered by the journal; `None` where no call
    /// of this kind can have a key.
    fn replay(&self, _: Entry) -> Option<Self::Output> {
        None
    }

    /// Notes on the output what it took to get it.
    fn set_metrics(&self, _: &mut Self::Output, _attempts: u32, _elapsed: Duration) {}
}

/// How errors speak of a request.
pub(crate) struct RequestInfo {
    /// What the request was about, as the object of "refused": "the message".
    pub(crate) subject: &'static str,
    /// The setting of an endpoint whose path the API document doesn't name: where
    /// the service has nothing there, the error names it.
    pub(crate) endpoint: Option<&'static str>,
}

impl<'a> Success<'a> {
    /// # Errors
    /// As [`Operation::read`].
    pub(crate) fn data(&self) -> Result<&'a RawValue, String> {
        self.data.ok_or_else(|| "no `data`".to_owned())
    }
}

/// An envelope's success.
pub(crate) struct Success<'a> {
    pub(crate) data: Option<&'a RawValue>,
    pub(crate) message: Option<String>,
}
