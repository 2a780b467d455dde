//! The native half of the Python package: it converts and waits. What it
//! exports is private to `partner_messaging`, which is written in Python.

mod answers;
mod background;
mod call;
mod client;
mod data;
mod errors;
mod events;
mod fallback;
mod list;
mod messages;
mod options;
mod reading;
mod receipt;
mod record;
mod sandbox;

// No race test ran on a free-threaded interpreter, so it claims nothing there: one
// that it is built for takes its lock back. (abi3 wheels can't be loaded by them.)
#[pyo3::pymodule(gil_used = true)]
mod _native {
    use pyo3::exceptions::PyImportError;
    use pyo3::prelude::*;
    use pyo3::sync::PyOnceLock;

    #[pymodule_export]
    use crate::answers::{Balance, Reply, Spending};
    #[pymodule_export]
    use crate::background::{BackgroundClient, Call, CompletionQueue, tell};
    #[pymodule_export]
    use crate::call::Operation;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::data::JsonText;
    #[pymodule_export]
    use crate::errors::{error_classes, kinds};
    #[pymodule_export]
    use crate::events::Event;
    #[pymodule_export]
    use crate::fallback::{FallbackReceipt, FallbackStep};
    #[pymodule_export]
    use crate::list::{Messages, Pages, Place};
    #[pymodule_export]
    use crate::messages::{Email, Sms, WhatsApp};
    #[pymodule_export]
    use crate::receipt::Receipt;
    #[pymodule_export]
    use crate::record::{MessageRecord, Page};
    #[pymodule_export]
    use crate::sandbox::Sandbox;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        refuse_other_interpreters(module.py())?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// Exception classes are found once for the process: in another interpreter of
    /// it no `except` clause would know them. CPython itself refuses from 3.12 on.
    fn refuse_other_interpreters(py: Python<'_>) -> PyResult<()> {
        static OWNER: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
        let sys = py.import("sys")?;
        if OWNER.get_or_init(py, || sys.clone().unbind()).is(&sys) {
            return Ok(());
        }
        Err(PyImportError::new_err(
            "partner_messaging does not support subinterpreters: it is in use by another interpreter of this process",
        ))
    }
}
