//! The numbers that C programs branch on.

use std::ffi::CStr;

use partner_messaging::{ErrorClass, Outcome};

use super::argument::{ArgumentError, Problem};

/// A [`Status`] as it crosses the border: C may pass any number, and a Rust enum
/// must not have one that it doesn't name.
pub type pm_status = i32;

/// An [`OutcomeCode`] as it crosses the border.
pub type pm_outcome = i32;

/// How a call ended: PM_OK, or the class of its error.
///
/// Later versions may add others: treat one you don't know as
/// PM_INTERNAL_ERROR. No status has the value of a pm_outcome.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The call did what it is for. After a send: the service accepted the message.
    PM_OK = 0,
    /// The options, or an argument that is no message, are unusable. Nothing was sent.
    PM_CONFIG_ERROR = 1,
    /// The message was refused before any I/O; see pm_error_field(). Nothing was sent.
    PM_INVALID_MESSAGE = 2,
    /// The network or the time did not allow it. Nothing was sent.
    PM_TRANSPORT_ERROR = 3,
    /// The service refused; see pm_error_code() and pm_error_http_status().
    PM_API_ERROR = 4,
    /// A read's answer is not the documented envelope.
    PM_PROTOCOL_ERROR = 5,
    /// A send whose answer never came or could not be read: the message may have
    /// been accepted, and may not. Sending it again may deliver it twice.
    PM_UNKNOWN = 6,
    /// A fault of this library; pm_error_outcome() says what it means for the message.
    PM_INTERNAL_ERROR = 7,
    /// A spend limit would be passed. Nothing was sent.
    PM_SPEND_LIMIT_ERROR = 8,
    /// The journal could not be opened, read or written. Nothing was sent.
    PM_JOURNAL_ERROR = 9,
    /// The machine has no more of something, for example of file descriptors or
    /// threads; pm_error_outcome() says what it means for the message.
    PM_RESOURCE_ERROR = 10,
    /// As many calls as the client allows are submitted already. Nothing was sent.
    PM_QUEUE_FULL = 11,
}

/// What became of a message; every send ends in exactly one outcome. No outcome
/// has the value of a pm_status.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeCode {
    /// No message was at stake.
    PM_OUTCOME_NONE = 100,
    /// The service accepted the message.
    PM_OUTCOME_SENT = 101,
    /// The service answered that it did not take the message.
    PM_OUTCOME_REJECTED = 102,
    /// Proved: no complete request left this process.
    PM_OUTCOME_NOT_SENT = 103,
    /// The message may have been accepted, and may not: sending it again may
    /// deliver it twice.
    PM_OUTCOME_UNKNOWN = 104,
}

pub use OutcomeCode::*;
pub use Status::*;

/// The class of an error as a status.
pub(crate) fn status_of(class: ErrorClass) -> Status {
    match class {
        ErrorClass::Config => PM_CONFIG_ERROR,
        ErrorClass::InvalidMessage => PM_INVALID_MESSAGE,
        ErrorClass::Transport => PM_TRANSPORT_ERROR,
        ErrorClass::SpendLimit => PM_SPEND_LIMIT_ERROR,
        ErrorClass::Journal => PM_JOURNAL_ERROR,
        ErrorClass::Api => PM_API_ERROR,
        ErrorClass::OutcomeUnknown => PM_UNKNOWN,
        ErrorClass::Protocol => PM_PROTOCOL_ERROR,
        // A finer class has its name only; its status is that of the class above it.
        finer => finer.parent().map_or(PM_INTERNAL_ERROR, status_of),
    }
}

pub(crate) fn outcome_of(outcome: Option<Outcome>) -> OutcomeCode {
    match outcome {
        None => PM_OUTCOME_NONE,
        Some(Outcome::Sent) => PM_OUTCOME_SENT,
        Some(Outcome::Rejected) => PM_OUTCOME_REJECTED,
        Some(Outcome::NotSent) => PM_OUTCOME_NOT_SENT,
        Some(Outcome::Unknown) => PM_OUTCOME_UNKNOWN,
    }
}

/// The outcome that a caller names; `None` for PM_OUTCOME_NONE.
pub(crate) fn wanted_outcome(outcome: pm_outcome) -> Result<Option<Outcome>, ArgumentError> {
    let known =
        [None, Some(Outcome::Sent), Some(Outcome::Rejected), Some(Outcome::NotSent), Some(Outcome::Unknown)];
    let found = known.into_iter().find(|known| outcome_of(*known).code() == outcome);
    found.ok_or(ArgumentError { field: "outcome", problem: Problem::NoOutcome })
}

impl Status {
    /// As it crosses the border.
    pub(crate) const fn code(self) -> pm_status {
        self as pm_status
    }

    pub(crate) fn name(self) -> &'static CStr {
        match self {
            PM_OK => c"PM_OK",
            PM_CONFIG_ERROR => c"PM_CONFIG_ERROR",
            PM_INVALID_MESSAGE => c"PM_INVALID_MESSAGE",
            PM_TRANSPORT_ERROR => c"PM_TRANSPORT_ERROR",
            PM_API_ERROR => c"PM_API_ERROR",
            PM_PROTOCOL_ERROR => c"PM_PROTOCOL_ERROR",
            PM_UNKNOWN => c"PM_UNKNOWN",
            PM_INTERNAL_ERROR => c"PM_INTERNAL_ERROR",
            PM_SPEND_LIMIT_ERROR => c"PM_SPEND_LIMIT_ERROR",
            PM_JOURNAL_ERROR => c"PM_JOURNAL_ERROR",
            PM_RESOURCE_ERROR => c"PM_RESOURCE_ERROR",
            PM_QUEUE_FULL => c"PM_QUEUE_FULL",
        }
    }
}

pub(crate) const STATUSES: [Status; 12] = [
    PM_OK,
    PM_CONFIG_ERROR,
    PM_INVALID_MESSAGE,
    PM_TRANSPORT_ERROR,
    PM_API_ERROR,
    PM_PROTOCOL_ERROR,
    PM_UNKNOWN,
    PM_INTERNAL_ERROR,
    PM_SPEND_LIMIT_ERROR,
    PM_JOURNAL_ERROR,
    PM_RESOURCE_ERROR,
    PM_QUEUE_FULL,
];

impl OutcomeCode {
    /// As it crosses the border.
    pub(crate) const fn code(self) -> pm_outcome {
        self as pm_outcome
    }

    pub(crate) fn name(self) -> &'static CStr {
        match self {
            PM_OUTCOME_NONE => c"none",
            PM_OUTCOME_SENT => c"sent",
            PM_OUTCOME_REJECTED => c"rejected",
            PM_OUTCOME_NOT_SENT => c"not_sent",
            PM_OUTCOME_UNKNOWN => c"unknown",
        }
    }
}

pub(crate) const OUTCOMES: [OutcomeCode; 5] =
    [PM_OUTCOME_NONE, PM_OUTCOME_SENT, PM_OUTCOME_REJECTED, PM_OUTCOME_NOT_SENT, PM_OUTCOME_UNKNOWN];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handles::call_kind::{CALL_KINDS, CallKind};

    #[test]
    fn every_class_has_its_status() {
        for class in ErrorClass::ALL {
            let status = status_of(class);
            let expected = match class.parent() {
                None => PM_INTERNAL_ERROR,
                Some(ErrorClass::Api) => PM_API_ERROR,
                Some(_) => status,
            };
            assert_eq!(status, expected, "{}", class.name());
            assert_eq!(status == PM_INTERNAL_ERROR, class == ErrorClass::Base);
        }
    }

    #[test]
    fn no_number_is_in_two_enums() {
        let mut numbers: Vec<i32> = STATUSES.map(Status::code).into();
        numbers.extend(OUTCOMES.map(OutcomeCode::code));
        numbers.extend(CALL_KINDS.map(CallKind::code));
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }

    #[test]
    fn outcomes_are_named_as_in_the_core() {
        for outcome in [Outcome::Sent, Outcome::Rejected, Outcome::NotSent, Outcome::Unknown] {
            assert_eq!(outcome_of(Some(outcome)).name().to_str(), Ok(outcome.as_str()));
        }
    }
}
