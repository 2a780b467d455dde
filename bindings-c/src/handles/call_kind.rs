//! Which kind of call was submitted.

use std::ffi::CStr;

/// A [`CallKind`] as it crosses the border.
pub type pm_call_kind = i32;

/// Which call a completion is of. Later versions may add others. No kind has the value
/// of a pm_status or of a pm_outcome.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// There is no completion.
    PM_CALL_NONE = 200,
    /// pm_client_submit() and pm_client_submit_callback(): see pm_completion_receipt().
    PM_CALL_SEND = 201,
    /// pm_client_submit_with_fallback(): see pm_completion_receipt() and pm_completion_trail().
    PM_CALL_SEND_WITH_FALLBACK = 202,
    /// pm_client_submit_get_message(): see pm_completion_record().
    PM_CALL_GET_MESSAGE = 203,
    /// pm_client_submit_wait_for_status(): see pm_completion_record().
    PM_CALL_WAIT_FOR_STATUS = 204,
    /// pm_message_iter_submit_next(): see pm_completion_record().
    PM_CALL_NEXT = 205,
    /// pm_message_iter_submit_next_page(): see pm_completion_page().
    PM_CALL_NEXT_PAGE = 206,
    /// pm_client_submit_get_balance(): see pm_completion_balance().
    PM_CALL_GET_BALANCE = 207,
    /// pm_client_submit_request(): see pm_completion_reply().
    PM_CALL_REQUEST = 208,
}

pub use CallKind::*;

impl CallKind {
    /// As it crosses the border.
    pub(crate) const fn code(self) -> pm_call_kind {
        self as pm_call_kind
    }

    pub(crate) fn name(self) -> &'static CStr {
        match self {
            PM_CALL_NONE => c"none",
            PM_CALL_SEND => c"send",
            PM_CALL_SEND_WITH_FALLBACK => c"send_with_fallback",
            PM_CALL_GET_MESSAGE => c"get_message",
            PM_CALL_WAIT_FOR_STATUS => c"wait_for_status",
            PM_CALL_NEXT => c"next",
            PM_CALL_NEXT_PAGE => c"next_page",
            PM_CALL_GET_BALANCE => c"get_balance",
            PM_CALL_REQUEST => c"request",
        }
    }

    /// What its events call it.
    pub(crate) fn event_name(self) -> &'static str {
        match self {
            PM_CALL_NONE | PM_CALL_SEND | PM_CALL_SEND_WITH_FALLBACK => "send",
            PM_CALL_GET_MESSAGE | PM_CALL_WAIT_FOR_STATUS => "get_message",
            PM_CALL_NEXT | PM_CALL_NEXT_PAGE => "list_messages",
            PM_CALL_GET_BALANCE => "get_balance",
            PM_CALL_REQUEST => "request",
        }
    }
}

pub(crate) const CALL_KINDS: [CallKind; 9] = [
    PM_CALL_NONE,
    PM_CALL_SEND,
    PM_CALL_SEND_WITH_FALLBACK,
    PM_CALL_GET_MESSAGE,
    PM_CALL_WAIT_FOR_STATUS,
    PM_CALL_NEXT,
    PM_CALL_NEXT_PAGE,
    PM_CALL_GET_BALANCE,
    PM_CALL_REQUEST,
];
