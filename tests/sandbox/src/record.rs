//! The record of the requests that reached the sandbox.

use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One API request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// The method, such as `POST`.
    pub method: String,
    /// The path, with the query if there was one.
    pub path: String,
    /// Names in lower case and values, in the order of arrival (repeated headers stand
    /// together, where the first of them stood). The API key is here as it came.
    pub headers: Vec<(String, String)>,
    /// The body as text; what is not UTF-8 is replaced.
    pub body: String,
    /// The body parsed, if it is JSON.
    pub json: Option<Value>,
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub http_version: String,
}

impl RecordedRequest {
    pub(crate) fn new(head: &Parts, body: &[u8]) -> Self {
        let path = match head.uri.path_and_query() {
            Some(path) => path.to_string(),
            None => head.uri.to_string(),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        RecordedRequest {
            method: head.method.to_string(),
            path,
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
                .collect(),
            body: text(body),
            json: serde_json::from_slice(body).ok(),
            http_version: format!("{:?}", head.version),
        }
    }

    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub(crate) fn route(&self) -> &str {
        self.path.split_once('?').map_or(&self.path, |(route, _)| route)
    }

    /// The query without its question mark; empty if there is none.
    pub(crate) fn query(&self) -> &str {
        self.path.split_once('?').map_or("", |(_, query)| query)
    }
}
