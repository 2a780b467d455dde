//! The command line, for the package's console script.

use std::ffi::OsString;

use pyo3::prelude::*;

use crate::failure::catch_panics;

/// Does what the program `partner-messaging` does with these arguments, and gives its exit
/// status. It takes the process's signals for itself.
#[pyfunction]
pub(crate) fn run_command_line(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    catch_panics(|| {
        let program = std::iter::once("partner-messaging".into());
        Ok(py.detach(|| partner_messaging_cli::run(program.chain(arguments), "python")))
    })
}
