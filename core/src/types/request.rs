//! Any other endpoint of the service.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::{Effect, Error};
use crate::util::{NOT_JSON, json};

/// A request to any endpoint of the service, for those that this library has no
/// method for. It goes under the client's base URL, with the key.
///
/// ```
/// use partner_messaging::Request;
/// let list = Request::new("GET", "/partner/template").query("page", "1");
/// let change = Request::new("PUT", "/partner/webhook").json(r#"{"url":"https://example.com/hook"}"#).idempotent(true);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Request {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    json: Option<String>,
    idempotent: Option<bool>,
}

impl Request {
    /// A request with `method` (`GET`, `POST`, `PUT`, `PATCH` or `DELETE`) to
    /// `path`, which begins with a slash. Both are checked when the request is made.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self { method: method.into(), path: path.into(), query: Vec::new(), json: None, idempotent: None }
    }

    /// A parameter of the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// The body: the text of any JSON value, sent to the byte.
    pub fn json(mut self, json: impl Into<String>) -> Self {
        self.json = Some(json.into());
        self
    }

    /// The body, from any value that serialises to JSON.
    ///
    /// # Errors
    /// [`ErrorClass::Config`](crate::ErrorClass::Config) with the field `json` when it doesn't.
    pub fn json_value(self, value: &impl Serialize) -> Result<Self, Error> {
        match serde_json::to_string(value) {
            Ok(json) => Ok(self.json(json)),
            Err(_) => Err(Error::config("json", NOT_JSON)),
        }
    }

    /// Whether making the request twice does no more than making it once. Only
    /// then it is tried again when its outcome is unknown. Default: `true` for
    /// `GET`, false for the others.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Checks all of it but the path, which needs to know where the service is.
    pub(crate) fn check(&self) -> Result<RequestParts<'_>, Error> {
        let method = match self.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => return Err(Error::config("method", "must be GET, POST, PUT, PATCH or DELETE")),
        };
        let effect = self.effect();
        if effect == Effect::Read && self.idempotent == Some(false) {
            return Err(Error::config("idempotent", "must not be false for GET, which changes nothing"));
        }
        if self.query.iter().any(|(name, _)| name.is_empty()) {
            return Err(Error::config("query", "must not have an empty name in it"));
        }
        let body = self.json.as_deref().map(|json| body(effect, json)).transpose()?;
        let idempotent = self.idempotent.unwrap_or(effect == Effect::Read);
        Ok(RequestParts { method, effect, path: &self.path, query: &self.query, body, idempotent })
    }

    /// What the request does, as far as its method says. For bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn effect(&self) -> Effect {
        Self::effect_of(&self.method)
    }

    /// What a request with this method does. For bindings, which may have no more of it.
    #[doc(hidden)]
    #[must_use]
    pub fn effect_of(method: &str) -> Effect {
        if method == "GET" { Effect::Read } else { Effect::Write }
    }
}

/// A checked request, without its origin.
pub(crate) struct RequestParts<'a> {
    pub(crate) method: Method,
    pub(crate) effect: Effect,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: Option<Bytes>,
    pub(crate) idempotent: bool,
}

fn body(effect: Effect, json: &str) -> Result<Bytes, Error> {
    if effect == Effect::Read {
        return Err(Error::config("json", "must not be given for GET, which has no body"));
    }
    if !json::within_max_depth(json.as_bytes()) {
        return Err(Error::config("json", "is nested too deep"));
    }
    match serde_json::from_str::<&RawValue>(json) {
        Ok(value) => Ok(Bytes::copy_from_slice(value.get().as_bytes())),
        Err(_) => Err(Error::config("json", "must be one JSON value")),
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The service's answer to a [`Request`]: a success envelope.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// The envelope's own message.
    pub message: Option<String>,
    /// The answer's headers: names in lower case and values.
    pub headers: Vec<(String, String)>,
    /// Whether the journal answered: the request was carried out before, and this call
    /// made none. Then there is nothing of the answer: no data, no headers, status 200.
    pub replayed: bool,
    /// How many requests it took; 0 where the journal answered.
    pub attempts: u32,
    /// The time from the start of the call to the answer.
    pub elapsed: Duration,
    pub(crate) data: Option<Box<RawValue>>,
}

impl Reply {
    /// The reply to a request that a journal says was carried out.
    pub(crate) fn replay() -> Self {
        Self {
            status: 200,
            message: None,
            headers: Vec::new(),
            replayed: true,
            attempts: 0,
            elapsed: Duration::ZERO,
            data: None,
        }
    }

    /// The envelope's `data`: JSON, as the service wrote it.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.data.as_deref().map(RawValue::get)
    }

    /// The same, to be serialised; for bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn data_json(&self) -> Option<&RawValue> {
        self.data.as_deref()
    }

    /// The envelope's `data` as a value of one's own type; `null` when there is none.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn data_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.data().unwrap_or("null"))
    }

    /// The first value of a header, by its name in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("message", &self.message)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
