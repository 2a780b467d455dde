//! Any other endpoint of the service.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::call::Operation;
use crate::config::Config;
use crate::endpoints;
use crate::envelope::collect_texts;
use crate::error::Error;
use crate::object;
use crate::transport::Answer;
use crate::verdict::{self, Asked, Verdict};

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
            Err(_) => Err(Error::config("json", "can't be written as JSON")),
        }
    }

    /// Whether making the request twice does no more than making it once. Only
    /// then it is tried again when its outcome is unknown. Default: true for
    /// `GET`, false for the others.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Checks the request, and makes it ready for a client with this configuration.
    pub(crate) fn prepare(&self, config: &Config) -> Result<Prepared, Error> {
        let about = if self.method == "GET" { Error::of_read } else { Error::of_change };
        self.check(config).map_err(about)
    }

    fn check(&self, config: &Config) -> Result<Prepared, Error> {
        let method = match self.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => return Err(Error::config("method", "must be GET, POST, PUT, PATCH or DELETE")),
        };
        if method == Method::GET && self.idempotent == Some(false) {
            return Err(Error::config("idempotent", "must not be false for GET, which changes nothing"));
        }
        let mut url = config.endpoints.any(&self.path)?;
        if !self.query.is_empty() {
            if self.query.iter().any(|(name, _)| name.is_empty()) {
                return Err(Error::config("query", "must not have an empty name in it"));
            }
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        config.refuse_key("path", &self.path)?;
        for (name, value) in &self.query {
            config.refuse_key("query", name)?;
            config.refuse_key("query", value)?;
        }
        Ok(Prepared {
            url,
            body: self.json.as_deref().map(|json| body(&method, json)).transpose()?,
            repeatable: self.idempotent.unwrap_or(method == Method::GET),
            method,
            query: self.query.iter().map(|(_, value)| value.clone()).collect(),
        })
    }
}

fn body(method: &Method, json: &str) -> Result<Bytes, Error> {
    if method == Method::GET {
        return Err(Error::config("json", "must not be given for GET, which has no body"));
    }
    if !object::is_shallow(json.as_bytes()) {
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
    /// How many requests it took.
    pub attempts: u32,
    /// The time from the start of the call to the answer.
    pub elapsed: Duration,
    data: Option<Box<RawValue>>,
}

impl Reply {
    /// The envelope's `data` as the service wrote it: JSON text.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.data.as_deref().map(RawValue::get)
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

/// A checked request.
pub(crate) struct Prepared {
    method: Method,
    url: Url,
    body: Option<Bytes>,
    repeatable: bool,
    query: Vec<String>,
}

impl Prepared {
    /// What an error must not repeat; `None` when it can't be told.
    fn secrets(&self) -> Option<Vec<String>> {
        let mut texts = self.query.clone();
        if let Some(body) = &self.body {
            collect_texts(&serde_json::from_slice(body).ok()?, &mut texts);
        }
        Some(texts)
    }
}

impl Operation for Prepared {
    type Output = Reply;
    const NAME: &'static str = "request";

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn url(&self) -> Result<Uri, Error> {
        endpoints::uri(&self.url)
    }

    fn body(&self) -> Option<Bytes> {
        self.body.clone()
    }

    fn changes(&self) -> bool {
        self.method != Method::GET
    }

    fn repeatable(&self) -> bool {
        self.repeatable
    }

    fn judge(&self, answer: &Answer, sent: &HeaderMap) -> Verdict<Reply> {
        let secrets = || self.secrets();
        let asked = Asked { subject: "the request", secrets: &secrets, sent };
        let accept = |(data, message): verdict::Success<'_>| {
            let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            Some(Reply {
                status: answer.status,
                message,
                headers: answer.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
                attempts: 1,
                elapsed: Duration::ZERO,
                data: data.map(ToOwned::to_owned),
            })
        };
        if self.changes() {
            verdict::of_change(answer, &asked, self.repeatable, "data", accept)
        } else {
            verdict::of_read(answer, &asked, "data", accept)
        }
    }

    fn stamp(reply: &mut Reply, attempts: u32, elapsed: Duration) {
        reply.attempts = attempts;
        reply.elapsed = elapsed;
    }
}
