//! The native half of `Client`.

use std::ops::ControlFlow;
use std::sync::Arc;

use partner_messaging::{Effect, Error, blocking};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::call::{Call, CallResult};
use crate::convert::{Value, import_modules};
use crate::errors::instance;
use crate::events::{self, Collecting, RunEvents};
use crate::failure::{CallFailure, catch_panics, catch_panics_of};
use crate::operation::Operation;
use crate::send_many::{Batch, SendMany};
use crate::{options, results};

/// The native half of `Client`.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct BlockingClient {
    core: blocking::Client,
    run_events: Arc<RunEvents>,
}

#[pymethods]
impl BlockingClient {
    #[new]
    fn new(py: Python<'_>, api_key: Option<&Value<'_>>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            import_modules(py)?;
            let options = options::client(api_key, options)?;
            // Reading certificates takes a while, and so does opening a journal.
            let run_events = Arc::new(RunEvents::new());
            let core = py.detach(|| events::observed(options.builder()?, &run_events).build_blocking())?;
            Ok(Self { core, run_events })
        })
    }

    /// Makes a call on this thread, which Ctrl-C ends.
    fn run<'py>(
        &self,
        py: Python<'py>,
        operation: &Operation,
        on_event: Option<&Value<'py>>,
    ) -> PyResult<Value<'py>> {
        catch_panics_of(operation.call.effect(), || {
            Ok(self.call(py, operation, on_event)?.into_pyobject(py)?)
        })
    }

    /// Begins a run of many messages, whose source stays in Python; with its events if
    /// `observed` or if the logger wants them.
    fn send_many(&self, py: Python<'_>, options: &Bound<'_, PyDict>, observed: bool) -> PyResult<Batch> {
        catch_panics_of(Effect::Send, || {
            let options = SendMany::read(options)?;
            let observed = observed || events::enabled_logger(py)?.is_some();
            let events = observed.then(|| self.run_events.clone());
            Ok(options.begin(events, |options| py.detach(|| self.core.send_many_batch(options)))?)
        })
    }

    /// What the messages sent so far have cost.
    fn spending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        catch_panics(|| results::spending(py, py.detach(|| self.core.spending())))
    }

    /// Like `spending`, and starts again at zero.
    fn reset_spending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        catch_panics(|| results::spending(py, py.detach(|| self.core.reset_spending())))
    }

    fn close(&self) -> PyResult<()> {
        catch_panics(|| {
            self.core.close();
            Ok(())
        })
    }
}

impl BlockingClient {
    fn call(
        &self,
        py: Python<'_>,
        operation: &Operation,
        on_event: Option<&Value<'_>>,
    ) -> Result<CallResult, CallFailure> {
        let observed = on_event.is_some() || events::enabled_logger(py)?.is_some();
        let collecting = observed.then(Collecting::begin);
        let on_event = on_event.map(|callback| callback.clone().unbind());
        let emit = |py: Python<'_>| match &collecting {
            Some(collecting) => {
                let callback = on_event.as_ref().map(|callback| callback.bind(py));
                events::emit(py, callback, events::objects(py, collecting.take())?)
            }
            None => Ok(()),
        };
        let mut interrupt = None;
        let result = py.detach(|| {
            // A daemon thread's call may outlive the interpreter: then there is nothing to attach to.
            let tick = || match Python::try_attach(|py| emit(py).and_then(|()| py.check_signals())) {
                Some(Err(raised)) => {
                    interrupt.get_or_insert(raised);
                    ControlFlow::Break(())
                }
                Some(Ok(())) | None => ControlFlow::Continue(()),
            };
            self.core.run_interruptible(&operation.options, tick, async |client, options| {
                operation.call.run(client, options).await
            })
        });
        if let Err(raised) = emit(py) {
            interrupt.get_or_insert(raised);
        }
        let Some(interrupt) = interrupt else { return Ok(result?) };
        attach_outcome(py, &interrupt, result, &operation.call)?;
        Err(interrupt.into())
    }
}

/// Attaches to an interrupt what became of the call that it ended.
fn attach_outcome(
    py: Python<'_>,
    interrupt: &PyErr,
    result: Result<CallResult, Error>,
    call: &Call,
) -> PyResult<()> {
    match result {
        Ok(result) if call.effect().has_outcome() => {
            interrupt.value(py).setattr(call.result_name(), result)?;
        }
        Ok(_) => {}
        Err(error) => interrupt.set_cause(py, Some(PyErr::from_value(instance(py, &error)?))),
    }
    Ok(())
}
