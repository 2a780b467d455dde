//! What `AsyncClient` stands on: calls in the background.

use std::sync::Arc;

use partner_messaging::{Effect, background};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::completions::{Completion, CompletionQueue, PendingCall};
use crate::convert::{Value, import_modules};
use crate::events::RunEvents;
use crate::failure::{catch_panics, catch_panics_of};
use crate::operation::Operation;
use crate::send_many::{Batch, SendMany};
use crate::{events, options, results};

/// The native half of `AsyncClient`.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct BackgroundClient {
    core: background::Client,
    run_events: Arc<RunEvents>,
}

#[pymethods]
impl BackgroundClient {
    #[new]
    fn new(py: Python<'_>, api_key: Option<&Value<'_>>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            import_modules(py)?;
            let options = options::client(api_key, options)?;
            // Reading certificates takes a while, and so does opening a journal.
            let run_events = Arc::new(RunEvents::new());
            let core = py.detach(|| events::observed(options.builder()?, &run_events).build_background())?;
            Ok(Self { core, run_events })
        })
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
    ) -> PyResult<PendingCall> {
        catch_panics_of(operation.call.effect(), || {
            let (queue, call) = (Arc::clone(&queue.0), Arc::clone(&operation.call));
            let listening = observed || events::enabled_logger(py)?.is_some();
            let pending = self.core.submit(
                operation.options.clone(),
                async move |client, options| {
                    if listening {
                        events::collect_in_this_task();
                    }
                    call.run(&client, &options).await
                },
                move |result| {
                    let events = listening.then(events::of_this_task);
                    queue.push(Completion { number, result, events });
                },
            );
            Ok(PendingCall(pending?))
        })
    }

    /// Begins a run of many messages, whose source stays in Python; with its events if
    /// `observed` or if the logger wants them.
    fn send_many(&self, py: Python<'_>, options: &Bound<'_, PyDict>, observed: bool) -> PyResult<Batch> {
        catch_panics_of(Effect::Send, || {
            let options = SendMany::read(options)?;
            let observed = observed || events::enabled_logger(py)?.is_some();
            let events = observed.then(|| self.run_events.clone());
            Ok(options.begin(events, |options| py.detach(|| self.core.send_many(options)))?)
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
