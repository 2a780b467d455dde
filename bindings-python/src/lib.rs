//! The native half of the Python package: it converts and waits. What it
//! exports is private to `partner_messaging`, which is written in Python.

mod background;
mod batch_result;
mod blocking;
mod call;
mod command_line;
mod completions;
mod convert;
mod errors;
mod events;
mod failure;
mod fields;
mod generated;
mod journal;
mod messages;
mod operation;
mod options;
mod problems;
mod record;
mod results;
mod sandbox;
mod send_many;
mod setter;

// No race test ran on a free-threaded interpreter, so it claims nothing there: one
// that it is built for takes its lock back. (abi3 wheels can't be loaded by them.)
#[pyo3::pymodule(gil_used = true)]
mod _native {
    use pyo3::exceptions::PyImportError;
    use pyo3::prelude::*;
    use pyo3::sync::PyOnceLock;

    use crate::failure::catch_panics;

    #[pymodule_export]
    use crate::background::BackgroundClient;
    #[pymodule_export]
    use crate::batch_result::BatchResult;
    #[pymodule_export]
    use crate::blocking::BlockingClient;
    #[pymodule_export]
    use crate::call::Cursor;
    #[pymodule_export]
    use crate::command_line::run_command_line;
    #[pymodule_export]
    use crate::completions::{CompletionQueue, PendingCall, emit};
    #[pymodule_export]
    use crate::errors::{error_classes, kinds};
    #[pymodule_export]
    use crate::events::Event;
    #[pymodule_export]
    use crate::failure::panic;
    #[pymodule_export]
    use crate::fields::JsonText;
    #[pymodule_export]
    use crate::journal::{OpenJournal, Question};
    #[pymodule_export]
    use crate::messages::{Email, Sms, WhatsApp};
    #[pymodule_export]
    use crate::operation::Operation;
    #[pymodule_export]
    use crate::results::{
        Balance, BatchSummary, FallbackReceipt, FallbackStep, JournalConflict, JournalRecord, JournalSummary,
        JournalTotal, MessageRecord, Page, Receipt, Reply, Spending,
    };
    #[pymodule_export]
    use crate::sandbox::Sandbox;
    #[pymodule_export]
    use crate::send_many::Batch;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        catch_panics(|| {
            refuse_other_interpreters(module.py())?;
            module.add("__version__", env!("CARGO_PKG_VERSION"))
        })
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
