//! The completions of calls in flight, a queue of them for each event loop. The
//! background thread never touches the interpreter; only the loop's own thread turns
//! completions into objects.

use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use partner_messaging::background::Queue;
use partner_messaging::{Cancel, Effect, Error};
use pyo3::prelude::*;

use crate::call::CallResult;
use crate::convert::Value;
use crate::errors::instance;
use crate::events::{self, Event, Events};
use crate::failure::{catch_panics, catch_panics_of};

/// What became of a call, and its events if somebody listens.
pub(crate) struct Completion {
    pub(crate) number: u64,
    pub(crate) result: Result<CallResult, Error>,
    pub(crate) events: Option<Events>,
}

/// A completion as Python sees it: the call's number, its result or its exception, its events.
type Settled<'py> = (u64, Option<Value<'py>>, Option<Value<'py>>, Option<Vec<Bound<'py, Event>>>);

fn settled(py: Python<'_>, completion: Completion) -> PyResult<Settled<'_>> {
    let Completion { number, result, events } = completion;
    let events = events.map(|events| events::objects(py, events)).transpose()?;
    Ok(match result {
        Ok(result) => (number, Some(result.into_pyobject(py)?), None, events),
        Err(error) => (number, None, Some(instance(py, &error)?), events),
    })
}

/// Hands a call's events to its client's callback and to the logger.
#[pyfunction]
pub(crate) fn emit<'py>(
    py: Python<'py>,
    on_event: Option<&Value<'py>>,
    events: Vec<Bound<'py, Event>>,
) -> PyResult<()> {
    catch_panics(|| events::emit(py, on_event, events))
}

/// The completions of one event loop's calls.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct CompletionQueue(pub(crate) Arc<Queue<Completion>>);

#[pymethods]
impl CompletionQueue {
    #[new]
    fn new() -> PyResult<Self> {
        catch_panics_of(Effect::Read, || Ok(Self(Arc::new(Queue::new()?))))
    }

    /// Readable while a completion waits.
    fn fileno(&self) -> PyResult<i32> {
        catch_panics(|| Ok(self.0.as_raw_fd()))
    }

    /// Takes all completions that wait.
    fn drain<'py>(&self, py: Python<'py>) -> PyResult<Vec<Settled<'py>>> {
        catch_panics(|| self.0.drain().into_iter().map(|completion| settled(py, completion)).collect())
    }

    /// Takes one completion, waiting for it up to so many seconds.
    fn next<'py>(&self, py: Python<'py>, timeout: f64) -> PyResult<Option<Settled<'py>>> {
        catch_panics(|| {
            let timeout = Duration::try_from_secs_f64(timeout).unwrap_or_default();
            let completion = py.detach(|| self.0.next(Some(timeout)));
            completion.map(|completion| settled(py, completion)).transpose()
        })
    }
}

/// A call in flight.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct PendingCall(pub(crate) Cancel);

#[pymethods]
impl PendingCall {
    /// Cancels the call; its completion comes at once, with its true outcome.
    fn cancel(&self) -> PyResult<()> {
        catch_panics(|| {
            self.0.cancel();
            Ok(())
        })
    }
}
