//! What a submitted call ended in.

use partner_messaging::{Balance, Error, FallbackReceipt, MessageRecord, Page, Receipt, Reply};

use super::call_kind::CallKind;
use super::generated::{pm_balance, pm_error, pm_page, pm_receipt, pm_record, pm_reply, pm_trail};
use crate::ffi::callback::UserData;

/// What a submitted call ended in. Every call that was submitted makes exactly
/// one completion, also when it was cancelled or its client was closed or freed.
pub struct pm_completion {
    pub(crate) kind: CallKind,
    pub(crate) user_data: UserData,
    pub(crate) result: CompletionResult,
}

impl pm_completion {
    pub(crate) fn new(kind: CallKind, user_data: UserData, result: CompletionResult) -> Box<Self> {
        Box::new(Self { kind, user_data, result })
    }

    pub(crate) fn value(&self) -> Option<&Value> {
        self.result.value.as_ref().ok()
    }

    pub(crate) fn error(&self) -> Option<&pm_error> {
        self.result.value.as_ref().err()
    }

    pub(crate) fn trail(&self) -> Option<&pm_trail> {
        self.result.trail.as_ref()
    }
}

/// The result of a call.
pub(crate) struct CompletionResult {
    value: Result<Value, pm_error>,
    /// Of a send with fallback.
    trail: Option<pm_trail>,
}

/// What a call that succeeded gives.
pub(crate) enum Value {
    Receipt(pm_receipt),
    Record(pm_record),
    Page(pm_page),
    /// There is no further message or page.
    EndOfList,
    Balance(pm_balance),
    Reply(pm_reply),
}

impl From<Error> for CompletionResult {
    fn from(error: Error) -> Self {
        Self { value: Err(error.into()), trail: None }
    }
}

impl From<Result<Receipt, Error>> for CompletionResult {
    fn from(result: Result<Receipt, Error>) -> Self {
        let value = result.map(|receipt| Value::Receipt(receipt.into())).map_err(Into::into);
        Self { value, trail: None }
    }
}

impl From<Result<FallbackReceipt, Error>> for CompletionResult {
    fn from(result: Result<FallbackReceipt, Error>) -> Self {
        match result {
            Ok(accepted) => {
                let trail = pm_trail::of(&accepted.trail);
                Self { value: Ok(Value::Receipt(accepted.receipt.into())), trail }
            }
            Err(error) => Self { trail: pm_trail::of(error.trail()), value: Err(error.into()) },
        }
    }
}

impl From<Result<MessageRecord, Error>> for CompletionResult {
    fn from(result: Result<MessageRecord, Error>) -> Self {
        let value = result.map(|record| Value::Record(record.into())).map_err(Into::into);
        Self { value, trail: None }
    }
}

impl From<Result<Option<MessageRecord>, Error>> for CompletionResult {
    fn from(result: Result<Option<MessageRecord>, Error>) -> Self {
        let value = |record: Option<MessageRecord>| {
            record.map_or(Value::EndOfList, |record| Value::Record(record.into()))
        };
        Self { value: result.map(value).map_err(Into::into), trail: None }
    }
}

impl From<Result<Option<Page>, Error>> for CompletionResult {
    fn from(result: Result<Option<Page>, Error>) -> Self {
        let value = |page: Option<Page>| page.map_or(Value::EndOfList, |page| Value::Page(page.into()));
        Self { value: result.map(value).map_err(Into::into), trail: None }
    }
}

impl From<Result<Balance, Error>> for CompletionResult {
    fn from(result: Result<Balance, Error>) -> Self {
        let value = result.map(|balance| Value::Balance(balance.into())).map_err(Into::into);
        Self { value, trail: None }
    }
}

impl From<Result<Reply, Error>> for CompletionResult {
    fn from(result: Result<Reply, Error>) -> Self {
        let value = result.map(|reply| Value::Reply(reply.into())).map_err(Into::into);
        Self { value, trail: None }
    }
}
