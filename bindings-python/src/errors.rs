//! The core's errors as exceptions, whose classes are defined in Python.

use partner_messaging::{Error, ErrorClass, Kind, Outcome};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use crate::fallback;

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

/// The exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    instance(py, error).map_or_else(|failed| failed, PyErr::from_value)
}

/// The same as a value, to be set on a future.
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
    fields.set_item("trail", fallback::trail(py, error.trail())?)?;
    let instance = class(py, error.class())?.call((error.to_string(),), Some(&fields))?;
    if error.outcome().is_none() {
        // Not what the class has by itself.
        instance.setattr("outcome", py.None())?;
    }
    Ok(instance)
}

/// The error of a call that reads, for those that are found in the binding: it
/// has no outcome.
pub(crate) fn of_read(py: Python<'_>, error: PyErr) -> PyErr {
    let ours = class(py, ErrorClass::Base).and_then(|base| error.value(py).is_instance(&base));
    match ours.and_then(|ours| if ours { error.value(py).setattr("outcome", py.None()) } else { Ok(()) }) {
        Ok(()) => error,
        Err(failed) => failed,
    }
}

/// An option whose value has no usable type.
pub(crate) fn bad_option(py: Python<'_>, field: &str, problem: &str) -> PyErr {
    exception(py, &Error::config(field, problem))
}

/// A message's field whose value has no usable type.
pub(crate) fn bad_field(py: Python<'_>, field: &str, problem: &str) -> PyErr {
    exception(py, &Error::invalid_message(field, problem))
}

/// For the tests: each class's name, its parent's, and its documented code.
#[pyfunction]
#[pyo3(name = "_error_classes")]
pub(crate) fn error_classes() -> Vec<(&'static str, Option<&'static str>, Option<&'static str>)> {
    ErrorClass::ALL
        .into_iter()
        .map(|class| (class.name(), class.parent().map(ErrorClass::name), class.code()))
        .collect()
}

/// For the tests: every word that `kind` can be.
#[pyfunction]
#[pyo3(name = "_kinds")]
pub(crate) fn kinds() -> Vec<&'static str> {
    Kind::ALL.into_iter().map(Kind::as_str).collect()
}
