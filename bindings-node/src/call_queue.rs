//! The calls of one JavaScript environment, on their way to the runtime and back.
//!
//! Crossing between threads costs more than most of what a call does, so both ways
//! go in batches. JavaScript queues the calls of one turn of its event loop and
//! submits them at the turn's end; here one task runs them all. JavaScript is woken
//! once for everything that has completed since, events of the calls included, and
//! takes it as one string. Each call has a number, by which JavaScript finds its promise.
//!
//! While no call is in flight nothing here refers to a JavaScript function or object
//! of the package, and soon after the last call not to the asynchronous context either
//! in which a call was made (`AsyncLocalStorage`). So a context in which the package was
//! loaded (test runners make one for each file) is collected when nobody else refers to it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::Write;
use std::mem;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use napi::bindgen_prelude::{Function, FunctionRef, Unknown};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;
use partner_messaging::{Error, background};
use serde::Serialize;
use tokio::task::{unconstrained, yield_now};
use tokio::time::{Sleep, sleep};

use crate::failure::Failure;
use crate::results::CallResult;

/// JavaScript is woken for this many completed calls without waiting for more.
const MAX_BATCH: u32 = 64;

/// How long there are no calls before the way to wake JavaScript is given up. Making it for
/// each call would cost a quarter of the call.
const IDLE: Duration = Duration::from_millis(100);

/// Wakes JavaScript, and keeps the process alive while it is referenced, which is while calls
/// are in flight. Has room for one call: a second would find nothing left to do. For as long
/// as it exists, Node keeps the asynchronous context that it was made in.
type Wake = ThreadsafeFunction<(), (), (), Status, false, false, 1>;

/// JavaScript's handler of what has completed; held only while calls are in flight.
type Handler = Rc<RefCell<Option<FunctionRef<(), ()>>>>;

/// The calls of one environment. Dropping it drops those in flight: then the
/// environment is gone, and nobody waits for them.
#[napi]
pub struct NativeCallQueue {
    queue: Arc<CallQueue>,
    handler: Handler,
}

#[napi]
impl NativeCallQueue {
    /// A queue without calls.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> napi::Result<Self> {
        let queue = Arc::new(CallQueue { state: Mutex::default() });
        background::spawn(unconstrained(queue.clone().run()))
            .map_err(|error| napi::Error::from_reason(error.to_string()))?;
        Ok(Self { queue, handler: Handler::default() })
    }

    /// Runs the calls that were queued since the last time. `on_completed` is called on
    /// this thread when there is something to take.
    #[napi(catch_unwind, ts_args_type = "onCompleted: () => void")]
    pub fn submit(&mut self, env: &Env, on_completed: Function<(), ()>) -> napi::Result<()> {
        if self.handler.borrow().is_none() {
            *self.handler.borrow_mut() = Some(on_completed.create_ref()?);
        }
        let mut made = None;
        let waker = loop {
            let mut state = self.queue.state();
            if made.is_some() {
                state.wake = made.take();
            }
            if let Some(wake) = &mut state.wake {
                // Clones, which napi would have instead, are of no use: it is this very one that keeps the process.
                #[allow(deprecated)]
                wake.refer(env)?;
                break state.submit();
            }
            drop(state);
            // Not under the lock: Node tells hooks of it, which may make calls.
            made = Some(wake(env, self.handler.clone())?);
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// What there is since the last time, in the order in which it happened, as a JSON
    /// list of three items each: a call's number, `true` and its result; a call's number,
    /// `false` and its failure; or a client's number, `null` and an event.
    #[napi(catch_unwind)]
    pub fn take_completed(&mut self, env: &Env) -> napi::Result<String> {
        let mut state = self.queue.state();
        let (mut json, idle) = state.take();
        if idle && let Some(wake) = &mut state.wake {
            #[allow(deprecated)]
            wake.unref(env)?;
        }
        drop(state);
        if idle {
            self.handler.borrow_mut().take();
        }
        json.pop();
        Ok(format!("[{json}]"))
    }

    /// Makes an uncaught exception of what a listener threw.
    #[napi(catch_unwind)]
    pub fn report_uncaught(&self, env: &Env, thrown: Unknown) {
        env.fatal_exception(napi::Error::from(thrown));
    }
}

impl NativeCallQueue {
    pub(crate) fn shared(&self) -> Arc<CallQueue> {
        self.queue.clone()
    }
}

impl Drop for NativeCallQueue {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.closed = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Calls the handler on JavaScript's thread. Its own function is the addon's: one of
/// the package's would keep the context alive that it was made in.
fn wake(env: &Env, handler: Handler) -> napi::Result<Wake> {
    let call_handler = env.create_function_from_closure("wake", move |context| {
        let function =
            handler.borrow().as_ref().map(|handler| handler.borrow_back(context.env)).transpose()?;
        function.map_or(Ok(()), |function| function.call(()))
    })?;
    call_handler.build_threadsafe_function().max_queue_size::<1>().build()
}

/// A call that completes with its entry in JavaScript's list.
type Call = Pin<Box<dyn Future<Output = String> + Send>>;

/// What both threads share.
pub(crate) struct CallQueue {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Queued, and not submitted yet.
    pending: Vec<Call>,
    /// Submitted, and not in flight yet.
    submitted: Vec<Call>,
    /// How many calls JavaScript has submitted and not taken.
    in_flight: u32,
    completed: Completed,
    /// There while calls are in flight, and a little longer.
    wake: Option<Wake>,
    /// Whether a call was in flight since the last look for idleness.
    used: bool,
    /// Wakes the task when there is something for it.
    waker: Option<Waker>,
    closed: bool,
}

/// What JavaScript has not taken yet.
#[derive(Default)]
struct Completed {
    /// Whether JavaScript was woken for it.
    woken: bool,
    calls: u32,
    /// Each entry has a comma behind it.
    json: String,
}

impl State {
    /// Hands what is pending to the task; returns how to wake it.
    fn submit(&mut self) -> Option<Waker> {
        self.in_flight += u32::try_from(self.pending.len()).unwrap_or(u32::MAX);
        self.used = true;
        self.submitted.append(&mut self.pending);
        self.waker.take()
    }

    /// What has completed, and whether no call is in flight any more.
    fn take(&mut self) -> (String, bool) {
        let completed = mem::take(&mut self.completed);
        self.in_flight -= completed.calls;
        (completed.json, self.in_flight == 0)
    }

    fn wake_javascript(&self) {
        if let Some(wake) = &self.wake {
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// The way to wake JavaScript, if nobody needed it since the last look.
    fn take_idle(&mut self) -> Option<Wake> {
        let idle = self.in_flight == 0 && !mem::take(&mut self.used);
        if idle { self.wake.take() } else { None }
    }
}

impl CallQueue {
    /// Queues a call; it runs once JavaScript has submitted it.
    pub(crate) fn push<T: CallResult>(
        &self,
        number: u32,
        call: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) {
        // A call that panics must not take the others with it.
        let call = AssertUnwindSafe(call).catch_unwind();
        self.state().pending.push(Box::pin(async move { entry_of(number, call.await.ok()) }));
    }

    /// Gives JavaScript an event of a client's calls; without a call in flight nobody listens.
    pub(crate) fn push_event(&self, client: u32, event: &impl Serialize) {
        let write = |out: &mut Vec<u8>| serde_json::to_writer(out, event);
        let Some(entry) = entry(client, "null", write) else { return };
        let mut state = self.state();
        if state.in_flight == 0 {
            return;
        }
        let completed = &mut state.completed;
        completed.json.push_str(&entry);
        if !mem::replace(&mut completed.woken, true) {
            state.wake_javascript();
        }
    }

    /// Runs calls until the environment is gone.
    async fn run(self: Arc<Self>) {
        let mut calls = FuturesUnordered::new();
        // When to look for idleness; nothing while JavaScript can't be woken anyway.
        let mut look: Option<Pin<Box<Sleep>>> = None;
        let poll = |context: &mut Context<'_>| {
            let mut state = self.state();
            if state.closed {
                return Poll::Ready(());
            }
            calls.extend(state.submitted.drain(..));
            state.waker = Some(context.waker().clone());
            if look.is_none() && state.wake.is_some() {
                look = Some(Box::pin(sleep(IDLE)));
            }
            drop(state);
            while look.as_mut().is_some_and(|look| look.as_mut().poll(context).is_ready()) {
                let mut state = self.state();
                let idle = state.take_idle();
                look = state.wake.is_some().then(|| Box::pin(sleep(IDLE)));
                drop(state);
                drop(idle);
            }
            let mut entries = Vec::new();
            while let Poll::Ready(Some(entry)) = calls.poll_next_unpin(context) {
                entries.push(entry);
            }
            let more = !entries.is_empty() && !calls.is_empty();
            if self.complete(&entries, more) {
                self.state().wake_javascript();
            } else if more {
                // Once more when the runtime has looked for answers that are there already.
                let _ = pin!(yield_now()).poll(context);
            }
            Poll::Pending
        };
        poll_fn(poll).await;
    }

    /// Leaves completed calls for JavaScript; returns whether to wake it: once for all,
    /// and not while there may be `more` at once.
    fn complete(&self, entries: &[String], more: bool) -> bool {
        let completed = &mut self.state().completed;
        for entry in entries {
            completed.calls += 1;
            completed.json.push_str(entry);
        }
        let due = completed.calls > 0 && !completed.woken && (!more || completed.calls >= MAX_BATCH);
        completed.woken |= due;
        due
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A completed call's entry; a `result` of `None` is a fault of this library.
fn entry_of<T: CallResult>(number: u32, result: Option<Result<T, Error>>) -> String {
    let written = match result {
        Some(Ok(result)) => entry(number, "true", |out| result.write(out)),
        Some(Err(error)) => entry(number, "false", |out| serde_json::to_writer(out, &Failure::new(&error))),
        None => None,
    };
    written.unwrap_or_else(|| format!("{number},false,null,"))
}

fn entry(
    number: u32,
    what: &str,
    write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
) -> Option<String> {
    let mut out = Vec::with_capacity(1024);
    write!(out, "{number},{what},").ok()?;
    write(&mut out).ok()?;
    out.push(b',');
    String::from_utf8(out).ok()
}
