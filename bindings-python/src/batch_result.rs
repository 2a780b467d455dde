//! What became of one message of many.

use partner_messaging::Outcome;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::Value;
use crate::errors::instance;
use crate::failure::catch_panics;
use crate::fields::Record;
use crate::results::Receipt;

/// What became of one message of a ``send_many``: it has a ``receipt`` or an ``error``.
///
/// Immutable, comparable and picklable; you can make one for your own tests.
///
/// Example:
///     >>> from partner_messaging import BatchResult, Receipt
///     >>> BatchResult(0, key="order-1", outcome="sent", receipt=Receipt("msg_1")).receipt.message_id
///     'msg_1'
#[pyclass(frozen, module = "partner_messaging")]
pub(crate) struct BatchResult {
    index: u64,
    key: Option<String>,
    outcome: String,
    receipt: Option<Py<PyAny>>,
    error: Option<Py<PyAny>>,
}

impl BatchResult {
    pub(crate) fn from_core<'py>(
        py: Python<'py>,
        result: partner_messaging::BatchResult,
    ) -> PyResult<Bound<'py, Self>> {
        let outcome: Outcome = result.outcome();
        let (receipt, error) = match result.result {
            Ok(receipt) => (Some(Py::new(py, Receipt::from_core(py, receipt)?)?.into_any()), None),
            Err(error) => (None, Some(instance(py, &error)?.unbind())),
        };
        let (index, key, outcome) = (result.index, result.key, outcome.as_str().to_owned());
        Bound::new(py, Self { index, key, outcome, receipt, error })
    }

    fn keywords<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let keywords = PyDict::new(py);
        keywords.set_item("key", &self.key)?;
        keywords.set_item("outcome", &self.outcome)?;
        keywords.set_item("receipt", &self.receipt)?;
        keywords.set_item("error", &self.error)?;
        Ok(keywords)
    }
}

#[pymethods]
impl BatchResult {
    #[new]
    #[pyo3(signature = (index, *, key = None, outcome, receipt = None, error = None))]
    fn new(
        index: u64,
        key: Option<String>,
        outcome: String,
        receipt: Option<Py<PyAny>>,
        error: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        catch_panics(|| Ok(Self { index, key, outcome, receipt, error }))
    }

    /// The message's place in the source, from 0.
    #[getter]
    fn index(&self) -> PyResult<u64> {
        catch_panics(|| Ok(self.index))
    }

    /// Its key, if it has one.
    #[getter]
    fn key(&self) -> PyResult<Option<&str>> {
        catch_panics(|| Ok(self.key.as_deref()))
    }

    /// What became of it: ``sent``, ``rejected``, ``not_sent`` or ``unknown``. Where the
    /// journal answered, it is what was recorded.
    #[getter]
    fn outcome(&self) -> PyResult<&str> {
        catch_panics(|| Ok(&*self.outcome))
    }

    /// The receipt, if it was sent.
    #[getter]
    fn receipt<'py>(&self, py: Python<'py>) -> PyResult<Option<Value<'py>>> {
        catch_panics(|| Ok(self.receipt.as_ref().map(|it| it.bind(py).clone())))
    }

    /// The error that says why it was not sent, or may not have been.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Option<Value<'py>>> {
        catch_panics(|| Ok(self.error.as_ref().map(|it| it.bind(py).clone())))
    }

    /// The arguments that make an equal object, for ``copy`` and ``pickle``.
    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<((u64,), Bound<'py, PyDict>)> {
        catch_panics(|| Ok(((self.index,), self.keywords(py)?)))
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, Self>) -> PyResult<bool> {
        catch_panics(|| {
            let other = other.get();
            Ok(self.index == other.index && self.keywords(py)?.eq(other.keywords(py)?)?)
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        catch_panics(|| {
            let key = self.key.as_ref().into_bound_py_any(py)?.repr()?;
            Ok(format!("BatchResult({}, key={key}, outcome='{}')", self.index, self.outcome))
        })
    }
}
