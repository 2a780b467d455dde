//! Names to addresses, by the system's resolver.
//!
//! It blocks, so each lookup has a thread of its own for as long as it takes. Where
//! the process can have no further thread that is an error like any other; the
//! runtime's own lookup panics there. Who asks for a name that is being looked up
//! waits for that answer: a resolver that hangs holds one thread, however often it
//! is asked.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::watch;

use crate::util::{ending_threads, lock};

type Resolution = Result<Vec<SocketAddr>, ResolveError>;

/// How a name is looked up; blocks.
type LookUp = fn(&str) -> io::Result<Vec<SocketAddr>>;

#[derive(Clone)]
pub(super) struct Resolver {
    look_up: LookUp,
    under_way: Arc<Mutex<HashMap<String, watch::Receiver<Option<Resolution>>>>>,
}

impl Resolver {
    pub(super) fn of_system() -> Self {
        // Port 0: the connector puts the URL's own in its place.
        Self::new(|name| Ok((name, 0).to_socket_addrs()?.collect()))
    }

    pub(super) fn new(look_up: LookUp) -> Self {
        Self { look_up, under_way: Arc::default() }
    }

    /// Begins a lookup, or joins the one that is under way.
    fn begin(&self, name: &str) -> Result<watch::Receiver<Option<Resolution>>, ResolveError> {
        let mut under_way = self.lock();
        let entry = match under_way.entry(name.to_owned()) {
            Entry::Occupied(entry) => return Ok(entry.get().clone()),
            Entry::Vacant(entry) => entry,
        };
        let (answer, receiver) = watch::channel(None);
        let (resolver, name) = (self.clone(), name.to_owned());
        let thread = std::thread::Builder::new()
            .name("pm-resolver".to_owned())
            .spawn(move || {
                let found = (resolver.look_up)(&name).map_err(ResolveError::from);
                resolver.lock().remove(&name);
                answer.send_replace(Some(found));
            })
            .map_err(ResolveError::from)?;
        ending_threads::add(thread);
        Ok(entry.insert(receiver).clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Option<Resolution>>>> {
        lock(&self.under_way)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let begun = self.begin(name.as_str());
        Box::pin(async move {
            let mut answer = begun?;
            let answer = match answer.wait_for(Option::is_some).await {
                Ok(answer) => answer.clone(),
                Err(_) => None,
            };
            let found = answer.unwrap_or_else(|| Err(io::Error::other("the lookup broke off").into()))?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// No address is known, or none could be asked for.
#[derive(Clone, Debug)]
pub(crate) struct ResolveError(Arc<io::Error>);

impl From<io::Error> for ResolveError {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for ResolveError {}
