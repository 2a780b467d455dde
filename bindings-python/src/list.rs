//! Lists of messages for the blocking client: iterators that ask for a page when
//! they need it.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use partner_messaging::{CallOptions, Pager};
use pyo3::exceptions::PyRuntimeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator};

use crate::call::{Given, Operation};
use crate::client::{Client, Stopped};
use crate::errors::of_read;
use crate::reading;
use crate::record::Page;

/// A place in a list of messages: what the next page is. It never changes.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Place(pub(crate) Pager);

#[pymethods]
impl Place {
    /// The place before the first page.
    #[new]
    #[pyo3(signature = (**filter))]
    pub(crate) fn new(py: Python<'_>, filter: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        reading::pager(py, filter).map(Self).map_err(|error| of_read(py, error))
    }
}

/// The pages of a list of messages, one after another: see ``Messages.pages``.
///
/// A page is asked for when it is needed. An error ends the list; Ctrl-C does not.
#[pyclass(frozen, module = "partner_messaging")]
pub(crate) struct Pages {
    client: Py<Client>,
    options: CallOptions,
    /// `None` after an error.
    place: Mutex<Option<Pager>>,
}

#[pymethods]
impl Pages {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Page>> {
        let mut place = match self.place.try_lock() {
            Ok(place) => place,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another thread, or a signal handler in the midst of this.
            Err(TryLockError::WouldBlock) => {
                return Err(PyRuntimeError::new_err("the list is being asked for its next page already"));
            }
        };
        let Some(pager) = &*place else { return Ok(None) };
        let operation = Operation::page(pager.clone(), self.options.clone());
        match self.client.get().run(py, &operation) {
            Ok(Given::Page(page, pager)) => {
                *place = Some(pager);
                page.map(|page| Page::from_core(py, page)).transpose()
            }
            Ok(_) => Err(PyRuntimeError::new_err("the answer is no page")),
            Err(stopped) => {
                if matches!(stopped, Stopped::Failed(_)) {
                    *place = None;
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
    pub(crate) fn new(client: &Bound<'_, Client>, place: Place, options: CallOptions) -> PyResult<Self> {
        let py = client.py();
        let pages = Pages { client: client.clone().unbind(), options, place: Mutex::new(Some(place.0)) };
        Ok(Self { pages: Py::new(py, pages)?, at_hand: Mutex::new(None) })
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
