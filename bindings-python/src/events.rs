//! What a client tells of its calls: events collected while the interpreter is
//! released, and handed to Python on the thread that made the call.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use partner_messaging::{ClientBuilder, Step};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use tokio::task;

/// A step of a call, as ``on_event`` and the logger are told of it.
///
/// ``str(event)`` is a line for people. What a step doesn't have is ``None``.
/// It holds neither the key nor a message's text, and of the recipient only the
/// last four characters.
///
/// Example:
///     >>> from partner_messaging import Sms
///     >>> from partner_messaging.testing import Sandbox
///     >>> events = []
///     >>> with Sandbox() as sandbox, sandbox.client(on_event=events.append) as client:
///     ...     receipt = client.send(Sms(to="+6591234567", content="Hello"))
///     >>> [(event.step, event.outcome, event.recipient) for event in events]
///     [('attempt', None, '*******4567'), ('ended', 'sent', '*******4567')]
#[pyclass(frozen, eq, module = "partner_messaging")]
#[derive(Clone, PartialEq)]
pub(crate) struct Event {
    /// The call: ``send``, ``get_message``, ``list_messages``, ``get_balance`` or
    /// ``request``; an open set.
    #[pyo3(get)]
    call: Word,
    /// The channel of the message to send.
    #[pyo3(get)]
    channel: Option<String>,
    /// The recipient with only its last four characters left.
    #[pyo3(get)]
    recipient: Option<String>,
    /// What happened: ``attempt`` (a request is about to be made), ``retry`` (it
    /// failed, and there will be another) or ``ended``; an open set.
    #[pyo3(get)]
    step: Word,
    /// The number of the request, from 1; of ``ended``, how many were begun.
    #[pyo3(get)]
    attempt: Option<u32>,
    /// What went wrong: the word of an error's ``kind``.
    #[pyo3(get)]
    kind: Option<Word>,
    /// Of ``retry``: seconds until the next request.
    #[pyo3(get)]
    pause: Option<f64>,
    /// Of ``ended``: ``sent``, ``rejected``, ``not_sent`` or ``unknown``.
    #[pyo3(get)]
    outcome: Option<Word>,
    /// Of ``ended``: the HTTP status of the answer that refused or could not be read.
    #[pyo3(get)]
    status: Option<u16>,
    /// Of ``ended``: seconds from the call's start.
    #[pyo3(get)]
    elapsed: Option<f64>,
    /// Its line for people.
    text: String,
}

/// One of the core's words; owned only after a pickle.
type Word = Cow<'static, str>;

/// An event taken apart by pickling.
type Parts = (
    String,
    Option<String>,
    Option<String>,
    String,
    Option<u32>,
    Option<String>,
    Option<f64>,
    Option<String>,
    Option<u16>,
    Option<f64>,
    String,
);

impl From<&partner_messaging::Event> for Event {
    fn from(event: &partner_messaging::Event) -> Self {
        let mut told = Self {
            call: event.call.into(),
            channel: event.channel.clone(),
            recipient: event.recipient.clone(),
            step: "other".into(),
            attempt: None,
            kind: None,
            pause: None,
            outcome: None,
            status: None,
            elapsed: None,
            text: event.to_string(),
        };
        match &event.step {
            Step::Attempt { number } => {
                told.step = "attempt".into();
                told.attempt = Some(*number);
            }
            Step::Retry { number, kind, pause } => {
                told.step = "retry".into();
                told.attempt = Some(*number);
                told.kind = Some(kind.as_str().into());
                told.pause = Some(pause.as_secs_f64());
            }
            Step::Ended { outcome, kind, status, attempts, elapsed } => {
                told.step = "ended".into();
                told.attempt = Some(*attempts);
                told.kind = kind.map(|kind| kind.as_str().into());
                told.outcome = outcome.map(|outcome| outcome.as_str().into());
                told.status = *status;
                told.elapsed = Some(elapsed.as_secs_f64());
            }
            _ => {}
        }
        told
    }
}

#[pymethods]
impl Event {
    fn __str__(&self) -> &str {
        &self.text
    }

    /// Log records travel between processes, and carry their events.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Parts,))> {
        let event = slf.get().clone();
        let parts = (
            event.call.into_owned(),
            event.channel,
            event.recipient,
            event.step.into_owned(),
            event.attempt,
            event.kind.map(Cow::into_owned),
            event.pause,
            event.outcome.map(Cow::into_owned),
            event.status,
            event.elapsed,
            event.text,
        );
        Ok((slf.get_type().getattr("_restore")?, (parts,)))
    }

    /// Makes the event that was taken apart by pickling.
    #[staticmethod]
    fn _restore(parts: Parts) -> Self {
        let (call, channel, recipient, step, attempt, kind, pause, outcome, status, elapsed, text) = parts;
        Self {
            call: call.into(),
            channel,
            recipient,
            step: step.into(),
            attempt,
            kind: kind.map(Cow::Owned),
            pause,
            outcome: outcome.map(Cow::Owned),
            status,
            elapsed,
            text,
        }
    }

    fn __repr__(&self) -> String {
        format!("<Event {}>", self.text.escape_default())
    }
}

thread_local! {
    /// The events that this thread's calls have not handed over: those of the
    /// blocking call that runs on it (no task), or of each task of the background
    /// runtime. No lock: a fork at the wrong moment would leave it locked for ever.
    static COLLECTED: RefCell<HashMap<Option<task::Id>, Vec<Event>>> = RefCell::default();
}

fn collected<T>(touch: impl FnOnce(&mut HashMap<Option<task::Id>, Vec<Event>>) -> T) -> Option<T> {
    // A thread that ends has nobody left to tell.
    COLLECTED.try_with(|collected| touch(&mut collected.borrow_mut())).ok()
}

/// A client whose events are collected wherever somebody wants them.
pub(crate) fn observed(builder: ClientBuilder) -> ClientBuilder {
    let wanted = || collected(|all| all.contains_key(&task::try_id())).unwrap_or(false);
    builder.on_event_if(wanted, |event| {
        collected(|all| all.entry(task::try_id()).or_default().push(event.into()));
    })
}

/// From now on the events of the background task that this is called from are collected.
pub(crate) fn collect_in_this_task() {
    collected(|all| all.insert(task::try_id(), Vec::new()));
}

/// The events of the background task that this is called from.
pub(crate) fn of_this_task() -> Vec<Event> {
    let task = task::try_id();
    collected(|all| all.remove(&task)).flatten().unwrap_or_default()
}

/// Collects the events of a blocking call while it lives. Calls nest: a callback
/// that is told of one may make another.
pub(crate) struct Collecting(Option<Vec<Event>>);

impl Collecting {
    pub(crate) fn begin() -> Self {
        Self(collected(|all| all.insert(None, Vec::new())).flatten())
    }

    /// Those that came since the last time.
    pub(crate) fn take(&self) -> Vec<Event> {
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

/// Hands events to the callback and to the logger.
///
/// # Errors
/// What is no `Exception`, Ctrl-C above all. Any other error is reported to
/// `sys.unraisablehook`: it must not change what the call tells.
pub(crate) fn tell(py: Python<'_>, on_event: Option<&Bound<'_, PyAny>>, events: Vec<Event>) -> PyResult<()> {
    let mut interrupt = Ok(());
    for event in events {
        let event = Bound::new(py, event)?;
        if let Some(callback) = on_event {
            keep(&mut interrupt, callback, callback.call1((&event,)).map(drop));
        }
        if let Some(logger) = enabled_logger(py)? {
            keep(&mut interrupt, &logger, log(&logger, &event));
        }
    }
    interrupt
}

fn keep(interrupt: &mut PyResult<()>, culprit: &Bound<'_, PyAny>, result: PyResult<()>) {
    let py = culprit.py();
    match result {
        Err(error) if error.is_instance_of::<PyException>(py) => error.write_unraisable(py, Some(culprit)),
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

/// The logger, if somebody wants to read what goes there. While nobody does,
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
