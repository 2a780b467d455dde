//! The core's errors as exceptions, whose classes are defined in Python.

use partner_messaging::{Error, ErrorClass, Kind, Outcome};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use crate::failure::{CallFailure, catch_panics};
use crate::results::trail;

impl From<CallFailure> for PyErr {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Error(error) => Python::attach(|py| match instance(py, &error) {
                Ok(exception) => PyErr::from_value(exception),
                Err(failed) => failed,
            }),
            CallFailure::Exception(exception) => exception,
        }
    }
}

/// The exception classes, in the order of `ErrorClass::ALL`.
static CLASSES: PyOnceLock<Vec<Py<PyType>>> = PyOnceLock::new();

fn class<'py>(py: Python<'py>, class: ErrorClass) -> PyResult<Bound<'py, PyType>> {
    let classes = CLASSES.get_or_try_init(py, || {
        let module = py.import("partner_messaging._errors")?;
        let find = |class: ErrorClass| Ok(module.getattr(class.name())?.cast_into::<PyType>()?.unbind());
        ErrorClass::ALL.into_iter().map(find).collect::<PyResult<Vec<_>>>()
    })?;
    // A class that is newer than the table is its parent's sort; Base is the first.
    let at = ErrorClass::ALL.iter().position(|known| *known == class).unwrap_or(0);
    Ok(classes[at].bind(py).clone())
}

/// The exception for an error of the core, as a value.
pub(crate) fn instance<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("outcome", error.outcome().map(Outcome::as_str))?;
    fields.set_item("kind", error.kind().as_str())?;
    fields.set_item("attempts", error.attempts())?;
    fields.set_item("elapsed", error.elapsed().as_secs_f64())?;
    fields.set_item("status", error.status())?;
    fields.set_item("code", error.code())?;
    fields.set_item("request_id", error.request_id())?;
    fields.set_item("retry_after", error.retry_after().map(|pause| pause.as_secs_f64()))?;
    fields.set_item("body", error.body())?;
    fields.set_item("field", error.field())?;
    fields.set_item("trail", trail(py, error.trail())?)?;
    class(py, error.class())?.call1((error.to_string(), fields))
}

type ClassRow = (&'static str, Option<&'static str>, Option<&'static str>);

/// For the tests: each class's name, its parent's, and its documented code.
#[pyfunction]
#[pyo3(name = "_error_classes")]
pub(crate) fn error_classes() -> PyResult<Vec<ClassRow>> {
    catch_panics(|| {
        let row = |class: ErrorClass| (class.name(), class.parent().map(ErrorClass::name), class.code());
        Ok(ErrorClass::ALL.into_iter().map(row).collect())
    })
}

/// For the tests: every word that `kind` can be.
#[pyfunction]
#[pyo3(name = "_kinds")]
pub(crate) fn kinds() -> PyResult<Vec<&'static str>> {
    catch_panics(|| Ok(Kind::ALL.into_iter().map(Kind::as_str).collect()))
}
