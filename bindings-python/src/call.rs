//! A call with all its arguments, ready to be made by either client; and what it gives.

use std::sync::Arc;

use partner_messaging::{CallOptions, Envelope, Error, Pager, Request};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answers::{Balance, Reply};
use crate::errors::of_read;
use crate::fallback::FallbackReceipt;
use crate::list::Place;
use crate::options::{self, Value};
use crate::reading::Body;
use crate::receipt::Receipt;
use crate::record::{MessageRecord, Page};
use crate::{messages, reading};

/// A call of the core's client.
pub(crate) enum Call {
    Send(Envelope),
    SendWithFallback(Vec<Envelope>),
    GetMessage(String),
    WaitForStatus(String, Option<Vec<String>>),
    NextPage(Pager),
    GetBalance,
    Request { request: Request, changes: bool },
}

impl Call {
    pub(crate) async fn make(
        &self,
        client: &partner_messaging::Client,
        options: &CallOptions,
    ) -> Result<Given, Error> {
        Ok(match self {
            Self::Send(envelope) => Given::Receipt(client.send_with(envelope, options).await?),
            Self::SendWithFallback(envelopes) => {
                let messages: Vec<_> =
                    envelopes.iter().map(|it| it as &dyn partner_messaging::Message).collect();
                Given::Fallback(client.send_with_fallback_with(&messages, options).await?)
            }
            Self::GetMessage(id) => Given::Record(client.get_message_with(id, options).await?),
            Self::WaitForStatus(id, statuses) => {
                Given::Record(client.wait_for_status_with(id, statuses.as_deref(), options).await?)
            }
            Self::NextPage(pager) => {
                // The caller goes on from the new place only if this call is not cancelled.
                let mut pager = pager.clone();
                let page = pager.next(client, options).await.transpose()?;
                Given::Page(page, pager)
            }
            Self::GetBalance => Given::Balance(client.get_balance_with(options).await?),
            Self::Request { request, .. } => Given::Reply(client.request_with(request, options).await?),
        })
    }

    /// Whether it sends a message or changes something else.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::Send(_) | Self::SendWithFallback(_) => true,
            Self::Request { changes, .. } => *changes,
            _ => false,
        }
    }
}

/// What a call gave.
pub(crate) enum Given {
    Receipt(partner_messaging::Receipt),
    Fallback(partner_messaging::FallbackReceipt),
    Record(partner_messaging::MessageRecord),
    /// A page, unless the list has ended; and the list's place after it.
    Page(Option<partner_messaging::Page>, Pager),
    Balance(partner_messaging::Balance),
    Reply(partner_messaging::Reply),
}

impl<'py> IntoPyObject<'py> for Given {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self {
            Self::Receipt(receipt) => Bound::new(py, Receipt::from(receipt))?.into_any(),
            Self::Fallback(accepted) => Bound::new(py, FallbackReceipt::from(accepted))?.into_any(),
            Self::Record(record) => Bound::new(py, MessageRecord::from(record))?.into_any(),
            Self::Page(page, pager) => {
                let page = page.map(|page| Page::from_core(py, page)).transpose()?;
                (page, Place(pager)).into_pyobject(py)?.into_any()
            }
            Self::Balance(balance) => Bound::new(py, Balance::from(balance))?.into_any(),
            Self::Reply(reply) => Bound::new(py, Reply::from(reply))?.into_any(),
        })
    }
}

/// The options that every call takes, as they were given.
#[derive(FromPyObject)]
pub(crate) struct Options<'py>(
    Option<Bound<'py, PyAny>>,
    Option<Bound<'py, PyAny>>,
    Option<Bound<'py, PyAny>>,
);

impl<'py> Options<'py> {
    pub(crate) fn new(
        timeout: Option<Value<'py>>,
        max_retries: Option<Value<'py>>,
        headers: Option<Value<'py>>,
    ) -> Self {
        Self(timeout, max_retries, headers)
    }

    pub(crate) fn read(&self) -> PyResult<CallOptions> {
        options::call(self.0.as_ref(), self.1.as_ref(), self.2.as_ref())
    }
}

/// A call and its options. What can't be used is refused here, before any I/O.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Operation {
    pub(crate) call: Arc<Call>,
    pub(crate) options: CallOptions,
}

impl Operation {
    fn new(call: Call, options: &Options<'_>) -> PyResult<Self> {
        Ok(Self { call: Arc::new(call), options: options.read()? })
    }

    /// A read: there is no outcome for its errors to tell.
    fn read(py: Python<'_>, call: PyResult<Call>, options: &Options<'_>) -> PyResult<Self> {
        call.and_then(|call| Self::new(call, options)).map_err(|error| of_read(py, error))
    }

    /// The same for the page at another place of the list.
    pub(crate) fn next(&self, pager: Pager) -> Self {
        Self { call: Arc::new(Call::NextPage(pager)), options: self.options.clone() }
    }
}

#[pymethods]
impl Operation {
    #[staticmethod]
    pub(crate) fn send(message: &Bound<'_, PyAny>, options: Options<'_>) -> PyResult<Self> {
        Self::new(Call::Send(messages::envelope(message)?), &options)
    }

    #[staticmethod]
    pub(crate) fn send_with_fallback(
        messages: &Bound<'_, PyAny>,
        fallback_codes: Option<&Bound<'_, PyAny>>,
        options: Options<'_>,
    ) -> PyResult<Self> {
        let call = Call::SendWithFallback(messages::envelopes(messages)?);
        let mut operation = Self::new(call, &options)?;
        if let Some(codes) = fallback_codes {
            let codes = options::texts("fallback_codes", codes)?;
            operation.options = operation.options.fallback_codes(codes);
        }
        Ok(operation)
    }

    #[staticmethod]
    pub(crate) fn get_message(message_id: &Bound<'_, PyAny>, options: Options<'_>) -> PyResult<Self> {
        let call = options::text("message_id", message_id).map(Call::GetMessage);
        Self::read(message_id.py(), call, &options)
    }

    #[staticmethod]
    pub(crate) fn wait_for_status(
        message_id: &Bound<'_, PyAny>,
        final_statuses: Option<&Bound<'_, PyAny>>,
        options: Options<'_>,
    ) -> PyResult<Self> {
        let call = options::text("message_id", message_id).and_then(|id| {
            let statuses = final_statuses.map(|it| options::texts("final_statuses", it)).transpose()?;
            Ok(Call::WaitForStatus(id, statuses))
        });
        Self::read(message_id.py(), call, &options)
    }

    #[staticmethod]
    pub(crate) fn get_balance(py: Python<'_>, options: Options<'_>) -> PyResult<Self> {
        Self::read(py, Ok(Call::GetBalance), &options)
    }

    #[staticmethod]
    pub(crate) fn request(
        method: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
        query: Option<&Bound<'_, PyAny>>,
        json: Body<'_>,
        idempotent: Option<&Bound<'_, PyAny>>,
        options: Options<'_>,
    ) -> PyResult<Self> {
        let name = options::text("method", method)?;
        let call = reading::request(&name, path, query, &json, idempotent);
        match name.as_str() {
            "GET" => Self::read(method.py(), call, &options),
            _ => Self::new(call?, &options),
        }
    }

    /// Asks for the first page of a list.
    #[staticmethod]
    #[pyo3(signature = (options, **filter))]
    pub(crate) fn list_messages(
        py: Python<'_>,
        options: Options<'_>,
        filter: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        Self::read(py, reading::pager(py, filter).map(Call::NextPage), &options)
    }

    /// Asks for the page at another place of the same list.
    fn at(&self, place: &Bound<'_, Place>) -> Self {
        self.next(place.get().0.clone())
    }

    /// Whether it sends a message or changes something else.
    #[getter]
    fn changes(&self) -> bool {
        self.call.changes()
    }
}
