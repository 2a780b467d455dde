//! What became of messages that were tried one after another.

use partner_messaging::{Kind, Outcome};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::data::shown;
use crate::receipt::Receipt;

/// What became of one message of a ``send_with_fallback``.
///
/// Immutable, comparable, hashable and picklable; you can make one for your own tests.
#[pyclass(frozen, eq, hash, get_all, from_py_object, module = "partner_messaging")]
#[derive(Clone, PartialEq, Hash)]
pub(crate) struct FallbackStep {
    /// The message's channel.
    channel: String,
    /// What became of it: ``sent``, ``rejected``, ``not_sent`` or ``unknown``.
    outcome: Option<String>,
    /// The stable word for what went wrong, unless it was sent.
    kind: Option<String>,
    /// The HTTP status of the answer, if it failed and there was one.
    status: Option<u16>,
    /// The service's code, if it refused.
    code: Option<String>,
    /// The message's id, if it was sent.
    message_id: Option<String>,
    /// How many requests it took.
    attempts: u32,
}

impl From<&partner_messaging::FallbackStep> for FallbackStep {
    fn from(step: &partner_messaging::FallbackStep) -> Self {
        Self {
            channel: step.channel.clone(),
            outcome: step.outcome.map(|outcome| Outcome::as_str(outcome).to_owned()),
            kind: step.kind.map(|kind| Kind::as_str(kind).to_owned()),
            status: step.status,
            code: step.code.clone(),
            message_id: step.message_id.clone(),
            attempts: step.attempts,
        }
    }
}

#[pymethods]
impl FallbackStep {
    #[new]
    #[pyo3(signature = (channel, outcome, kind = None, status = None, code = None, message_id = None, attempts = 1))]
    fn new(
        channel: String,
        outcome: Option<String>,
        kind: Option<String>,
        status: Option<u16>,
        code: Option<String>,
        message_id: Option<String>,
        attempts: u32,
    ) -> Self {
        Self { channel, outcome, kind, status, code, message_id, attempts }
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let Self { channel, outcome, kind, status, code, message_id, attempts } = self;
        (channel, outcome, kind, status, code, message_id, attempts).into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        format!(
            "FallbackStep(channel={}, outcome={}, kind={}, status={}, code={}, message_id={}, attempts={})",
            shown(Some(&self.channel)),
            shown(self.outcome.as_deref()),
            shown(self.kind.as_deref()),
            self.status.map_or("None".to_owned(), |status| status.to_string()),
            shown(self.code.as_deref()),
            shown(self.message_id.as_deref()),
            self.attempts,
        )
    }
}

/// The steps as Python sees them.
pub(crate) fn trail<'py>(
    py: Python<'py>,
    steps: &[partner_messaging::FallbackStep],
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, steps.iter().map(FallbackStep::from).collect::<Vec<_>>())
}

/// The receipt of a message that was accepted by way of ``send_with_fallback``.
///
/// Immutable, comparable, hashable and picklable; you can make one for your own tests.
#[pyclass(frozen, eq, hash, module = "partner_messaging")]
#[derive(PartialEq, Hash)]
pub(crate) struct FallbackReceipt {
    /// The accepted message's receipt.
    #[pyo3(get)]
    receipt: Receipt,
    trail: Vec<FallbackStep>,
}

impl From<partner_messaging::FallbackReceipt> for FallbackReceipt {
    fn from(accepted: partner_messaging::FallbackReceipt) -> Self {
        let trail = accepted.trail.iter().map(FallbackStep::from).collect();
        Self { receipt: accepted.receipt.into(), trail }
    }
}

#[pymethods]
impl FallbackReceipt {
    #[new]
    fn new(receipt: &Bound<'_, Receipt>, trail: Vec<FallbackStep>) -> Self {
        Self { receipt: receipt.get().clone(), trail }
    }

    /// What became of each message that was tried, in order; the last was sent.
    #[getter]
    fn trail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.trail.iter().cloned())
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (self.receipt.clone(), self.trail(py)?).into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        let trail: Vec<_> = self.trail.iter().map(FallbackStep::__repr__).collect();
        let comma = if trail.len() == 1 { "," } else { "" };
        format!("FallbackReceipt(receipt={}, trail=({}{comma}))", self.receipt.__repr__(), trail.join(", "))
    }
}
