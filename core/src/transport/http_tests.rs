//! The settings that need a resolver or a clock of the test's; the others are held
//! by `tests/wire`.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::AtomicUsize;

use futures_util::FutureExt;
use socket2::{Domain, Socket, Type};

use super::*;
use crate::config::ClientBuilder;
use crate::error::Kind;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn config(url: &str) -> Config {
    let options = ClientBuilder::default().api_key("key").base_url(url).trust_env(false).allow_http(true);
    Config::new(&options.connect_timeout(Duration::from_secs(3))).unwrap()
}

async fn get(transport: &Transport, url: &str) -> Result<Response, Failure> {
    let url = Url::parse(url).unwrap();
    let barrier = Barrier::new((Instant::now() + Duration::from_secs(60)).into());
    transport.send_request(&Method::GET, &url, &HeaderMap::new(), None, &barrier).await
}

/// Answers every request, and tells of each connection.
fn serve(listener: TcpListener) -> Arc<AtomicUsize> {
    let connections = Arc::<AtomicUsize>::default();
    let count = connections.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while stream.read(&mut bytes).is_ok_and(|count| count > 0) {
                    if stream.write_all(ANSWER).is_err() {
                        return;
                    }
                }
            });
        }
    });
    connections
}

/// A listener that answers no connection any more: its queue is full.
fn swallowing(address: SocketAddr) -> (Socket, Vec<TcpStream>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let (mut queue, mut swallowed) = (Vec::new(), 0);
    // One that is late may have been so for want of the processor.
    while swallowed < 3 {
        match TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            Ok(stream) => queue.push(stream),
            Err(_) => swallowed += 1,
        }
        assert!(queue.len() < 16, "the queue never fills");
    }
    (socket, queue)
}

const SWALLOWS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const ANSWERS: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// `connect_timeout` is shared out over a name's addresses: the first one, which
/// swallows packets, leaves time for the second.
#[tokio::test]
async fn every_address_of_a_name_is_tried() {
    let (swallows, _queue) = swallowing((SWALLOWS, 0).into());
    let port = swallows.local_addr().unwrap().as_socket().unwrap().port();
    serve(TcpListener::bind((ANSWERS, port)).unwrap());
    let url = format!("http://messaging.test:{port}");
    let resolver = Resolver::new(|_| Ok(vec![(SWALLOWS, 0).into(), (ANSWERS, 0).into()]));
    let transport = Transport::with_resolver(&config(&url), resolver).unwrap();
    let started = Instant::now();
    assert_eq!(get(&transport, &url).await.unwrap().status, 200);
    assert!(started.elapsed() >= Duration::from_secs(1), "the first address swallowed nothing");

    let resolver = Resolver::new(|_| Ok(vec![(SWALLOWS, 0).into()]));
    let transport = Transport::with_resolver(&config(&url), resolver).unwrap();
    let started = Instant::now();
    let failure = get(&transport, &url).await.err().unwrap();
    assert_eq!((failure.kind, failure.transient, failure.unconnected), (Kind::Timeout, true, true));
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    let resolver = Resolver::new(|_| Err(io::Error::other("nobody knows")));
    let transport = Transport::with_resolver(&config("http://messaging.test"), resolver).unwrap();
    let failure = get(&transport, "http://messaging.test").await.err().unwrap();
    assert_eq!((failure.kind, failure.transient, failure.unconnected), (Kind::Dns, true, true));
    assert_eq!(failure.description, "the name of the service could not be resolved: nobody knows");
}

/// A resolver that hangs holds one thread, however many calls there are.
#[tokio::test]
async fn lookups_of_one_name_are_one() {
    static LOOKUPS: AtomicUsize = AtomicUsize::new(0);
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let resolver = Resolver::new(|_| {
        LOOKUPS.fetch_add(1, Ordering::SeqCst);
        while ASKED.load(Ordering::SeqCst) < 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(io::Error::other("nobody knows"))
    });
    let transport = Transport::with_resolver(&config("http://messaging.test"), resolver).unwrap();
    let call = async || {
        let mut call = std::pin::pin!(get(&transport, "http://messaging.test"));
        assert!((&mut call).now_or_never().is_none());
        ASKED.fetch_add(1, Ordering::SeqCst);
        call.await
    };
    let (first, second, third) = tokio::join!(call(), call(), call());
    assert!([first, second, third].into_iter().all(|result| result.is_err_and(|it| it.kind == Kind::Dns)));
    assert_eq!(LOOKUPS.load(Ordering::SeqCst), 1);
}

/// A connection that was idle for 15 seconds is not used again.
#[tokio::test]
async fn an_idle_connection_is_not_kept_for_long() {
    let listener = TcpListener::bind((ANSWERS, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = serve(listener);
    let transport = Transport::new(&config(&url)).unwrap();
    for (idle, made) in [(0, 1), (8, 1), (16, 2)] {
        // Only while nothing is awaited: a paused clock jumps to the next timer.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(idle)).await;
        tokio::time::resume();
        get(&transport, &url).await.unwrap();
        // Whatever the answer left to do is done.
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(connections.load(Ordering::SeqCst), made, "after {idle} s");
    }
}

/// Nobody is told where a request was made before, and no redirect is followed.
#[test]
fn no_other_origin_hears_of_a_request() {
    let settings = Settings::new(&config("http://127.0.0.1"), Resolver::of_system()).unwrap();
    let client = settings.client(&Progress::new()).unwrap();
    let settings = format!("{client:?}");
    assert!(!settings.contains("referer"), "{settings}");
    assert!(settings.contains("redirect_policy"), "{settings}");
}

/// The kernel asks a silent peer for a sign of life.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_dead_peer_is_noticed() {
    let listener = TcpListener::bind((ANSWERS, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    serve(listener);
    let url = format!("http://{address}");
    let transport = Transport::new(&config(&url)).unwrap();
    get(&transport, &url).await.unwrap();
    // `timer 02` is keep-alive, with the time that is left in hundredths of a second.
    let remote = format!("0100007F:{:04X}", address.port());
    let timer = || {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let ours = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        ours.filter(|fields| fields.get(2) == Some(&&*remote)).find_map(|fields| {
            let (active, left) = fields.get(5)?.split_once(':')?;
            (active == "02").then(|| u64::from_str_radix(left, 16).ok())?
        })
    };
    // Something may still wait to be acknowledged, and others' sockets come and go in the table.
    let begun = Instant::now();
    let left = loop {
        match timer() {
            Some(left) => break left,
            None if begun.elapsed() > Duration::from_secs(30) => panic!("it has no timer"),
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    assert!(left <= KEEPALIVE.as_secs() * 100, "{left}");
}
