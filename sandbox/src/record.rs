//! The record of the requests that reached the sandbox.

use bytes::Bytes;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bounded::Size;

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
    /// The number of the connection that it came by, from 1 in the order of acceptance.
    pub connection: u64,
}

impl RecordedRequest {
    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

/// A request as it is kept. Its body is parsed again whenever somebody looks: parsed, it would
/// take many times its size.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) http_version: String,
    connection: u64,
    body: Bytes,
}

impl Received {
    pub(crate) fn new(head: &Parts, body: Bytes, connection: u64) -> Received {
        let path = match head.uri.path_and_query() {
            Some(path) => path.to_string(),
            None => head.uri.to_string(),
        };
        Received {
            method: head.method.to_string(),
            path,
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
                .collect(),
            http_version: format!("{:?}", head.version),
            connection,
            body,
        }
    }

    pub(crate) fn raw_body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub(crate) fn body(&self) -> String {
        text(&self.body)
    }

    /// The body parsed, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The message that the body of a send holds, if it holds one.
    pub(crate) fn message(&self) -> Option<Map<String, Value>> {
        match self.json()?.get_mut("request")?.take() {
            Value::Object(message) => Some(message),
            _ => None,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
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

impl From<&Received> for RecordedRequest {
    fn from(request: &Received) -> Self {
        RecordedRequest {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.clone(),
            body: request.body(),
            json: request.json(),
            http_version: request.http_version.clone(),
            connection: request.connection,
        }
    }
}

impl Size for Received {
    fn bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.path.len() + headers + self.body.len()
    }
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
