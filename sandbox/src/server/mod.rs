//! The server: a thread that accepts connections on a port that can be closed and
//! opened again.

mod body;
mod connection;
mod fault_io;
mod guard;
mod opening;
mod own_paths;
mod script;
mod service;

use std::io;
use std::net::{self, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::shared::{PortChange, Shared};

const BACKLOG: i32 = 1024;

/// Runs when an order has been carried out.
pub(crate) type Done = Box<dyn FnOnce() + Send>;

/// What the server's thread is told to do.
pub(crate) enum Order {
    Port(PortChange, Done),
    Stop,
}

/// Tells a connection to end if it is idle and after its present request otherwise; its
/// drop says that the connection has heard.
type EndWhenIdle = mpsc::Sender<()>;

/// A bound server that does not run yet: whatever can fail has happened already.
pub(crate) struct Server {
    runtime: Runtime,
    listener: net::TcpListener,
    address: SocketAddr,
}

impl Server {
    pub(crate) fn bind(listen: SocketAddr) -> io::Result<Server> {
        let socket = bind(listen)?;
        socket.listen(BACKLOG)?;
        let listener = net::TcpListener::from(socket);
        Ok(Server {
            address: listener.local_addr()?,
            listener,
            runtime: tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until it is told to stop. Dropping the runtime then ends every connection,
    /// whatever it is waiting for.
    pub(crate) fn run(
        self,
        shared: Arc<Shared>,
        orders: UnboundedSender<Order>,
        inbox: UnboundedReceiver<Order>,
    ) {
        let (listener, address) = (self.listener, self.address);
        self.runtime.block_on(async move {
            // Registering a listening socket with the runtime fails only if the process has
            // run out of descriptors; there is nobody left to tell.
            if let Ok(listener) = TcpListener::from_std(listener) {
                let accepting = Accepting {
                    shared,
                    orders,
                    address,
                    port: Port::Open(listener),
                    tasks: JoinSet::new(),
                    connections: Vec::new(),
                    accepted: 0,
                };
                accepting.run(inbox).await;
            }
        });
    }
}

enum Port {
    Open(TcpListener),
    /// Nothing listens. The socket is bound and not more, so that connecting is refused
    /// and yet nobody else gets the port meanwhile.
    Closed {
        reserve: Option<Socket>,
        until: Option<Instant>,
    },
}

struct Accepting {
    shared: Arc<Shared>,
    orders: UnboundedSender<Order>,
    address: SocketAddr,
    port: Port,
    tasks: JoinSet<()>,
    connections: Vec<UnboundedSender<EndWhenIdle>>,
    /// How many connections there have been.
    accepted: u64,
}

impl Accepting {
    async fn run(mut self, mut inbox: UnboundedReceiver<Order>) {
        loop {
            tokio::select! {
                biased;
                order = inbox.recv() => match order {
                    Some(Order::Port(change, done)) => {
                        match change {
                            PortChange::Close(time) => self.close(time).await,
                            PortChange::Open => self.open(),
                        }
                        done();
                    }
                    Some(Order::Stop) | None => return,
                },
                Some(_) = self.tasks.join_next() => {}
                event = next_event(&mut self.port) => match event {
                    Event::Connection(stream) => self.serve(stream),
                    Event::Nothing => tokio::time::sleep(Duration::from_millis(10)).await,
                    Event::TimeIsUp => self.open(),
                },
            }
        }
    }

    fn serve(&mut self, stream: TcpStream) {
        let (end_when_idle, signals) = mpsc::unbounded_channel();
        self.connections.retain(|connection| !connection.is_closed());
        self.connections.push(end_when_idle);
        self.accepted += 1;
        let (shared, orders) = (self.shared.clone(), self.orders.clone());
        self.tasks.spawn(connection::serve(stream, self.accepted, shared, orders, signals));
    }

    /// Closes the port and returns when it is closed and no idle connection is left.
    async fn close(&mut self, time: Option<Duration>) {
        let until = time.map(|time| Instant::now() + time);
        match &mut self.port {
            Port::Closed { until: present, .. } => *present = until,
            port => {
                // The listener has to be gone before the port can be bound anew.
                *port = Port::Closed { reserve: None, until };
                if let Port::Closed { reserve, .. } = port {
                    *reserve = bind(self.address).ok();
                }
            }
        }
        let (end, mut all_have_heard) = mpsc::channel(1);
        for connection in self.connections.drain(..) {
            let _ = connection.send(end.clone());
        }
        drop(end);
        let _ = all_have_heard.recv().await;
    }

    /// Opens the port if it is closed. Should the port be taken, it is tried again.
    fn open(&mut self) {
        let Port::Closed { reserve, until } = &mut self.port else {
            return;
        };
        match listen(reserve.take(), self.address) {
            Ok(listener) => self.port = Port::Open(listener),
            Err(_) => *until = Some(Instant::now() + Duration::from_millis(10)),
        }
    }
}

enum Event {
    Connection(TcpStream),
    /// Accepting failed, as it does when descriptors run out, and is worth another try.
    Nothing,
    TimeIsUp,
}

async fn next_event(port: &mut Port) -> Event {
    match port {
        Port::Open(listener) => match listener.accept().await {
            Ok((stream, _)) => Event::Connection(stream),
            Err(_) => Event::Nothing,
        },
        Port::Closed { until: Some(until), .. } => {
            tokio::time::sleep_until(*until).await;
            Event::TimeIsUp
        }
        Port::Closed { until: None, .. } => std::future::pending().await,
    }
}

fn listen(reserve: Option<Socket>, address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match reserve {
        Some(socket) => socket,
        None => bind(address)?,
    };
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

fn bind(address: SocketAddr) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    // Connections of the closed listener may still hold the port. On Windows the option
    // means something else: that others may take the port away.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}
