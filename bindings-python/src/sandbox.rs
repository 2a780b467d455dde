//! The sandbox, for `partner_messaging.testing`.

use std::sync::{Mutex, PoisonError};

use partner_messaging_sandbox::Config;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// A running sandbox; `partner_messaging.testing.Sandbox` is the public face of it.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Sandbox {
    running: Mutex<Option<partner_messaging_sandbox::Sandbox>>,
    /// The service's URL.
    #[pyo3(get)]
    url: String,
    /// The key that it accepts.
    #[pyo3(get)]
    api_key: String,
}

#[pymethods]
impl Sandbox {
    /// Starts one, configured by a JSON text.
    #[new]
    fn new(py: Python<'_>, config: &str) -> PyResult<Self> {
        let config = Config::from_json(config).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let sandbox = py.detach(|| partner_messaging_sandbox::Sandbox::start_with(config))?;
        let (url, api_key) = (sandbox.url().to_owned(), sandbox.api_key().to_owned());
        Ok(Self { running: Mutex::new(Some(sandbox)), url, api_key })
    }

    /// Carries out a command, a JSON text, and answers with one.
    fn control(&self, py: Python<'_>, command: &str) -> PyResult<String> {
        py.detach(|| {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(sandbox) = running.as_ref() else {
                return Err(PyRuntimeError::new_err("the sandbox is stopped"));
            };
            sandbox.control(command).map_err(|error| PyValueError::new_err(error.to_string()))
        })
    }

    /// Stops it; stopping twice is as good as once.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| drop(self.running.lock().unwrap_or_else(PoisonError::into_inner).take()));
    }
}
