//! The balance, the ledger, and the answers to any other request.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::data::{Amount, Json, NewArguments, shown};

/// The credit that is left.
///
/// Immutable, comparable, hashable and picklable; you can make one for your own
/// tests. Its form is an assumption: the published document doesn't describe it.
///
/// Example:
///     >>> from partner_messaging import Balance
///     >>> Balance("12.50", currency="SGD").amount
///     Decimal('12.50')
#[pyclass(frozen, eq, hash, get_all, module = "partner_messaging")]
#[derive(PartialEq, Hash)]
pub(crate) struct Balance {
    /// The amount, exactly as the service wrote it.
    amount: Amount,
    /// Its currency, for example ``SGD``.
    currency: Option<String>,
    /// The envelope's whole ``data`` object.
    raw: Json,
}

impl From<partner_messaging::Balance> for Balance {
    fn from(balance: partner_messaging::Balance) -> Self {
        let raw = Json(balance.raw().to_owned());
        Self { amount: balance.amount.into(), currency: balance.currency, raw }
    }
}

#[pymethods]
impl Balance {
    #[new]
    #[pyo3(signature = (amount, *, currency = None, raw = None))]
    fn new(amount: Amount, currency: Option<String>, raw: Option<Json>) -> Self {
        Self { amount, currency, raw: raw.unwrap_or_else(Json::empty_object) }
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = PyDict::new(py);
        arguments.set_item("currency", &self.currency)?;
        arguments.set_item("raw", self.raw.as_argument())?;
        Ok((PyTuple::new(py, [&self.amount])?, arguments))
    }

    fn __repr__(&self) -> String {
        let currency = shown(self.currency.as_deref());
        format!("Balance(amount='{}', currency={currency})", self.amount.as_str())
    }
}

/// What the messages of one channel cost, in one currency, as their receipts say.
///
/// Immutable, comparable, hashable and picklable; you can make one for your own tests.
#[pyclass(frozen, eq, hash, get_all, module = "partner_messaging")]
#[derive(PartialEq, Hash)]
pub(crate) struct Spending {
    /// The channel, as the receipts say, else as the messages said.
    channel: String,
    /// The currency, if the receipts say.
    currency: Option<String>,
    /// The sum of the costs, exact.
    cost: Amount,
    /// How many messages were sent.
    messages: u64,
    /// How many of them have no cost on their receipt, so that ``cost`` is without theirs.
    unpriced: u64,
}

impl From<partner_messaging::Spending> for Spending {
    fn from(entry: partner_messaging::Spending) -> Self {
        Self {
            channel: entry.channel,
            currency: entry.currency,
            cost: entry.cost.into(),
            messages: entry.messages,
            unpriced: entry.unpriced,
        }
    }
}

#[pymethods]
impl Spending {
    #[new]
    #[pyo3(signature = (channel, currency, cost, messages, unpriced = 0))]
    fn new(channel: String, currency: Option<String>, cost: Amount, messages: u64, unpriced: u64) -> Self {
        Self { channel, currency, cost, messages, unpriced }
    }

    fn __getnewargs__(&self) -> (&str, Option<&str>, &Amount, u64, u64) {
        (&self.channel, self.currency.as_deref(), &self.cost, self.messages, self.unpriced)
    }

    fn __repr__(&self) -> String {
        format!(
            "Spending(channel={}, currency={}, cost='{}', messages={}, unpriced={})",
            shown(Some(&self.channel)),
            shown(self.currency.as_deref()),
            self.cost.as_str(),
            self.messages,
            self.unpriced,
        )
    }
}

/// The ledger as Python sees it.
pub(crate) fn ledger(
    py: Python<'_>,
    entries: Vec<partner_messaging::Spending>,
) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, entries.into_iter().map(Spending::from).collect::<Vec<_>>())
}

/// The service's answer to a ``request``: a success.
///
/// Immutable, comparable, hashable and picklable; you can make one for your own tests.
#[pyclass(frozen, eq, hash, get_all, module = "partner_messaging")]
#[derive(PartialEq, Hash)]
pub(crate) struct Reply {
    /// The HTTP status, 200 to 299.
    status: u16,
    /// The envelope's ``data``; ``None`` where there is none.
    data: Json,
    /// The envelope's own message.
    message: Option<String>,
    /// The answer's headers, by their names in lower case.
    headers: BTreeMap<String, String>,
    /// How many requests it took.
    attempts: u32,
}

fn no_data() -> Json {
    Json("null".to_owned())
}

impl From<partner_messaging::Reply> for Reply {
    fn from(reply: partner_messaging::Reply) -> Self {
        let data = reply.data().map_or_else(no_data, |data| Json(data.to_owned()));
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in reply.headers {
            // RFC 9110, section 5.2: lines of one name are one list.
            let line = headers.entry(name).and_modify(|line| line.push_str(", ")).or_default();
            line.push_str(&value);
        }
        Self { status: reply.status, data, message: reply.message, headers, attempts: reply.attempts }
    }
}

#[pymethods]
impl Reply {
    #[new]
    #[pyo3(signature = (status = 200, data = None, *, message = None, headers = None, attempts = 1))]
    fn new(
        status: u16,
        data: Option<Json>,
        message: Option<String>,
        headers: Option<BTreeMap<String, String>>,
        attempts: u32,
    ) -> Self {
        let data = data.unwrap_or_else(no_data);
        Self { status, data, message, headers: headers.unwrap_or_default(), attempts }
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = PyDict::new(py);
        arguments.set_item("data", self.data.as_argument())?;
        arguments.set_item("message", &self.message)?;
        arguments.set_item("headers", &self.headers)?;
        arguments.set_item("attempts", self.attempts)?;
        Ok((PyTuple::new(py, [self.status])?, arguments))
    }

    fn __repr__(&self) -> String {
        // Neither data nor headers: they may be private.
        let message = shown(self.message.as_deref());
        format!("<Reply {} message={message} attempts={}>", self.status, self.attempts)
    }
}
