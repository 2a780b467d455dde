//! What `AsyncClient` stands on: calls in the background, and a queue of
//! completions for each event loop. The background thread never touches the
//! interpreter; only the loop's own thread turns completions into objects.

use std::os::fd::AsRawFd;
use std::sync::Arc;

use partner_messaging::background::{self, Queue};
use partner_messaging::{Cancel, Error};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::answers::ledger;
use crate::call::{Given, Operation};
use crate::errors::{exception, instance};
use crate::events::{self, Event};
use crate::options;

/// What became of a call, and the events on its way there if they are wanted.
struct Completion {
    number: u64,
    result: Result<Given, Error>,
    events: Option<Vec<Event>>,
}

/// A completion as Python sees it: the call's number, what it gave or its exception, its events.
type Settled<'py> = (u64, Option<Bound<'py, PyAny>>, Option<Bound<'py, PyAny>>, Option<Vec<Event>>);

fn settled(py: Python<'_>, completion: Completion) -> PyResult<Settled<'_>> {
    let Completion { number, result, events } = completion;
    Ok(match result {
        Ok(given) => (number, Some(given.into_pyobject(py)?), None, events),
        Err(error) => (number, None, Some(instance(py, &error)?), events),
    })
}

/// Hands a call's events to its client's callback and to the logger.
#[pyfunction]
pub(crate) fn tell(
    py: Python<'_>,
    on_event: Option<&Bound<'_, PyAny>>,
    events: Vec<PyRef<'_, Event>>,
) -> PyResult<()> {
    events::tell(py, on_event, events.iter().map(|event| Event::clone(event)).collect())
}

/// The completions of one event loop's calls.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct CompletionQueue(Arc<Queue<Completion>>);

#[pymethods]
impl CompletionQueue {
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        let queue = Queue::new().map_err(|error| exception(py, &error))?;
        Ok(Self(Arc::new(queue)))
    }

    /// Readable while a completion waits.
    fn fileno(&self) -> i32 {
        self.0.as_raw_fd()
    }

    /// Takes all completions that wait.
    fn drain<'py>(&self, py: Python<'py>) -> PyResult<Vec<Settled<'py>>> {
        self.0.drain().into_iter().map(|completion| settled(py, completion)).collect()
    }

    /// Takes one completion, waiting for it up to so many seconds.
    fn next<'py>(&self, py: Python<'py>, timeout: f64) -> PyResult<Option<Settled<'py>>> {
        let timeout = std::time::Duration::try_from_secs_f64(timeout).unwrap_or_default();
        let completion = py.detach(|| self.0.next(Some(timeout)));
        completion.map(|completion| settled(py, completion)).transpose()
    }
}

/// A call under way.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Call(Cancel);

#[pymethods]
impl Call {
    /// Cancels the call; its completion comes at once, with its true outcome.
    fn cancel(&self) {
        self.0.cancel();
    }
}

/// The native half of `AsyncClient`.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct BackgroundClient(background::Client);

#[pymethods]
impl BackgroundClient {
    #[new]
    #[pyo3(signature = (api_key = None, *, on_event = None, **options))]
    fn new(
        py: Python<'_>,
        api_key: Option<&Bound<'_, PyAny>>,
        on_event: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        options::callback(py, on_event)?;
        let builder = events::observed(options::builder(py, api_key, options)?);
        let built = py.detach(|| builder.build_background());
        built.map(Self).map_err(|error| exception(py, &error))
    }

    /// Begins a call whose completion, under `number`, goes to `queue`, with its
    /// events if `observed` or if the logger wants them.
    fn submit(
        &self,
        py: Python<'_>,
        queue: &CompletionQueue,
        number: u64,
        observed: bool,
        operation: &Operation,
    ) -> PyResult<Call> {
        let (queue, call) = (Arc::clone(&queue.0), Arc::clone(&operation.call));
        let wanted = observed || events::enabled_logger(py)?.is_some();
        let begun = self.0.submit(
            operation.options.clone(),
            async move |client, options| {
                if wanted {
                    events::collect_in_this_task();
                }
                call.make(&client, &options).await
            },
            move |result| {
                let events = wanted.then(events::of_this_task);
                queue.push(Completion { number, result, events });
            },
        );
        begun.map(Call).map_err(|error| exception(py, &error))
    }

    /// What the messages sent so far have cost.
    fn spending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        ledger(py, py.detach(|| self.0.spending()))
    }

    /// The same, and begins a new ledger.
    fn reset_spending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        ledger(py, py.detach(|| self.0.reset_spending()))
    }

    fn close(&self) {
        self.0.close();
    }
}
