//! Why a call failed, before it is an exception.

use std::panic::{AssertUnwindSafe, catch_unwind};

use partner_messaging::{Effect, Error};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// Why something was not done: an error of the core's, or whatever Python raised.
pub(crate) enum CallFailure {
    Error(Error),
    Exception(PyErr),
}

impl CallFailure {
    /// The failure of a call with this effect.
    pub(crate) fn attach_effect(self, effect: Effect) -> Self {
        match self {
            Self::Error(error) => Self::Error(error.attach_effect(effect)),
            Self::Exception(_) => self,
        }
    }
}

impl From<Error> for CallFailure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<PyErr> for CallFailure {
    fn from(exception: PyErr) -> Self {
        Self::Exception(exception)
    }
}

/// Runs the body of an entry that makes a call with this effect. A panic in it becomes an
/// error, because pyo3 would make it an exception that no `except Exception` catches. What was
/// thrown is not passed on: it may quote the message.
///
/// Every entry of the module consists of this or of [`catch_panics`]; a lint holds it.
pub(crate) fn catch_panics_of<T>(
    effect: Effect,
    body: impl FnOnce() -> Result<T, CallFailure>,
) -> PyResult<T> {
    let result = caught(body).unwrap_or_else(|| Err(Error::internal_fault(effect).into()));
    // The exception is made by Python's code, and that could fail once more.
    result.map_err(|failure| {
        caught(|| failure.into()).unwrap_or_else(|| PyRuntimeError::new_err("an error can't be raised"))
    })
}

/// The same for an entry that asks nothing of the service.
pub(crate) fn catch_panics<T>(body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_panics_of(Effect::Read, || Ok(body()?))
}

fn caught<T>(body: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => Some(result),
        Err(panic) => {
            // Dropping what was thrown could panic again.
            std::mem::forget(panic);
            None
        }
    }
}

/// For the tests: a panic in an entry, of a call that sends or of any other.
#[pyfunction]
#[pyo3(name = "_panic")]
pub(crate) fn panic(sends: bool) -> PyResult<()> {
    catch_panics_of(if sends { Effect::Send } else { Effect::Read }, || {
        std::panic::panic_any("your code is 987654")
    })
}
