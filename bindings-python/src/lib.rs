//! The native half of the Python package: it converts and waits. What it
//! exports is private to `partner_messaging`, which is written in Python.

mod background;
mod client;
mod errors;
mod events;
mod messages;
mod observed;
mod options;
mod receipt;
mod sandbox;

#[pyo3::pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::background::{BackgroundClient, Call, CompletionQueue, tell};
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::errors::{error_classes, kinds};
    #[pymodule_export]
    use crate::events::Event;
    #[pymodule_export]
    use crate::messages::{Email, Sms, WhatsApp};
    #[pymodule_export]
    use crate::receipt::Receipt;
    #[pymodule_export]
    use crate::sandbox::Sandbox;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
