//! A call of the core's client, and what it gives.

use partner_messaging::{
    CallOptions, Client, Effect, Error, JournalHandle, Message, Pager, PreparedMessage, Request, background,
};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::batch_result::BatchResult;
use crate::fields::Record;
use crate::results::{
    Balance, FallbackReceipt, JournalRecord, JournalSummary, MessageRecord, Page, Receipt, Reply,
};

/// A call with its arguments.
pub(crate) enum Call {
    Send(PreparedMessage),
    SendWithFallback(Vec<PreparedMessage>),
    GetMessage(String),
    WaitForStatus(String, Option<Vec<String>>),
    NextPage(Pager),
    GetBalance,
    Request(Request),
    Reconcile(JournalHandle, Vec<(String, PreparedMessage)>),
}

impl Call {
    pub(crate) async fn run(&self, client: &Client, options: &CallOptions) -> Result<CallResult, Error> {
        Ok(match self {
            Self::Send(message) => CallResult::Receipt(client.send_opts(message, options).await?),
            Self::SendWithFallback(messages) => {
                let messages: Vec<_> = messages.iter().map(|message| message as &dyn Message).collect();
                CallResult::Fallback(client.send_with_fallback_opts(&messages, options).await?)
            }
            Self::GetMessage(id) => CallResult::Record(client.get_message_opts(id, options).await?),
            Self::WaitForStatus(id, statuses) => {
                CallResult::Record(client.wait_for_status_opts(id, statuses.as_deref(), options).await?)
            }
            Self::NextPage(pager) => {
                // The caller goes on from the new place only if this call is not cancelled.
                let mut pager = pager.clone();
                let page = client.next_page(&mut pager, options).await.transpose()?;
                CallResult::Page(page, Cursor(pager))
            }
            Self::GetBalance => CallResult::Balance(client.get_balance_opts(options).await?),
            Self::Request(request) => CallResult::Reply(client.request_opts(request, options).await?),
            Self::Reconcile(journal, messages) => {
                let given: Vec<_> =
                    messages.iter().map(|(key, message)| (key.as_str(), message as &dyn Message)).collect();
                CallResult::JournalRecords(client.reconcile(journal, &given, options).await?)
            }
        })
    }

    pub(crate) fn effect(&self) -> Effect {
        match self {
            Self::Send(_) | Self::SendWithFallback(_) => Effect::Send,
            Self::Request(request) => request.effect(),
            _ => Effect::Read,
        }
    }

    /// What the result of a call with an outcome is called.
    pub(crate) fn result_name(&self) -> &'static str {
        if matches!(self, Self::Request(_)) { "reply" } else { "receipt" }
    }
}

/// What became of a call with this effect that was cancelled, where no error says so: the word of
/// its outcome, and a sentence about it.
pub(crate) fn cancelled_outcome(effect: Effect, has_ended: bool) -> Option<(&'static str, &'static str)> {
    let (outcome, sentence) = background::cancelled_outcome(effect, has_ended)?;
    Some((outcome.as_str(), sentence))
}

/// A place in a list of messages: what the next page is. It never changes.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Cursor(pub(crate) Pager);

/// What a call gives.
pub(crate) enum CallResult {
    Receipt(partner_messaging::Receipt),
    Fallback(partner_messaging::FallbackReceipt),
    Record(partner_messaging::MessageRecord),
    /// A page, unless the list has ended; and the place after it.
    Page(Option<partner_messaging::Page>, Cursor),
    Balance(partner_messaging::Balance),
    Reply(partner_messaging::Reply),
    /// What a journal has under a key, if it has anything.
    JournalRecord(Option<partner_messaging::JournalRecord>),
    JournalRecords(Vec<partner_messaging::JournalRecord>),
    JournalSummary(partner_messaging::JournalSummary),
    Count(u64),
    /// Whether another message of a batch can be begun.
    Room(bool),
    BatchResults(Vec<partner_messaging::BatchResult>),
    Nothing,
}

impl<'py> IntoPyObject<'py> for CallResult {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        fn object<T: Record>(py: Python<'_>, core: T::Core) -> PyResult<Bound<'_, PyAny>> {
            Ok(Bound::new(py, T::from_core(py, core)?)?.into_any())
        }
        match self {
            Self::Receipt(receipt) => object::<Receipt>(py, receipt),
            Self::Fallback(accepted) => object::<FallbackReceipt>(py, accepted),
            Self::Record(record) => object::<MessageRecord>(py, record),
            Self::Page(page, cursor) => {
                let page = page.map(|page| object::<Page>(py, page)).transpose()?;
                Ok((page, cursor).into_pyobject(py)?.into_any())
            }
            Self::Balance(balance) => object::<Balance>(py, balance),
            Self::Reply(reply) => object::<Reply>(py, reply),
            Self::JournalRecord(Some(record)) => object::<JournalRecord>(py, record),
            Self::JournalRecords(records) => {
                let records = records.into_iter().map(|record| object::<JournalRecord>(py, record));
                Ok(PyList::new(py, records.collect::<PyResult<Vec<_>>>()?)?.into_any())
            }
            Self::JournalSummary(summary) => object::<JournalSummary>(py, summary),
            Self::Room(room) => Ok(room.into_pyobject(py)?.to_owned().into_any()),
            Self::BatchResults(results) => {
                let results = results.into_iter().map(|result| BatchResult::from_core(py, result));
                Ok(PyList::new(py, results.collect::<PyResult<Vec<_>>>()?)?.into_any())
            }
            Self::Count(count) => Ok(count.into_pyobject(py)?.into_any()),
            Self::JournalRecord(None) | Self::Nothing => Ok(py.None().into_bound(py)),
        }
    }
}
