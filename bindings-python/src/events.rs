//! The events of calls: collected while the interpreter is
//! released, and handed to Python on the thread that made the call.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partner_messaging::{ClientBuilder, Kind, Outcome, Step};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};
use tokio::task;

use crate::failure::catch_panics;
use crate::fields::{Field, Recipient, Record, Seconds};
use crate::record::record;

/// Events as the core has them; whoever emits them makes Python's.
pub(crate) type Events = Vec<partner_messaging::Event>;

record! {
    /// A step of a call, as ``on_event`` and the logger get it.
    ///
    /// ``str(event)`` is a line for people. What a step doesn't have is ``None``.
    /// It holds neither the key nor a message's text, and of the recipient only the
    /// last four characters. Immutable, comparable, hashable and picklable; you can make
    /// one for your own tests.
    ///
    /// Example:
    ///     >>> from partner_messaging import Sms
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> events = []
    ///     >>> with Sandbox() as sandbox, sandbox.client(on_event=events.append) as client:
    ///     ...     receipt = client.send(Sms(to="+6591234567", content="Hello"))
    ///     >>> [(event.step, event.outcome, event.recipient) for event in events]
    ///     [('attempt', None, '*******4567'), ('ended', 'sent', '*******4567')]
    Event(py, event: partner_messaging::Event, details = Details::of(&event)) {
        /// The call: ``send``, ``get_message``, ``list_messages``, ``get_balance`` or
        /// ``request``; an open set.
        call: String = event.call.to_owned();
        /// What happened: ``attempt`` (a request is about to be made), ``retry`` (it
        /// failed, and there will be another) or ``ended``. Of a call with a key, too:
        /// ``claimed`` (its request may leave), ``waiting`` (another call has the key),
        /// ``replayed`` (it was accepted before), ``conflict`` (what became of it
        /// contradicts the journal) or ``unrecorded`` (that is not in the journal yet).
        /// An open set.
        step: String = details.step.to_owned();
        *
        /// The channel of the message to send.
        channel: Option<String> [None] = event.channel;
        /// The recipient with only its last four characters left.
        recipient: Option<Recipient> [None] = event.recipient.map(Recipient);
        /// The number of the request, from 1; of ``ended``, how many were begun.
        attempt: Option<u32> [None] = details.attempt;
        /// What went wrong: an error's ``kind``.
        kind: Option<String> [None] = details.kind.map(Kind::as_str).map(str::to_owned);
        /// Of ``retry``: seconds until the next request.
        pause: Option<Seconds> [None] = details.pause.map(Seconds::from);
        /// Of ``ended``: ``sent``, ``rejected``, ``not_sent`` or ``unknown``.
        outcome: Option<String> [None] = details.outcome.map(Outcome::as_str).map(str::to_owned);
        /// Of ``ended``: the HTTP status of the answer that refused or could not be read.
        status: Option<u16> [None] = details.status;
        /// Of ``ended``: seconds from the call's start.
        elapsed: Option<Seconds> [None] = details.elapsed.map(Seconds::from);
        /// What ``str(event)`` gives.
        text: Option<String> [None] = Some(details.text);
    }

    fn __str__(&self) -> PyResult<String> {
        catch_panics(|| Ok(self.text.clone().unwrap_or_else(|| self.repr())))
    }
}

/// What the step of an event consists of.
#[derive(Default)]
struct Details {
    step: &'static str,
    attempt: Option<u32>,
    kind: Option<Kind>,
    pause: Option<Duration>,
    outcome: Option<Outcome>,
    status: Option<u16>,
    elapsed: Option<Duration>,
    text: String,
}

impl Details {
    fn of(event: &partner_messaging::Event) -> Self {
        let details = Self { text: event.to_string(), ..Self::default() };
        match event.step {
            Step::Attempt { number } => Self { step: "attempt", attempt: Some(number), ..details },
            Step::Retry { number, kind, pause } => {
                Self { step: "retry", attempt: Some(number), kind: Some(kind), pause: Some(pause), ..details }
            }
            Step::Ended { outcome, kind, status, attempts, elapsed } => Self {
                step: "ended",
                attempt: Some(attempts),
                kind,
                outcome,
                status,
                elapsed: Some(elapsed),
                ..details
            },
            // What the journal tells, and whatever else a later core may have.
            _ => Self { step: event.step.as_str(), ..details },
        }
    }
}

thread_local! {
    /// The events that this thread's calls have not handed over: those of the
    /// blocking call that runs on it (no task), or of each task of the background
    /// runtime. No lock: a fork at the wrong moment would leave it locked for ever.
    static COLLECTED: RefCell<HashMap<Option<task::Id>, Events>> = RefCell::default();
}

fn collected<T>(touch: impl FnOnce(&mut HashMap<Option<task::Id>, Events>) -> T) -> Option<T> {
    // A thread that ends has nobody left to listen.
    COLLECTED.try_with(|collected| touch(&mut collected.borrow_mut())).ok()
}

/// The events of a client's runs of many messages, whose calls have no thread and no task of
/// their own: whoever takes the results hands them over. Nothing waits for a lock: after a
/// fork it might be held for ever.
pub(crate) struct RunEvents {
    /// The runs that want them.
    wanted: AtomicUsize,
    sender: Sender<partner_messaging::Event>,
    receiver: Mutex<Receiver<partner_messaging::Event>>,
}

impl RunEvents {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = channel();
        Self { wanted: AtomicUsize::new(0), sender, receiver: Mutex::new(receiver) }
    }

    pub(crate) fn begin(&self) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
    }

    /// Nobody will hand over what the last run leaves.
    pub(crate) fn end(&self) {
        if self.wanted.fetch_sub(1, Ordering::Relaxed) == 1 {
            drop(self.take());
        }
    }

    /// Those that came since the last time; none while another thread takes them.
    pub(crate) fn take(&self) -> Events {
        self.receiver.try_lock().map(|receiver| receiver.try_iter().collect()).unwrap_or_default()
    }
}

/// A client whose events are collected wherever somebody wants them.
pub(crate) fn observed(builder: ClientBuilder, runs: &Arc<RunEvents>) -> ClientBuilder {
    let is_collected = || collected(|all| all.contains_key(&task::try_id())).unwrap_or(false);
    let (wanted, runs) = (Arc::clone(runs), Arc::clone(runs));
    let listening = move || is_collected() || wanted.wanted.load(Ordering::Relaxed) > 0;
    builder.on_event_if(listening, move |event| {
        if is_collected() {
            collected(|all| all.entry(task::try_id()).or_default().push(event.clone()));
        } else {
            // The receiver lives as long.
            let _ = runs.sender.send(event.clone());
        }
    })
}

/// From now on the events of the background task that this is called from are collected.
pub(crate) fn collect_in_this_task() {
    collected(|all| all.insert(task::try_id(), Vec::new()));
}

/// The events of the background task that this is called from.
pub(crate) fn of_this_task() -> Events {
    let task = task::try_id();
    collected(|all| all.remove(&task)).flatten().unwrap_or_default()
}

/// Collects the events of a blocking call while it lives. Calls nest: a callback
/// that gets an event of one may make another.
pub(crate) struct Collecting(Option<Events>);

impl Collecting {
    pub(crate) fn begin() -> Self {
        Self(collected(|all| all.insert(None, Vec::new())).flatten())
    }

    /// Those that came since the last time.
    pub(crate) fn take(&self) -> Events {
        collected(|all| all.get_mut(&None).map(std::mem::take)).flatten().unwrap_or_default()
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        let outer = self.0.take();
        collected(|all| match outer {
            Some(events) => all.insert(None, events),
            None => all.remove(&None),
        });
    }
}

/// Events as Python has them.
pub(crate) fn objects(py: Python<'_>, events: Events) -> PyResult<Vec<Bound<'_, Event>>> {
    events.into_iter().map(|event| Bound::new(py, Event::from_core(py, event)?)).collect()
}

/// Hands events to the callback and to the logger.
///
/// # Errors
/// What is no `Exception`, Ctrl-C above all. Any other error is reported to
/// `sys.unraisablehook`: it must not change the result of the call.
pub(crate) fn emit<'py>(
    py: Python<'py>,
    on_event: Option<&Bound<'py, PyAny>>,
    events: Vec<Bound<'py, Event>>,
) -> PyResult<()> {
    let mut interrupt = Ok(());
    for event in events {
        if let Some(callback) = on_event {
            report(&mut interrupt, callback, callback.call1((&event,)).map(drop));
        }
        if let Some(logger) = enabled_logger(py)? {
            report(&mut interrupt, &logger, log(&logger, &event));
        }
    }
    interrupt
}

fn report(interrupt: &mut PyResult<()>, source: &Bound<'_, PyAny>, result: PyResult<()>) {
    let py = source.py();
    match result {
        Err(error) if error.is_instance_of::<PyException>(py) => error.write_unraisable(py, Some(source)),
        Err(error) => *interrupt = Err(error),
        Ok(()) => {}
    }
}

const DEBUG: u32 = 10;

fn log(logger: &Bound<'_, PyAny>, event: &Bound<'_, Event>) -> PyResult<()> {
    let py = logger.py();
    let extra = PyDict::new(py);
    extra.set_item("partner_messaging", event)?;
    let keywords = PyDict::new(py);
    keywords.set_item("extra", extra)?;
    logger.call_method("debug", ("%s", event), Some(&keywords)).map(drop)
}

/// The logger, if it is enabled. While it is not,
/// this calls no Python: it looks at the logger's level and the root's, which
/// decide for a logger without other parents.
pub(crate) fn enabled_logger(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    static LOGGERS: PyOnceLock<(Py<PyAny>, Py<PyAny>)> = PyOnceLock::new();

    let loggers = match LOGGERS.get(py) {
        Some(loggers) => loggers,
        None => {
            let modules = MODULES.get_or_try_init(py, || {
                Ok::<_, PyErr>(py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?.unbind())
            })?;
            if !modules.bind(py).contains(intern!(py, "logging"))? {
                // A program that never imported it has configured no logger.
                return Ok(None);
            }
            LOGGERS.get_or_try_init(py, || {
                let get = py.import("logging")?.getattr("getLogger")?;
                Ok::<_, PyErr>((get.call1(("partner_messaging",))?.unbind(), get.call0()?.unbind()))
            })?
        }
    };
    let level = |logger: &Py<PyAny>| logger.bind(py).getattr(intern!(py, "level"))?.extract::<u32>();
    let (ours, root) = loggers;
    let level = match level(ours)? {
        0 => level(root)?,
        level => level,
    };
    if level > DEBUG {
        return Ok(None);
    }
    let ours = ours.bind(py);
    let enabled = ours.call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.is_truthy()?;
    Ok(enabled.then(|| ours.clone()))
}
