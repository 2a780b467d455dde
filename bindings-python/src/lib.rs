//! The native half of the Python package: it converts and waits. What it
//! exports is private to `partner_messaging`, which is written in Python.

mod answers;
mod background;
mod call;
mod client;
mod data;
mod errors;
mod fallback;
mod list;
mod messages;
mod options;
mod reading;
mod receipt;
mod record;
mod sandbox;

#[pyo3::pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::answers::{Balance, Reply, Spending};
    #[pymodule_export]
    use crate::background::{BackgroundClient, Call, CompletionQueue};
    #[pymodule_export]
    use crate::call::Operation;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::data::JsonText;
    #[pymodule_export]
    use crate::errors::{error_classes, kinds};
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
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
