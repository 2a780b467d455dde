//! The receipt.

use partner_messaging::mask_recipient;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyTuple};

use crate::data::{Amount, Json, NewArguments, shown};
use crate::errors::bad_field;

/// The service's word that it accepted a message: its outcome is always ``sent``.
///
/// All but ``message_id`` and ``raw`` may be ``None``. Receipts are immutable,
/// comparable, hashable and picklable; you can make one for your own tests.
///
/// Example:
///     >>> from partner_messaging import Receipt
///     >>> Receipt(message_id="msg_1", cost="0.10", currency="SGD").cost
///     Decimal('0.10')
#[pyclass(frozen, eq, hash, module = "partner_messaging")]
#[derive(Clone, PartialEq, Hash)]
pub(crate) struct Receipt {
    /// The service's id of the message.
    #[pyo3(get)]
    message_id: String,
    /// The recipient, as the service gave it back.
    #[pyo3(get)]
    recipient: Option<String>,
    /// The channel, as the service gave it back.
    #[pyo3(get)]
    channel: Option<String>,
    /// The message's status, for example ``SENT``; an open set.
    #[pyo3(get)]
    status: Option<String>,
    /// What the message costs, exactly as the service wrote it.
    #[pyo3(get)]
    cost: Option<Amount>,
    /// The currency of ``cost``, for example ``SGD``.
    #[pyo3(get)]
    currency: Option<String>,
    /// The envelope's own message.
    #[pyo3(get)]
    message: Option<String>,
    /// How many requests it took.
    #[pyo3(get)]
    attempts: u32,
    elapsed_bits: u64,
    /// The envelope's whole ``data`` object.
    #[pyo3(get)]
    raw: Json,
}

impl From<partner_messaging::Receipt> for Receipt {
    fn from(receipt: partner_messaging::Receipt) -> Self {
        Self {
            raw: Json(receipt.raw().to_owned()),
            message_id: receipt.message_id,
            recipient: receipt.recipient,
            channel: receipt.channel,
            status: receipt.status,
            cost: receipt.cost.map(Amount::from),
            currency: receipt.currency,
            message: receipt.message,
            attempts: receipt.attempts,
            elapsed_bits: receipt.elapsed.as_secs_f64().to_bits(),
        }
    }
}

#[pymethods]
impl Receipt {
    #[new]
    #[pyo3(signature = (message_id, *, recipient = None, channel = None, status = None, cost = None, currency = None, message = None, attempts = 1, elapsed = 0.0, raw = None))]
    #[allow(clippy::too_many_arguments)] // As many as a receipt has fields; they are keywords.
    fn new(
        py: Python<'_>,
        message_id: String,
        recipient: Option<String>,
        channel: Option<String>,
        status: Option<String>,
        cost: Option<&Bound<'_, PyAny>>,
        currency: Option<String>,
        message: Option<String>,
        attempts: u32,
        elapsed: f64,
        raw: Option<Json>,
    ) -> PyResult<Self> {
        let cost = match cost {
            Some(cost) if cost.is_instance_of::<PyFloat>() => {
                return Err(bad_field(py, "cost", "must be a Decimal or a text: a float is not exact"));
            }
            cost => cost.map(|cost| cost.extract()).transpose()?,
        };
        Ok(Self {
            message_id,
            recipient,
            channel,
            status,
            cost,
            currency,
            message,
            attempts,
            elapsed_bits: elapsed.to_bits(),
            raw: raw.unwrap_or_else(Json::empty_object),
        })
    }

    /// Seconds from the start of the call to the receipt.
    #[getter]
    fn elapsed(&self) -> f64 {
        f64::from_bits(self.elapsed_bits)
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
        dict.set_item("message", &self.message)?;
        dict.set_item("attempts", self.attempts)?;
        dict.set_item("elapsed", self.elapsed())?;
        dict.set_item("raw", &self.raw)?;
        Ok(dict)
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = self.to_dict(py)?;
        arguments.set_item("raw", self.raw.as_argument())?;
        Ok((PyTuple::empty(py), arguments))
    }

    pub(crate) fn __repr__(&self) -> String {
        format!(
            "Receipt(message_id={}, recipient={}, channel={}, status={}, cost={}, currency={}, attempts={})",
            shown(Some(&self.message_id)),
            shown(self.recipient.as_deref().map(mask_recipient).as_deref()),
            shown(self.channel.as_deref()),
            shown(self.status.as_deref()),
            shown(self.cost.as_ref().map(Amount::as_str)),
            shown(self.currency.as_deref()),
            self.attempts,
        )
    }
}
