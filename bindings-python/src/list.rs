//! Lists of messages for the blocking client: iterators that ask for a page when
//! they need it.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use partner_messaging::Pager;
use pyo3::exceptions::PyRuntimeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyIterator;

use crate::call::{Given, Operation};
use crate::client::{Client, Stopped};
use crate::record::Page;

/// A place in a list of messages: what the next page is. It never changes.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Place(pub(crate) Pager);

/// The pages of a list of messages, one after another: see ``Messages.pages``.
///
/// A page is asked for when it is needed. An error ends the list; Ctrl-C does not.
#[pyclass(frozen, module = "partner_messaging")]
pub(crate) struct Pages {
    client: Py<Client>,
    /// What asks for the next page; `None` after an error.
    asking: Mutex<Option<Operation>>,
}

#[pymethods]
impl Pages {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Page>> {
        let mut asking = match self.asking.try_lock() {
            Ok(asking) => asking,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another thread, or a signal handler in the midst of this.
            Err(TryLockError::WouldBlock) => {
                return Err(PyRuntimeError::new_err("the list is being asked for its next page already"));
            }
        };
        let Some(operation) = &*asking else { return Ok(None) };
        match self.client.get().run(py, operation) {
            Ok(Given::Page(page, pager)) => {
                *asking = Some(operation.next(pager));
                page.map(|page| Page::from_core(py, page)).transpose()
            }
            Ok(_) => Err(PyRuntimeError::new_err("the answer is no page")),
            Err(stopped) => {
                if matches!(stopped, Stopped::Failed(_)) {
                    *asking = None;
                }
                Err(stopped.into_exception(py))
            }
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.client)
    }
}

/// The messages of a list, one after another, from as many pages as it has.
///
/// A page is asked for when its first message is. An error ends the list; Ctrl-C
/// does not.
#[pyclass(frozen, module = "partner_messaging")]
pub(crate) struct Messages {
    pages: Py<Pages>,
    /// What is left of the page at hand.
    at_hand: Mutex<Option<Py<PyIterator>>>,
}

impl Messages {
    /// The list whose first page `operation` asks for.
    pub(crate) fn new(client: &Bound<'_, Client>, operation: Operation) -> PyResult<Self> {
        let pages = Pages { client: client.clone().unbind(), asking: Mutex::new(Some(operation)) };
        Ok(Self { pages: Py::new(client.py(), pages)?, at_hand: Mutex::new(None) })
    }

    /// Never held while Python runs.
    fn lock(&self) -> MutexGuard<'_, Option<Py<PyIterator>>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Messages {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            let at_hand = self.lock().as_ref().map(|it| it.clone_ref(py));
            if let Some(message) = at_hand.and_then(|it| it.into_bound(py).next()) {
                return message.map(Some);
            }
            let Some(page) = self.pages.get().__next__(py)? else { return Ok(None) };
            *self.lock() = Some(page.messages(py).try_iter()?.unbind());
        }
    }

    /// The same list page by page, with the totals that the service tells.
    ///
    /// What is left of the page at hand is not in it.
    fn pages(&self, py: Python<'_>) -> Py<Pages> {
        self.pages.clone_ref(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.pages)
    }
}
