//! A run of many messages. Its source stays in Python, which takes from it when there is room.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partner_messaging::background::{self, BatchStep};
use partner_messaging::{Effect, Error, SendManyOptions};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyType};

use crate::batch_result::BatchResult;
use crate::call::CallResult;
use crate::completions::{Completion, CompletionQueue};
use crate::convert::{Value, duration, string, usable, whole};
use crate::events::RunEvents;
use crate::failure::{CallFailure, catch_panics, catch_panics_of};
use crate::fields::Record;
use crate::results::BatchSummary;
use crate::{events, messages, problems};

/// The sums that are to be told, until Python asks.
type Progress = Arc<Mutex<Option<partner_messaging::BatchSummary>>>;

/// The options of a run.
pub(crate) struct SendMany {
    options: SendManyOptions,
    progress: Progress,
}

impl SendMany {
    pub(crate) fn read(keywords: &Bound<'_, PyDict>) -> Result<Self, CallFailure> {
        let (mut options, progress) = (SendManyOptions::new(), Progress::default());
        for (name, value) in keywords {
            let name: String = name.extract()?;
            if value.is_none() {
                continue;
            }
            options = match name.as_str() {
                "max_in_flight" => options.max_in_flight(whole(&name, &value)?),
                "max_unknown" => options.max_unknown(whole(&name, &value)?),
                "timeout" => options.timeout(duration(&name, &value)?),
                "stop_on" => options.stop_on(refusals(&name, &value)?),
                "on_progress" if value.is_callable() => {
                    let progress = progress.clone();
                    options.on_progress(move |summary| {
                        let mut told = progress.lock().unwrap_or_else(PoisonError::into_inner);
                        *told = Some(summary.clone());
                    })
                }
                "on_progress" => return Err(Error::config(&name, problems::CALLABLE).into()),
                _ => {
                    let problem = format!("send_many() got an unexpected keyword argument '{name}'");
                    return Err(PyTypeError::new_err(problem).into());
                }
            };
        }
        Ok(Self { options, progress })
    }

    pub(crate) fn begin(
        self,
        events: Option<Arc<RunEvents>>,
        begin: impl FnOnce(&SendManyOptions) -> Result<background::Batch, Error>,
    ) -> Result<Batch, Error> {
        let core = Arc::new(begin(&self.options)?);
        if let Some(events) = &events {
            events.begin();
        }
        Ok(Batch { core, progress: self.progress, events, last: Mutex::default() })
    }
}

/// Codes of the service, names of classes, and classes.
fn refusals(name: &str, value: &Value<'_>) -> Result<Vec<String>, CallFailure> {
    let refused = || CallFailure::from(Error::config(name, problems::REFUSALS));
    if string(value).is_some() {
        return Err(refused());
    }
    let items = usable(value.try_iter(), value)?.ok_or_else(refused)?;
    items
        .map(|item| {
            let item = item?;
            match item.cast::<PyType>() {
                Ok(class) => Ok(class.name()?.to_str()?.to_owned()),
                Err(_) => string(&item).ok_or_else(refused),
            }
        })
        .collect()
}

/// How many results an event loop is given at once.
const CHUNK: usize = 64;

/// A run of many messages.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Batch {
    core: Arc<background::Batch>,
    progress: Progress,
    /// Where its events are, if somebody wants them.
    events: Option<Arc<RunEvents>>,
    /// The result that was given last: an interrupt may come before Python has it.
    last: Mutex<Option<Py<PyAny>>>,
}

#[pymethods]
impl Batch {
    /// Begins a message, or a pair of a key and a message. What can't be sent is its result.
    fn offer(&self, item: &Value<'_>) -> PyResult<()> {
        catch_panics_of(Effect::Send, || {
            self.core.offer(messages::prepare_item(item)?);
            Ok(())
        })
    }

    /// The source has no more messages.
    fn finish(&self) -> PyResult<()> {
        catch_panics(|| {
            self.core.finish();
            Ok(())
        })
    }

    /// Begins nothing more.
    fn close(&self) -> PyResult<()> {
        catch_panics(|| {
            self.core.close();
            Ok(())
        })
    }

    /// Gives up what is under way, too.
    fn abort(&self) -> PyResult<()> {
        catch_panics(|| {
            self.core.abort();
            Ok(())
        })
    }

    /// Waits for what comes next, up to so many seconds: ``True`` (there is room for a
    /// message), a result, ``False`` (everything has ended) or ``None``.
    fn wait<'py>(&self, py: Python<'py>, timeout: f64) -> PyResult<Value<'py>> {
        catch_panics_of(Effect::Send, || {
            self.set_last(None);
            let timeout = Duration::try_from_secs_f64(timeout).unwrap_or_default();
            Ok(match py.detach(|| self.core.wait(timeout)) {
                Some(BatchStep::Room) => PyBool::new(py, true).to_owned().into_any(),
                Some(BatchStep::Ended(None)) => PyBool::new(py, false).to_owned().into_any(),
                Some(BatchStep::Ended(Some(error))) => return Err(error.into()),
                Some(BatchStep::Result(result)) => {
                    let result = BatchResult::from_core(py, *result)?.into_any();
                    self.set_last(Some(result.clone().unbind()));
                    result
                }
                None => py.None().into_bound(py),
            })
        })
    }

    /// The result that the last ``wait`` gave, if it gave one.
    fn last<'py>(&self, py: Python<'py>) -> PyResult<Option<Value<'py>>> {
        catch_panics(|| {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
            Ok(last.map(|it| it.into_bound(py)))
        })
    }

    /// Waits until nothing is under way any more and nothing more is begun, up to so many
    /// seconds; whether that is so.
    fn wait_for_end(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
        catch_panics(|| {
            let timeout = Duration::try_from_secs_f64(timeout).unwrap_or_default();
            Ok(py.detach(|| self.core.wait_for_end(timeout)))
        })
    }

    /// Whether another message can be begun; ``False``: never more; ``None``: not now.
    fn room_now(&self) -> PyResult<Option<bool>> {
        catch_panics(|| Ok(self.core.has_room()))
    }

    /// Waits for room in the background; ``queue`` gets whether there will be any, under ``number``.
    fn room(&self, queue: &CompletionQueue, number: u64) -> PyResult<()> {
        catch_panics_of(Effect::Send, || {
            self.submit(queue, number, async move |core: Arc<background::Batch>| {
                Ok(CallResult::Room(core.room().await))
            })
        })
    }

    /// Waits for results in the background; ``queue`` gets those that there are, none once
    /// everything has ended.
    fn results(&self, queue: &CompletionQueue, number: u64) -> PyResult<()> {
        catch_panics_of(Effect::Send, || {
            self.submit(queue, number, async move |core: Arc<background::Batch>| {
                core.results(CHUNK).await.map(CallResult::BatchResults)
            })
        })
    }

    /// Whether somebody wants its events.
    #[getter]
    fn is_observed(&self) -> PyResult<bool> {
        catch_panics(|| Ok(self.events.is_some()))
    }

    /// Hands the events that came since the last time to the callback and to the logger.
    fn emit(&self, py: Python<'_>, on_event: Option<&Value<'_>>) -> PyResult<()> {
        catch_panics(|| match &self.events {
            Some(events) => events::emit(py, on_event, events::objects(py, events.take())?),
            None => Ok(()),
        })
    }

    /// The sums by now.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, BatchSummary>> {
        catch_panics(|| Bound::new(py, BatchSummary::from_core(py, self.core.summary())?))
    }

    /// The sums that ``on_progress`` is to be told, if it is time to.
    fn progress<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, BatchSummary>>> {
        catch_panics(|| {
            let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).take();
            progress.map(|it| Bound::new(py, BatchSummary::from_core(py, it)?)).transpose()
        })
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        if let Some(events) = &self.events {
            events.end();
        }
    }
}

impl Batch {
    fn set_last(&self, result: Option<Py<PyAny>>) {
        let before =
            std::mem::replace(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner), result);
        // Its end may run Python's code, which must not find this locked.
        drop(before);
    }

    /// Nothing cancels it: it ends with the run.
    fn submit<F>(
        &self,
        queue: &CompletionQueue,
        number: u64,
        wait: impl FnOnce(Arc<background::Batch>) -> F,
    ) -> Result<(), CallFailure>
    where
        F: Future<Output = Result<CallResult, Error>> + Send + 'static,
    {
        let (queue, waiting) = (queue.0.clone(), wait(self.core.clone()));
        background::spawn(async move {
            let result = waiting.await;
            queue.push(Completion { number, result, events: None });
        })?;
        Ok(())
    }
}
