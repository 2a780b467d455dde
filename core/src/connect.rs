//! How a connection to the service comes about: directly or through a proxy,
//! encrypted or not, within `connect_timeout`.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::uri::Scheme;
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::{InvalidDnsNameError, ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::config::Config;
use crate::error::Error;
use crate::tls;

type BoxError = Box<dyn StdError + Send + Sync>;
type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Makes connections, each to the origin of a URL.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Route>);

struct Route {
    tcp: HttpConnector<Resolver>,
    tls: TlsConnector,
    proxy: Option<Proxy>,
    connect_timeout: Duration,
}

/// An HTTP proxy. Encrypted requests go through a tunnel; what is not encrypted
/// it forwards itself.
struct Proxy {
    url: Uri,
    /// Without ALPN: what a proxy is asked is HTTP/1.1.
    tls: TlsConnector,
    authorization: Option<HeaderValue>,
}

impl Connector {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let tls = tls::client_config(config)?;
        let proxy = match &config.proxy {
            Some(url) => Some(Proxy::new(url.as_str(), tls.clone())?),
            None => None,
        };
        let tcp = tcp();
        let tls = TlsConnector::from(Arc::new(tls));
        Ok(Self(Arc::new(Route { tcp, tls, proxy, connect_timeout: config.connect_timeout })))
    }

    /// What a request that the proxy forwards has to bring.
    pub(crate) fn forward_authorization(&self, to: &Uri) -> Option<&HeaderValue> {
        let proxy = self.0.proxy.as_ref().filter(|_| !is_encrypted(to))?;
        proxy.authorization.as_ref()
    }

    pub(crate) fn is_proxied(&self) -> bool {
        self.0.proxy.is_some()
    }
}

/// How often a silent peer is asked for a sign of life, and how often in vain.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;

/// How long sent bytes may stay unacknowledged. Without it a connection that the
/// network swallowed would take call after call to its deadline: over HTTP/2 all
/// calls share one.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

fn tcp() -> HttpConnector<Resolver> {
    let mut tcp = HttpConnector::new_with_resolver(Resolver);
    // What is spoken over the connection is not its business.
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(KEEPALIVE));
    tcp.set_keepalive_interval(Some(KEEPALIVE));
    tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    #[cfg(target_os = "linux")]
    tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
    tcp
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Link>;
    type Error = BoxError;
    type Future = BoxFuture<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let route = self.0.clone();
        Box::pin(async move {
            match timeout(route.connect_timeout, route.connect(&to)).await {
                Ok(connected) => connected.map(TokioIo::new),
                Err(_) => Err(ConnectTimeout.into()),
            }
        })
    }
}

impl Route {
    async fn connect(&self, to: &Uri) -> Result<Link, BoxError> {
        let Some(proxy) = &self.proxy else {
            let stream = self.tcp(to).await?;
            return if is_encrypted(to) {
                encrypt(&self.tls, to, stream).await
            } else {
                Ok(Link::plain(stream))
            };
        };
        let stream = self.tcp(&proxy.url).await?;
        let link = if is_encrypted(&proxy.url) {
            encrypt(&proxy.tls, &proxy.url, stream).await?
        } else {
            Link::plain(stream)
        };
        if is_encrypted(to) {
            encrypt(&self.tls, to, proxy.tunnel(link, to).await?).await
        } else {
            Ok(Link { forwarded: true, ..link })
        }
    }

    async fn tcp(&self, to: &Uri) -> Result<impl Stream, BoxError> {
        Ok(self.tcp.clone().call(to.clone()).await?.into_inner())
    }
}

impl Proxy {
    fn new(url: &str, mut tls: ClientConfig) -> Result<Self, Error> {
        tls.alpn_protocols.clear();
        let unusable = || Error::config("proxy", "can't be used as a proxy");
        // It takes the user's name and password apart; which host it is asked about is all one here.
        let matcher = Matcher::builder().all(url).build();
        let it = matcher.intercept(&Uri::from_static("https://any.example")).ok_or_else(unusable)?;
        Ok(Self {
            url: it.uri().clone(),
            tls: TlsConnector::from(Arc::new(tls)),
            authorization: it.basic_auth().cloned(),
        })
    }

    /// Asks for a connection through to the service (RFC 9110, section 9.3.6).
    async fn tunnel(&self, link: Link, to: &Uri) -> Result<impl Stream, BoxError> {
        let to = format!("{}:{}", to.host().unwrap_or_default(), to.port_u16().unwrap_or(443));
        let mut request = Request::connect(&to).header(HOST, &to);
        if let Some(authorization) = &self.authorization {
            request = request.header(PROXY_AUTHORIZATION, authorization);
        }
        let request = request.body(Empty::<Bytes>::new())?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(link)).await?;
        let exchange = async move {
            let response = sender.send_request(request).await?;
            match response.status() {
                status if status.is_success() => Ok(hyper::upgrade::on(response).await?),
                status => Err(BoxError::from(ProxyRefusal(status))),
            }
        };
        // The connection moves the exchange on; how it ends, the exchange tells.
        let (exchanged, _) = tokio::join!(exchange, connection.with_upgrades());
        exchanged.map(TokioIo::new)
    }
}

/// Both ends of a connection see to it that it is the right one: TLS by the host's name.
async fn encrypt(tls: &TlsConnector, to: &Uri, stream: impl Stream) -> Result<Link, BoxError> {
    let stream = tls.connect(server_name(to)?, stream).await?;
    let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    Ok(Link { stream: Box::new(stream), http2, forwarded: false })
}

/// The name that the certificate has to be for.
fn server_name(url: &Uri) -> Result<ServerName<'static>, InvalidDnsNameError> {
    // An IPv6 address stands in brackets in a URL.
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    ServerName::try_from(host.to_owned())
}

fn is_encrypted(url: &Uri) -> bool {
    url.scheme() == Some(&Scheme::HTTPS)
}

/// What bytes go over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// A connection that is there.
pub(crate) struct Link {
    stream: Box<dyn Stream>,
    http2: bool,
    /// Whether a proxy passes on each request.
    forwarded: bool,
}

impl Link {
    fn plain(stream: impl Stream) -> Self {
        Self { stream: Box::new(stream), http2: false, forwarded: false }
    }
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.forwarded);
        if self.http2 { connected.negotiated_h2() } else { connected }
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Resolves names by the system's resolver, with an error that can be told from others.
#[derive(Clone)]
struct Resolver;

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = BoxFuture<Result<Self::Response, ResolveError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ResolveError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            // Port 0: the connector puts the URL's own in its place.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(ResolveError)?;
            Ok(found.collect::<Vec<_>>().into_iter())
        })
    }
}

/// The system's resolver knows no address.
#[derive(Debug)]
pub(crate) struct ResolveError(io::Error);

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for ResolveError {}

/// `connect_timeout` passed.
#[derive(Debug)]
pub(crate) struct ConnectTimeout;

impl fmt::Display for ConnectTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no connection could be made within connect_timeout")
    }
}

impl StdError for ConnectTimeout {}

/// The proxy's answer to the wish for a tunnel, if it is not a yes.
#[derive(Debug)]
pub(crate) struct ProxyRefusal(pub(crate) StatusCode);

impl fmt::Display for ProxyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy refused to connect to the service (HTTP status {})", self.0.as_u16())
    }
}

impl StdError for ProxyRefusal {}

#[cfg(test)]
mod tests {
    use socket2::SockRef;

    use super::*;

    #[test]
    fn an_address_is_no_name() {
        let name = |url| server_name(&Uri::from_static(url)).unwrap();
        assert_eq!(name("https://[::1]:8443/x"), ServerName::IpAddress("::1".try_into().unwrap()));
        assert_eq!(name("https://127.0.0.1"), ServerName::IpAddress("127.0.0.1".try_into().unwrap()));
        assert_eq!(name("https://Messaging.Test/"), "messaging.test".try_into().unwrap());
    }

    #[tokio::test]
    async fn a_dead_peer_is_noticed() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let stream = tcp().call(url).await.unwrap().into_inner();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap() && socket.tcp_nodelay().unwrap());
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), KEEPALIVE_RETRIES);
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(UNACKNOWLEDGED));
    }
}
