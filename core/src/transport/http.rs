//! One request and its answer, by reqwest.
//!
//! One call of [`Transport::send_request`] makes one request at most. The settings
//! of `Settings` are not optional: with its defaults the library sends one request
//! several times on HTTP/2 refusals and redirects, hands the key to other hosts,
//! and reads answers without a bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use tokio::time::Instant;
use url::Url;

use super::barrier::Barrier;
use super::connection::{ConnectOnce, Progress};
use super::failure::{ConnectionFacts, Failure};
use super::pool::{ConnectionLease, Pool};
use super::resolver::Resolver;
use super::{keep_alive, tls};
use crate::config::Config;
use crate::error::Error;

/// Shorter than the keep-alive time of common servers, so that a connection
/// is dropped here before it is there.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The most header fields that an answer may have, and over HTTP/2 their bytes.
const MAX_HEADERS: usize = 100;
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// How often a silent peer is asked for a sign of life by TCP, and how often in vain.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;

/// How long sent bytes may stay unacknowledged. Without it a connection that the
/// network swallowed would take call after call to its deadline: over HTTP/2 all
/// calls share one.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// How long an HTTP/2 connection on which calls wait may be silent before it is
/// asked for a sign of life, and how long that may take: a peer that acknowledges
/// bytes without reading them is noticed by nothing else.
const PING_AFTER: Duration = Duration::from_secs(5);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct Transport {
    pool: Pool,
    max_response_bytes: usize,
    proxied: bool,
    keep_alive: bool,
    /// Whether the service asks for a certificate of the client.
    wants_certificate: Arc<AtomicBool>,
}

/// An answer that arrived whole.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        Self::with_resolver(config, Resolver::of_system())
    }

    fn with_resolver(config: &Config, resolver: Resolver) -> Result<Self, Error> {
        let mut settings = Settings::new(config, resolver)?;
        let wants_certificate = tls::observe_certificate_requests(&mut settings.tls);
        // What can't work is told now.
        let unusable = |_| Error::internal("the HTTP client can't be set up");
        settings.client(&Progress::new()).map_err(unusable)?;
        let make = move |progress: &Progress| settings.client(progress).map_err(|_| Failure::no_client());
        Ok(Self {
            pool: Pool::new(config.max_connections, config.uses_http2(), Box::new(make)),
            max_response_bytes: config.max_response_bytes,
            proxied: config.proxy.is_some(),
            keep_alive: config.keep_alive,
            wants_certificate,
        })
    }

    /// Sends one request and reads its answer, within the bounds.
    pub(crate) async fn send_request(
        &self,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        body: Option<&Bytes>,
        barrier: &Barrier,
    ) -> Result<Response, Failure> {
        loop {
            let lease = self.pool.lease().await?;
            let mut request = reqwest::Request::new(method.clone(), url.clone());
            *request.headers_mut() = headers.clone();
            match body {
                Some(bytes) => {
                    let guard =
                        if lease.may_be_http2() { Barrier::guard_until_wanted } else { Barrier::guard };
                    *request.body_mut() = Some(reqwest::Body::wrap(guard(barrier, bytes.clone())));
                }
                None => drop(request.headers_mut().remove(CONTENT_TYPE)),
            }
            if !self.keep_alive {
                request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            match self.send_over(&lease, request).await {
                Ok((response, usable_until)) => {
                    lease.finish(usable_until);
                    return Ok(response);
                }
                // It ended while it was idle: nothing was written.
                Err(failure) if failure.gone && lease.reused => lease.fail(&failure),
                Err(failure) if failure.connection_lives => {
                    lease.end();
                    return Err(failure);
                }
                Err(failure) => {
                    lease.fail(&failure);
                    return Err(failure);
                }
            }
        }
    }

    /// Makes one request over a connection; tells until when that may be used again.
    async fn send_over(
        &self,
        lease: &ConnectionLease<'_>,
        request: reqwest::Request,
    ) -> Result<(Response, Option<Instant>), Failure> {
        let answered = lease.connection.http.execute(request).await;
        let mut response = answered.map_err(|error| {
            let wanted_certificate = self.wants_certificate.load(Ordering::Relaxed);
            let seen = ConnectionFacts {
                proxied: self.proxied,
                no_answer_yet: lease.has_no_answer_yet(),
                wanted_certificate,
            };
            Failure::before_the_answer(&error, seen)
        })?;
        let answer_begun = lease.mark_answer_begun();
        let (status, version) = (response.status().as_u16(), response.version());
        let headers = std::mem::take(response.headers_mut());
        let too_large = || Failure::too_large(self.max_response_bytes);
        let announced = response.content_length().unwrap_or(0);
        if announced > self.max_response_bytes as u64 {
            return Err(too_large());
        }
        // The announcement is the server's word only: it must not size our memory beyond reason.
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        let mut whole = Vec::with_capacity(announced.min(16 * 1024));
        while let Some(chunk) = response.chunk().await.map_err(|error| Failure::within_the_answer(&error))? {
            if whole.len() + chunk.len() > self.max_response_bytes {
                return Err(too_large());
            }
            whole.extend_from_slice(&chunk);
        }
        if whole.len() < announced {
            // Over HTTP/2 a stream that is reset with NO_ERROR ends quietly.
            return Err(Failure::cut_off());
        }
        let usable_for = if self.keep_alive { keep_alive::usable_for(version, &headers) } else { None };
        let usable_until = usable_for.map(|time| answer_begun + time.min(POOL_IDLE_TIMEOUT));
        Ok((Response { status, headers, body: whole }, usable_until))
    }
}

/// What the client of each connection is made of.
struct Settings {
    tls: rustls::ClientConfig,
    proxy: Option<reqwest::Proxy>,
    resolver: Arc<Resolver>,
    connect_timeout: Duration,
    http1_only: bool,
}

impl Settings {
    fn new(config: &Config, resolver: Resolver) -> Result<Self, Error> {
        let unusable = |_| Error::config("proxy", "can't be used as a proxy");
        Ok(Self {
            tls: tls::client_config(config)?,
            proxy: config.proxy.clone().map(reqwest::Proxy::all).transpose().map_err(unusable)?,
            resolver: Arc::new(resolver),
            connect_timeout: config.connect_timeout,
            http1_only: !config.uses_http2(),
        })
    }

    fn client(&self, progress: &Progress) -> reqwest::Result<reqwest::Client> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            // Retries are decided in `call`, by what is proved.
            .retry(reqwest::retry::never())
            // Another origin would get the key.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // Another crate of the program may have switched these on.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .connector_layer(ConnectOnce(progress.clone()))
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(1)
            .tcp_nodelay(true)
            .tcp_keepalive(KEEPALIVE)
            .tcp_keepalive_interval(KEEPALIVE)
            .tcp_keepalive_retries(KEEPALIVE_RETRIES)
            .http1_max_headers(MAX_HEADERS)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .http2_keep_alive_interval(PING_AFTER)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .dns_resolver(self.resolver.clone())
            // The proxy, if any, is ours to choose: see `config::proxy`.
            .no_proxy();
        #[cfg(target_os = "linux")]
        {
            builder = builder.tcp_user_timeout(UNACKNOWLEDGED);
        }
        if self.http1_only {
            builder = builder.http1_only();
        }
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        builder.build()
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
