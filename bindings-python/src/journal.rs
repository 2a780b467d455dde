//! Journals: what became of the message under a key. What one is asked is answered by its
//! own thread; a caller waits for that here, or its event loop is told.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use partner_messaging::{Cancel, Effect, Error, JournalCall, JournalHandle, Outcome, background, outcome_of};
use partner_messaging_journal::Journal;
use pyo3::prelude::*;

use crate::call::{CallResult, cancelled_outcome};
use crate::completions::{Completion, CompletionQueue, PendingCall};
use crate::convert::{Value, import_modules, text, time, usable};
use crate::failure::{CallFailure, catch_panics, catch_panics_of};
use crate::problems;

/// How often a caller who waits looks whether it is interrupted.
const TICK: Duration = Duration::from_millis(50);

/// How many records are read at a time.
const PAGE: u32 = 500;

/// What a journal is asked.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Question(Ask);

#[derive(Clone)]
enum Ask {
    Get(String),
    Records { outcome: Option<Outcome>, after: Option<String> },
    Summary,
    Resolve { key: String, outcome: Outcome, message_id: Option<String> },
    Purge(String),
    Close,
}

/// Makes one by `arguments`. What can't be used is refused here.
fn question(arguments: impl FnOnce() -> Result<Ask, CallFailure>) -> Result<Question, CallFailure> {
    Ok(Question(arguments().map_err(|failure| failure.attach_effect(Effect::Read))?))
}

fn outcome(value: &Value<'_>) -> Result<Outcome, CallFailure> {
    Ok(outcome_of("outcome", &text("outcome", value)?)?)
}

#[pymethods]
impl Question {
    #[staticmethod]
    fn get(key: &Value<'_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || question(|| Ok(Ask::Get(text("key", key)?))))
    }

    /// The first records.
    #[staticmethod]
    #[pyo3(signature = (outcome))]
    fn records(outcome: Option<&Value<'_>>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            question(|| Ok(Ask::Records { outcome: outcome.map(self::outcome).transpose()?, after: None }))
        })
    }

    /// The records that come after a key.
    fn after(&self, key: String) -> PyResult<Self> {
        catch_panics(|| {
            Ok(Self(match &self.0 {
                Ask::Records { outcome, .. } => Ask::Records { outcome: *outcome, after: Some(key) },
                other => other.clone(),
            }))
        })
    }

    #[staticmethod]
    fn summary() -> PyResult<Self> {
        catch_panics(|| Ok(Self(Ask::Summary)))
    }

    #[staticmethod]
    #[pyo3(signature = (key, outcome, message_id))]
    fn resolve(key: &Value<'_>, outcome: &Value<'_>, message_id: Option<&Value<'_>>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            question(|| {
                let message_id = message_id.map(|id| text("message_id", id)).transpose()?;
                Ok(Ask::Resolve { key: text("key", key)?, outcome: self::outcome(outcome)?, message_id })
            })
        })
    }

    #[staticmethod]
    fn purge(before: &Value<'_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || question(|| Ok(Ask::Purge(time("before", before)?))))
    }

    #[staticmethod]
    fn close() -> PyResult<Self> {
        catch_panics(|| Ok(Self(Ask::Close)))
    }

    /// As a call's: it has none.
    fn cancelled_outcome(&self, has_ended: bool) -> PyResult<Option<(&'static str, &'static str)>> {
        catch_panics(|| Ok(cancelled_outcome(Effect::Read, has_ended)))
    }
}

impl Ask {
    /// Asks the journal; the answer is under way when this returns.
    fn begin(&self, journal: &JournalHandle) -> Pending {
        match self {
            Self::Get(key) => Pending::Record(journal.get(key)),
            Self::Records { outcome, after } => {
                Pending::Records(journal.records_page(*outcome, after.as_deref(), PAGE))
            }
            Self::Summary => Pending::Summary(journal.summary()),
            Self::Resolve { key, outcome, message_id } => {
                Pending::Resolved(journal.resolve(key, *outcome, message_id.as_deref()))
            }
            Self::Purge(before) => Pending::Count(journal.purge_before(before)),
            Self::Close => Pending::Closed(journal.close()),
        }
    }
}

/// An answer that is under way.
enum Pending {
    Record(JournalCall<Option<partner_messaging::JournalRecord>>),
    Records(JournalCall<Vec<partner_messaging::JournalRecord>>),
    Summary(JournalCall<partner_messaging::JournalSummary>),
    Resolved(JournalCall<partner_messaging::JournalRecord>),
    Count(JournalCall<u64>),
    Closed(JournalCall<()>),
}

impl Pending {
    async fn answer(self) -> Result<CallResult, Error> {
        Ok(match self {
            Self::Record(call) => CallResult::JournalRecord(call.await?),
            Self::Records(call) => CallResult::JournalRecords(call.await?),
            Self::Summary(call) => CallResult::JournalSummary(call.await?),
            Self::Resolved(call) => CallResult::JournalRecord(Some(call.await?)),
            Self::Count(call) => CallResult::Count(call.await?),
            Self::Closed(call) => {
                call.await?;
                CallResult::Nothing
            }
        })
    }

    /// Waits for the answer; `tick` is asked every now and then whether to go on.
    fn wait(self, tick: impl FnMut() -> ControlFlow<()>) -> Option<Result<CallResult, Error>> {
        fn wait<T: Send + 'static>(
            mut call: JournalCall<T>,
            mut tick: impl FnMut() -> ControlFlow<()>,
            result: impl FnOnce(T) -> CallResult,
        ) -> Option<Result<CallResult, Error>> {
            loop {
                match call.wait_for(TICK) {
                    Ok(answer) => return Some(answer.map(result)),
                    Err(pending) if tick().is_continue() => call = pending,
                    Err(_) => return None,
                }
            }
        }
        match self {
            Self::Record(call) => wait(call, tick, CallResult::JournalRecord),
            Self::Records(call) => wait(call, tick, CallResult::JournalRecords),
            Self::Summary(call) => wait(call, tick, CallResult::JournalSummary),
            Self::Resolved(call) => wait(call, tick, |record| CallResult::JournalRecord(Some(record))),
            Self::Count(call) => wait(call, tick, CallResult::Count),
            Self::Closed(call) => wait(call, tick, |()| CallResult::Nothing),
        }
    }
}

/// The native half of `Journal` and `AsyncJournal`.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct OpenJournal(JournalHandle);

impl OpenJournal {
    pub(crate) fn core(&self) -> &JournalHandle {
        &self.0
    }
}

#[pymethods]
impl OpenJournal {
    #[new]
    fn new(py: Python<'_>, place: &Value<'_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            import_modules(py)?;
            let place = place_of("journal", place)?;
            // Opening a file takes a while.
            Ok(Self(py.detach(|| Journal::open(place))?.into()))
        })
    }

    /// The path, or the URL without a password.
    #[getter]
    fn name(&self) -> PyResult<String> {
        catch_panics(|| Ok(self.0.name().to_owned()))
    }

    /// Asks, and waits for the answer, which Ctrl-C ends.
    fn run<'py>(&self, py: Python<'py>, question: &Question) -> PyResult<Value<'py>> {
        catch_panics_of(Effect::Read, || {
            let mut interrupt = None;
            let answer = py.detach(|| {
                let tick = || match Python::try_attach(|py| py.check_signals()) {
                    Some(Err(raised)) => {
                        interrupt.get_or_insert(raised);
                        ControlFlow::Break(())
                    }
                    // A daemon thread may outlive the interpreter: then there is nothing to attach to.
                    Some(Ok(())) | None => ControlFlow::Continue(()),
                };
                question.0.begin(&self.0).wait(tick)
            });
            match (answer, interrupt) {
                (Some(answer), _) => Ok(answer?.into_pyobject(py)?),
                (None, Some(raised)) => Err(raised.into()),
                (None, None) => Err(Error::internal_fault(Effect::Read).into()),
            }
        })
    }

    /// Asks; the answer goes to `queue`, under `number`. Nobody observes it, and nothing
    /// cancels it: it takes but a moment.
    fn submit(
        &self,
        queue: &CompletionQueue,
        number: u64,
        _observed: bool,
        question: &Question,
    ) -> PyResult<PendingCall> {
        catch_panics_of(Effect::Read, || {
            let queue = Arc::clone(&queue.0);
            let pending = question.0.begin(&self.0);
            background::spawn(async move {
                let result = pending.answer().await;
                queue.push(Completion { number, result, events: None });
            })?;
            Ok(PendingCall(Cancel::new()))
        })
    }
}

/// Where a journal is: a path, or a URL, which is a string as well.
fn place_of(name: &str, value: &Value<'_>) -> Result<PathBuf, CallFailure> {
    usable(value.extract(), value)?.ok_or_else(|| Error::config(name, problems::JOURNAL).into())
}

/// The journal that an option gives: one that is open, or the place of one to open.
pub(crate) enum Given {
    Open(JournalHandle),
    Place(PathBuf),
}

impl Given {
    pub(crate) fn read(name: &str, value: &Value<'_>) -> Result<Self, CallFailure> {
        // What Python's classes keep it as.
        let native = value.getattr_opt("_native")?;
        if let Some(journal) = native.as_ref().and_then(|it| it.cast::<OpenJournal>().ok()) {
            return Ok(Self::Open(journal.get().0.clone()));
        }
        place_of(name, value).map(Self::Place)
    }
}
