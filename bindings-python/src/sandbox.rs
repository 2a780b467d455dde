//! The sandbox, for `partner_messaging.testing`.

use std::io::ErrorKind;
use std::sync::{Mutex, PoisonError};

use partner_messaging_sandbox::{Config, ControlError};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::failure::catch_panics;

/// A running sandbox; `partner_messaging.testing.Sandbox` is the public face of it.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Sandbox {
    running: Mutex<Option<partner_messaging_sandbox::Sandbox>>,
    url: String,
    api_key: String,
}

#[pymethods]
impl Sandbox {
    /// Starts one, configured by JSON text.
    #[new]
    fn new(py: Python<'_>, config: &str) -> PyResult<Self> {
        catch_panics(|| {
            let config = Config::from_json(config).map_err(|error| unusable(&error))?;
            let sandbox =
                py.detach(|| partner_messaging_sandbox::Sandbox::start_with(config)).map_err(|error| {
                    match error.kind() {
                        ErrorKind::InvalidInput => unusable(&error),
                        _ => error.into(),
                    }
                })?;
            let (url, api_key) = (sandbox.url().to_owned(), sandbox.api_key().to_owned());
            Ok(Self { running: Mutex::new(Some(sandbox)), url, api_key })
        })
    }

    /// The service's URL.
    #[getter]
    fn url(&self) -> PyResult<&str> {
        catch_panics(|| Ok(&*self.url))
    }

    /// The key that it accepts.
    #[getter]
    fn api_key(&self) -> PyResult<&str> {
        catch_panics(|| Ok(&*self.api_key))
    }

    /// Carries out a command, which is JSON text, and answers with such.
    fn control(&self, py: Python<'_>, command: &str) -> PyResult<String> {
        catch_panics(|| {
            py.detach(|| {
                let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(sandbox) = running.as_ref() else {
                    return Err(PyRuntimeError::new_err(ControlError::stopped().to_string()));
                };
                sandbox.control(command).map_err(|error| unusable(&error))
            })
        })
    }

    /// Stops it. Idempotent.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        catch_panics(|| {
            py.detach(|| drop(self.running.lock().unwrap_or_else(PoisonError::into_inner).take()));
            Ok(())
        })
    }
}

fn unusable(error: &impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
