//! What the classes of results are made of: exact amounts, and JSON as the
//! service wrote it.

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFloat, PyTuple};

/// An exact amount: `Decimal` in Python, its text here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Amount(String);

impl Amount {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<partner_messaging::Decimal> for Amount {
    fn from(amount: partner_messaging::Decimal) -> Self {
        Self(amount.to_string())
    }
}

impl<'py> FromPyObject<'_, 'py> for Amount {
    type Error = PyErr;

    fn extract(amount: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        // A float has lost digits already.
        if amount.is_instance_of::<PyFloat>() {
            return Err(PyTypeError::new_err("must be a Decimal or a text: a float is not exact"));
        }
        Ok(Self(decimal(amount.py())?.call1((amount,))?.str()?.to_string()))
    }
}

impl<'py> IntoPyObject<'py> for &Amount {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        decimal(py)?.call1((&self.0,))
    }
}

fn decimal(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}

/// A JSON value: Python's objects in Python, its text here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Json(pub(crate) String);

impl Json {
    pub(crate) fn empty_object() -> Self {
        Self("{}".to_owned())
    }

    /// For pickles: the text as it is, so that a copy is equal.
    pub(crate) fn as_argument(&self) -> JsonText {
        JsonText(self.0.clone())
    }
}

impl<'py> FromPyObject<'_, 'py> for Json {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<JsonText>() {
            return Ok(Self(text.get().0.clone()));
        }
        dumps(value.py(), &value.to_owned(), None).map(Self)
    }
}

impl<'py> IntoPyObject<'py> for &Json {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        LOADS.import(py, "json", "loads")?.call1((&self.0,))
    }
}

/// JSON text in a pickle.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct JsonText(String);

#[pymethods]
impl JsonText {
    #[new]
    fn new(text: String) -> Self {
        Self(text)
    }

    fn __getnewargs__(&self) -> (&str,) {
        (&self.0,)
    }
}

/// A value as JSON text by the standard library's own rules; `None` when JSON
/// can't say it (a date, a Decimal, NaN, a cycle). Why is not passed on: it may
/// quote the value.
pub(crate) fn json_text(value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let py = value.py();
    let options = PyDict::new(py);
    options.set_item("ensure_ascii", false)?;
    options.set_item("allow_nan", false)?;
    match dumps(py, value, Some(&options)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_instance_of::<PyException>(py) => Ok(None),
        // Ctrl-C is nobody's fault.
        Err(error) => Err(error),
    }
}

fn dumps(py: Python<'_>, value: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<String> {
    static DUMPS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DUMPS.import(py, "json", "dumps")?.call((value,), options)?.extract()
}

/// The arguments that make an equal object, for `copy` and `pickle`.
pub(crate) type NewArguments<'py> = (Bound<'py, PyTuple>, Bound<'py, PyDict>);

/// A text in a `repr`.
pub(crate) fn shown(text: Option<&str>) -> String {
    text.map_or("None".to_owned(), |text| format!("'{}'", text.escape_default()))
}

/// A number in a `repr`.
pub(crate) fn shown_number(number: Option<u64>) -> String {
    number.map_or("None".to_owned(), |number| number.to_string())
}
