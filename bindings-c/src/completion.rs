//! What a submitted send ended in.

use std::ffi::c_void;

use crate::error::pm_error;
use crate::ffi::{self, UserData};
use crate::receipt::pm_receipt;
use crate::status::{PM_INTERNAL_ERROR, PM_OK, pm_status};

/// What a submitted send ended in. Every send that was submitted makes exactly
/// one completion, also when it was cancelled or its client was closed or freed.
pub struct pm_completion {
    pub(crate) user_data: UserData,
    pub(crate) result: Result<pm_receipt, pm_error>,
}

/// The pointer that was given to pm_client_submit() or pm_client_submit_callback().
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_user_data(completion: Option<&pm_completion>) -> *mut c_void {
    ffi::entry(std::ptr::null_mut(), || {
        completion.map_or(std::ptr::null_mut(), |completion| completion.user_data.pointer())
    })
}

/// What pm_client_send() would have returned; PM_INTERNAL_ERROR for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_status(completion: Option<&pm_completion>) -> pm_status {
    ffi::entry(PM_INTERNAL_ERROR, || match completion {
        None => PM_INTERNAL_ERROR,
        Some(completion) => completion.result.as_ref().err().map_or(PM_OK, pm_error::status),
    })
}

/// The receipt, NULL on failure. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_receipt(completion: Option<&pm_completion>) -> Option<&pm_receipt> {
    ffi::entry(None, || completion?.result.as_ref().ok())
}

/// The error, NULL on success. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_error(completion: Option<&pm_completion>) -> Option<&pm_error> {
    ffi::entry(None, || completion?.result.as_ref().err())
}

/// Frees a completion with its receipt or error; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_free(completion: Option<Box<pm_completion>>) {
    ffi::entry((), || drop(completion));
}
