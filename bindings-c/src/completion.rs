//! What a submitted call ended in.

use std::ffi::c_void;

use partner_messaging::{Balance, Error, FallbackReceipt, MessageRecord, Receipt, Reply};

use crate::balance::pm_balance;
use crate::error::pm_error;
use crate::fallback::pm_trail;
use crate::ffi::{self, UserData};
use crate::receipt::pm_receipt;
use crate::record::pm_record;
use crate::request::pm_reply;
use crate::status::{PM_INTERNAL_ERROR, PM_OK, pm_status};

/// What a submitted call ended in. Every call that was submitted makes exactly
/// one completion, also when it was cancelled or its client was closed or freed.
pub struct pm_completion {
    user_data: UserData,
    end: End,
}

impl pm_completion {
    pub(crate) fn new(user_data: UserData, end: End) -> Box<Self> {
        Box::new(Self { user_data, end })
    }

    #[cfg(test)]
    pub(crate) fn error(&self) -> Option<&pm_error> {
        self.end.result.as_ref().err()
    }
}

/// What a call came to, as C callers see it.
pub(crate) struct End {
    result: Result<Value, pm_error>,
    /// Of a send with fallback.
    trail: Option<Box<pm_trail>>,
}

/// What a call that succeeded gives.
enum Value {
    Receipt(pm_receipt),
    Record(pm_record),
    Balance(pm_balance),
    Reply(pm_reply),
}

impl From<pm_error> for End {
    fn from(error: pm_error) -> Self {
        Self { result: Err(error), trail: None }
    }
}

impl From<Result<Receipt, Error>> for End {
    fn from(result: Result<Receipt, Error>) -> Self {
        let result = result.map(|receipt| Value::Receipt(receipt.into())).map_err(Into::into);
        Self { result, trail: None }
    }
}

impl From<Result<FallbackReceipt, Error>> for End {
    fn from(result: Result<FallbackReceipt, Error>) -> Self {
        match result {
            Ok(accepted) => {
                let trail = pm_trail::new(&accepted.trail);
                Self { result: Ok(Value::Receipt(accepted.receipt.into())), trail }
            }
            Err(error) => Self { trail: pm_trail::new(error.trail()), result: Err(error.into()) },
        }
    }
}

impl From<Result<MessageRecord, Error>> for End {
    fn from(result: Result<MessageRecord, Error>) -> Self {
        let result = result.map(|record| Value::Record(record.into()));
        Self { result: result.map_err(|error| pm_error::from(error).of_read()), trail: None }
    }
}

impl From<Result<Balance, Error>> for End {
    fn from(result: Result<Balance, Error>) -> Self {
        let result = result.map(|balance| Value::Balance(balance.into()));
        Self { result: result.map_err(|error| pm_error::from(error).of_read()), trail: None }
    }
}

impl From<Result<Reply, Error>> for End {
    fn from(result: Result<Reply, Error>) -> Self {
        let result = result.map(|reply| Value::Reply(reply.into())).map_err(Into::into);
        Self { result, trail: None }
    }
}

/// The pointer that was given to the function that submitted the call.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_user_data(completion: Option<&pm_completion>) -> *mut c_void {
    ffi::entry(std::ptr::null_mut(), || {
        completion.map_or(std::ptr::null_mut(), |completion| completion.user_data.pointer())
    })
}

/// What the same call would have returned if it had waited, for example
/// pm_client_send(); PM_INTERNAL_ERROR for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_status(completion: Option<&pm_completion>) -> pm_status {
    ffi::entry(PM_INTERNAL_ERROR, || match completion {
        None => PM_INTERNAL_ERROR,
        Some(completion) => completion.end.result.as_ref().err().map_or(PM_OK, pm_error::status),
    })
}

/// The receipt of a send, with fallback or without; NULL on failure, and for
/// another call. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_receipt(completion: Option<&pm_completion>) -> Option<&pm_receipt> {
    ffi::entry(None, || match &completion?.end.result {
        Ok(Value::Receipt(receipt)) => Some(receipt),
        _ => None,
    })
}

/// What became of each message of a send with fallback that was tried, on
/// success and on failure; NULL when none was, and for another call. It belongs
/// to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_trail(completion: Option<&pm_completion>) -> Option<&pm_trail> {
    ffi::entry(None, || completion?.end.trail.as_deref())
}

/// The message that was read or waited for; NULL on failure, and for another
/// call. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_record(completion: Option<&pm_completion>) -> Option<&pm_record> {
    ffi::entry(None, || match &completion?.end.result {
        Ok(Value::Record(record)) => Some(record),
        _ => None,
    })
}

/// The credit that is left; NULL on failure, and for another call. It belongs
/// to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_balance(completion: Option<&pm_completion>) -> Option<&pm_balance> {
    ffi::entry(None, || match &completion?.end.result {
        Ok(Value::Balance(balance)) => Some(balance),
        _ => None,
    })
}

/// The answer to a request; NULL on failure, and for another call. It belongs
/// to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_reply(completion: Option<&pm_completion>) -> Option<&pm_reply> {
    ffi::entry(None, || match &completion?.end.result {
        Ok(Value::Reply(reply)) => Some(reply),
        _ => None,
    })
}

/// The error, NULL on success. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_error(completion: Option<&pm_completion>) -> Option<&pm_error> {
    ffi::entry(None, || completion?.end.result.as_ref().err())
}

/// Frees a completion with all that it holds; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_free(completion: Option<Box<pm_completion>>) {
    ffi::entry((), || drop(completion));
}
