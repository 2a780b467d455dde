//! The HTTP stack: one request and its answer, within bounds.
//!
//! One call of [`Transport::exchange`] makes one request at most. The stack
//! follows no redirect, which would hand the key to other hosts, and repeats
//! nothing but a request that no connection ever took.

use std::time::Duration;

use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::BodyExt;
use hyper::body::Body;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::barrier::GuardedBody;
use crate::config::Config;
use crate::connect::Connector;
use crate::error::Error;
use crate::failure::Failure;

/// Shorter than the keep-alive time of common servers, so that a connection
/// is dropped here before it is there.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The most header fields that an answer may have.
const MOST_HEADERS: usize = 100;

pub(crate) struct Transport {
    http: Client<Connector, GuardedBody>,
    connector: Connector,
    max_response_bytes: usize,
}

/// An answer that arrived whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let connector = Connector::new(config)?;
        let http = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(config.max_connections)
            .http1_max_headers(MOST_HEADERS)
            .build(connector.clone());
        Ok(Self { http, connector, max_response_bytes: config.max_response_bytes })
    }

    /// Sends one request and reads its answer, within the bounds.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        url: Uri,
        mut headers: HeaderMap,
        body: GuardedBody,
    ) -> Result<Answer, Failure> {
        if let Some(authorization) = self.connector.forward_authorization(&url) {
            headers.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = url;
        *request.headers_mut() = headers;
        let answered = self.http.request(request).await;
        let response =
            answered.map_err(|error| Failure::before_the_answer(&error, self.connector.is_proxied()))?;
        let (head, mut body) = response.into_parts();
        let too_large = || Failure::too_large(self.max_response_bytes);
        let announced = body.size_hint().exact().unwrap_or(0);
        if announced > self.max_response_bytes as u64 {
            return Err(too_large());
        }
        // The announcement is the server's word only: it must not size our memory beyond reason.
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        let mut whole = Vec::with_capacity(announced.min(16 * 1024));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Failure::within_the_answer(&error))?;
            // Trailers tell nothing that is asked here.
            let Ok(chunk) = frame.into_data() else { continue };
            if whole.len() + chunk.len() > self.max_response_bytes {
                return Err(too_large());
            }
            whole.extend_from_slice(&chunk);
        }
        if whole.len() < announced {
            // Over HTTP/2 a stream that is reset with NO_ERROR ends quietly.
            return Err(Failure::cut_off());
        }
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: whole })
    }
}
