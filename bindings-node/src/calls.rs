//! The calls of one JavaScript environment, on their way to the runtime and back.
//!
//! Crossing between threads costs more than most of what a call does, so both ways
//! go in batches. JavaScript gathers the calls of one turn and hands them over at its
//! end; here one task makes them all; JavaScript is woken once for all that have
//! ended since, and takes them as one text. Each call has a number, by which
//! JavaScript finds its promise.

use std::future::poll_fn;
use std::io::Write;
use std::mem;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;
use partner_messaging::{Error, background};
use tokio::task::{unconstrained, yield_now};

use crate::facts::Facts;
use crate::failure::Failure;

/// So many ended calls don't wait for more.
const ENOUGH: u32 = 64;

/// Keeps no process alive, and has room for one call: what does not fit is on its way already.
pub(crate) type Wake = ThreadsafeFunction<(), (), (), Status, false, true, 1>;

/// The calls of one environment. Dropping it drops those under way: then the
/// environment is gone, and nobody waits for them.
#[napi]
pub struct NativeCalls {
    desk: Arc<Desk>,
    under_way: u32,
    /// Never called: while it is referred to, the process stays.
    keeper: Wake,
}

#[napi]
impl NativeCalls {
    /// `wake` is called on this thread when calls have ended.
    #[napi(constructor, catch_unwind)]
    pub fn new(wake: Function<(), ()>) -> napi::Result<Self> {
        let waker = || wake.build_threadsafe_function().weak::<true>().max_queue_size::<1>().build();
        let desk = Arc::new(Desk::default());
        background::spawn(unconstrained(desk.clone().work(waker()?)))
            .map_err(|error| napi::Error::from_reason(error.to_string()))?;
        Ok(Self { desk, under_way: 0, keeper: waker()? })
    }

    /// Has the calls made that were begun since the last time.
    #[napi(catch_unwind)]
    pub fn make(&mut self, env: &Env) -> napi::Result<()> {
        let (begun, waker) = self.desk.state().make();
        if let Some(waker) = waker {
            waker.wake();
        }
        self.under_way += begun;
        // Clones, which napi would have instead, are of no use: it is this very one that keeps the process.
        #[allow(deprecated)]
        self.keeper.refer(env)
    }

    /// What has ended since the last time: for each call its number, whether it went
    /// well, and its facts or what went wrong; a JSON list, all in turn.
    #[napi(catch_unwind)]
    pub fn take(&mut self, env: &Env) -> napi::Result<String> {
        let Ended { count, mut json, .. } = mem::take(&mut self.desk.state().ended);
        self.under_way -= count;
        if self.under_way == 0 {
            #[allow(deprecated)]
            self.keeper.unref(env)?;
        }
        json.pop();
        Ok(format!("[{json}]"))
    }
}

impl NativeCalls {
    pub(crate) fn desk(&self) -> Arc<Desk> {
        self.desk.clone()
    }
}

impl Drop for NativeCalls {
    fn drop(&mut self) {
        let mut state = self.desk.state();
        state.closed = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// A call that ends with its entry for JavaScript's list.
type Call = Pin<Box<dyn Future<Output = String> + Send>>;

/// Where both sides leave what they have for the other.
#[derive(Default)]
pub(crate) struct Desk(Mutex<State>);

#[derive(Default)]
struct State {
    /// Begun, and not yet to be made.
    begun: Vec<Call>,
    /// To be made, and not yet under way.
    ready: Vec<Call>,
    ended: Ended,
    /// Wakes the task when there is something for it.
    waker: Option<Waker>,
    closed: bool,
}

#[derive(Default)]
struct Ended {
    /// Whether JavaScript was woken for them.
    told: bool,
    count: u32,
    /// Each entry has a comma behind it.
    json: String,
}

impl State {
    /// Lets the task have what was begun: how much that is, and how to wake it.
    fn make(&mut self) -> (u32, Option<Waker>) {
        let begun = u32::try_from(self.begun.len()).unwrap_or(u32::MAX);
        self.ready.append(&mut self.begun);
        (begun, self.waker.take())
    }
}

impl Desk {
    /// Begins a call; it is made once JavaScript says so.
    pub(crate) fn begin<T: Facts>(
        &self,
        number: u32,
        call: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) {
        // A call that panics must not take the others with it.
        let call = AssertUnwindSafe(call).catch_unwind();
        self.state().begun.push(Box::pin(async move { entry(number, call.await.ok()) }));
    }

    /// Makes calls until the environment is gone.
    async fn work(self: Arc<Self>, wake: Wake) {
        let mut calls = FuturesUnordered::new();
        let turn = |context: &mut Context<'_>| {
            let mut state = self.state();
            if state.closed {
                return Poll::Ready(());
            }
            calls.extend(state.ready.drain(..));
            state.waker = Some(context.waker().clone());
            drop(state);
            let mut entries = Vec::new();
            while let Poll::Ready(Some(entry)) = calls.poll_next_unpin(context) {
                entries.push(entry);
            }
            let more = !entries.is_empty() && !calls.is_empty();
            let due = self.end(&entries, more);
            if due {
                wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
            } else if more {
                // Once more when the runtime has looked for answers that are there already.
                let _ = pin!(yield_now()).poll(context);
            }
            Poll::Pending
        };
        poll_fn(turn).await;
    }

    /// Leaves what has ended for JavaScript, and tells whether it has to be woken:
    /// once for all, and not while there may be `more` at once.
    fn end(&self, entries: &[String], more: bool) -> bool {
        let ended = &mut self.state().ended;
        for entry in entries {
            ended.count += 1;
            ended.json.push_str(entry);
        }
        let due = ended.count > 0 && !ended.told && (!more || ended.count >= ENOUGH);
        ended.told |= due;
        due
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What JavaScript is told of a call; `None` is a fault of this library.
fn entry<T: Facts>(number: u32, result: Option<Result<T, Error>>) -> String {
    let written = match result {
        Some(Ok(facts)) => write(number, true, |out| facts.write(out)),
        Some(Err(error)) => write(number, false, |out| serde_json::to_writer(out, &Failure::new(&error))),
        None => None,
    };
    written.unwrap_or_else(|| format!("{number},false,null,"))
}

fn write(
    number: u32,
    well: bool,
    facts: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
) -> Option<String> {
    let mut out = Vec::with_capacity(1024);
    write!(out, "{number},{well},").ok()?;
    facts(&mut out).ok()?;
    out.push(b',');
    String::from_utf8(out).ok()
}
