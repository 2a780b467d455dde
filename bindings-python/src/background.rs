//! What `AsyncClient` stands on: calls in the background, and a queue of
//! completions for each event loop. The background thread never touches the
//! interpreter; only the loop's own thread turns completions into objects.

use std::os::fd::AsRawFd;
use std::sync::Arc;

use partner_messaging::background::{self, Queue};
use partner_messaging::{Cancel, Error};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{exception, instance};
use crate::events::{self, Event};
use crate::observed::Observed;
use crate::receipt::Receipt;
use crate::{messages, options};

/// What became of a call, and the events on its way there if they are wanted.
struct Completion {
    number: u64,
    result: Result<partner_messaging::Receipt, Error>,
    events: Option<Vec<Event>>,
}

/// A completion as Python sees it: the call's number, its receipt or its exception, its events.
type Settled<'py> = (u64, Option<Receipt>, Option<Bound<'py, PyAny>>, Option<Vec<Event>>);

fn settled(py: Python<'_>, completion: Completion) -> PyResult<Settled<'_>> {
    let Completion { number, result, events } = completion;
    Ok(match result {
        Ok(receipt) => (number, Some(receipt.into()), None, events),
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
pub(crate) struct BackgroundClient(Observed<background::Client>);

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
        let builder = options::builder(py, api_key, options)?;
        let native = Observed::new(
            py,
            builder,
            partner_messaging::ClientBuilder::build_background,
            background::Client::close,
            on_event.is_some(),
        );
        native.map(Self).map_err(|error| exception(py, &error))
    }

    /// Begins a call whose completion, under `number`, goes to `queue`, with its
    /// events if `observed` or if the logger wants them.
    #[allow(clippy::too_many_arguments)] // The stations of a call and its options.
    fn submit(
        &self,
        queue: &CompletionQueue,
        number: u64,
        observed: bool,
        message: &Bound<'_, PyAny>,
        timeout: Option<&Bound<'_, PyAny>>,
        max_retries: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let py = message.py();
        let options = options::call(timeout, max_retries, headers)?;
        let envelope = messages::envelope(message)?;
        let queue = Arc::clone(&queue.0);
        let wanted = observed || events::enabled_logger(py)?.is_some();
        let client = self.0.client(py, wanted).map_err(|error| exception(py, &error))?;
        let begun = client.submit(envelope, options, move |result| {
            let events = events::of_this_task();
            queue.push(Completion { number, result, events: wanted.then_some(events) });
        });
        begun.map(Call).map_err(|error| exception(py, &error))
    }

    fn close(&self) {
        self.0.close();
    }
}
