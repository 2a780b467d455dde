//! What the service says of messages that were sent before.

use partner_messaging::mask_recipient;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::data::{Amount, Json, NewArguments, shown, shown_number};

/// A message as the service has it now.
///
/// All but ``message_id`` and ``raw`` may be ``None``. Records are immutable,
/// comparable, hashable and picklable; you can make one for your own tests.
/// That a record has a receipt's members, and the names of its times, are
/// assumptions: the published document doesn't describe it.
///
/// Example:
///     >>> from partner_messaging import MessageRecord
///     >>> MessageRecord("msg_1", recipient="+6591234567", status="DELIVERED")
///     MessageRecord(message_id='msg_1', recipient='*******4567', channel=None, status='DELIVERED', cost=None, currency=None)
#[pyclass(frozen, eq, hash, get_all, module = "partner_messaging")]
#[derive(PartialEq, Hash)]
pub(crate) struct MessageRecord {
    /// The service's id of the message.
    message_id: String,
    /// The recipient.
    recipient: Option<String>,
    /// The channel.
    channel: Option<String>,
    /// The message's status, for example ``SENT`` or ``DELIVERED``; an open set.
    status: Option<String>,
    /// What the message costs, exactly as the service wrote it.
    cost: Option<Amount>,
    /// The currency of ``cost``.
    currency: Option<String>,
    /// When the service took the message, as it wrote it.
    created_at: Option<String>,
    /// When the status last changed, as the service wrote it.
    updated_at: Option<String>,
    /// The service's whole object.
    raw: Json,
}

impl From<partner_messaging::MessageRecord> for MessageRecord {
    fn from(record: partner_messaging::MessageRecord) -> Self {
        Self {
            raw: Json(record.raw().to_owned()),
            message_id: record.message_id,
            recipient: record.recipient,
            channel: record.channel,
            status: record.status,
            cost: record.cost.map(Amount::from),
            currency: record.currency,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

#[pymethods]
impl MessageRecord {
    #[new]
    #[pyo3(signature = (message_id, *, recipient = None, channel = None, status = None, cost = None, currency = None, created_at = None, updated_at = None, raw = None))]
    #[allow(clippy::too_many_arguments)] // As many as a record has fields; they are keywords.
    fn new(
        message_id: String,
        recipient: Option<String>,
        channel: Option<String>,
        status: Option<String>,
        cost: Option<Amount>,
        currency: Option<String>,
        created_at: Option<String>,
        updated_at: Option<String>,
        raw: Option<Json>,
    ) -> Self {
        let raw = raw.unwrap_or_else(Json::empty_object);
        Self { message_id, recipient, channel, status, cost, currency, created_at, updated_at, raw }
    }

    /// All fields as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("message_id", &self.message_id)?;
        dict.set_item("recipient", &self.recipient)?;
        dict.set_item("channel", &self.channel)?;
        dict.set_item("status", &self.status)?;
        dict.set_item("cost", &self.cost)?;
        dict.set_item("currency", &self.currency)?;
        dict.set_item("created_at", &self.created_at)?;
        dict.set_item("updated_at", &self.updated_at)?;
        dict.set_item("raw", &self.raw)?;
        Ok(dict)
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = self.to_dict(py)?;
        arguments.set_item("raw", self.raw.as_argument())?;
        Ok((PyTuple::empty(py), arguments))
    }

    fn __repr__(&self) -> String {
        format!(
            "MessageRecord(message_id={}, recipient={}, channel={}, status={}, cost={}, currency={})",
            shown(Some(&self.message_id)),
            shown(self.recipient.as_deref().map(mask_recipient).as_deref()),
            shown(self.channel.as_deref()),
            shown(self.status.as_deref()),
            shown(self.cost.as_ref().map(Amount::as_str)),
            shown(self.currency.as_deref()),
        )
    }
}

/// One page of a list of messages, with the totals that the service tells.
///
/// Pages are immutable, comparable, hashable and picklable; you can make one for
/// your own tests. A list's form is an assumption: the published document
/// doesn't describe it.
#[pyclass(frozen, get_all, module = "partner_messaging")]
pub(crate) struct Page {
    /// The messages, in the service's order.
    messages: Py<PyTuple>,
    /// The page's number, from 1, as it was asked for.
    page: u32,
    /// How many messages a page has, if the service says so.
    limit: Option<u64>,
    /// How many messages there are in all, if the service says so.
    total: Option<u64>,
    /// How many pages there are in all, if the service says so.
    total_pages: Option<u64>,
    /// Whether there are more pages, if the service says so.
    has_more: Option<bool>,
    /// The envelope's whole ``data``.
    raw: Json,
}

impl Page {
    pub(crate) fn from_core(py: Python<'_>, page: partner_messaging::Page) -> PyResult<Self> {
        let raw = Json(page.raw().to_owned());
        let messages = page.messages.into_iter().map(MessageRecord::from);
        Ok(Self {
            messages: PyTuple::new(py, messages.collect::<Vec<_>>())?.unbind(),
            page: page.page,
            limit: page.limit,
            total: page.total,
            total_pages: page.total_pages,
            has_more: page.has_more,
            raw,
        })
    }

    pub(crate) fn messages<'py>(&self, py: Python<'py>) -> Bound<'py, PyTuple> {
        self.messages.bind(py).clone()
    }

    fn totals(&self) -> impl PartialEq + '_ {
        (self.page, self.limit, self.total, self.total_pages, self.has_more, &self.raw)
    }
}

#[pymethods]
impl Page {
    #[new]
    #[pyo3(signature = (messages, *, page = 1, limit = None, total = None, total_pages = None, has_more = None, raw = None))]
    #[allow(clippy::too_many_arguments)] // As many as a page has fields; they are keywords.
    fn new(
        py: Python<'_>,
        messages: Vec<Py<MessageRecord>>,
        page: u32,
        limit: Option<u64>,
        total: Option<u64>,
        total_pages: Option<u64>,
        has_more: Option<bool>,
        raw: Option<Json>,
    ) -> PyResult<Self> {
        let messages = PyTuple::new(py, messages)?.unbind();
        let raw = raw.unwrap_or_else(Json::empty_object);
        Ok(Self { messages, page, limit, total, total_pages, has_more, raw })
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = PyDict::new(py);
        arguments.set_item("page", self.page)?;
        arguments.set_item("limit", self.limit)?;
        arguments.set_item("total", self.total)?;
        arguments.set_item("total_pages", self.total_pages)?;
        arguments.set_item("has_more", self.has_more)?;
        arguments.set_item("raw", self.raw.as_argument())?;
        Ok((PyTuple::new(py, [&self.messages])?, arguments))
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        Ok(self.totals() == other.totals() && self.messages.bind(py).eq(&other.messages)?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (&self.messages, self.page, self.total, &self.raw.0).into_pyobject(py)?.hash()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "<Page {} with {} messages, total={}, total_pages={}, has_more={}>",
            self.page,
            self.messages.bind(py).len(),
            shown_number(self.total),
            shown_number(self.total_pages),
            self.has_more.map_or("None", |more| if more { "True" } else { "False" }),
        )
    }
}
