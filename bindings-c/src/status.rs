//! The numbers that C programs branch on.

use std::ffi::c_char;

use partner_messaging::{ErrorClass, Outcome};

use crate::ffi;

/// How a call ended: PM_OK, or the class of its error.
///
/// One of the constants PM_OK to PM_INTERNAL_ERROR. Later versions may add
/// others: treat one you don't know as PM_INTERNAL_ERROR.
pub type pm_status = i32;

/// The call did what it is for. After a send: the service accepted the message.
pub const PM_OK: pm_status = 0;
/// The options, or an argument that is no message, are unusable. Nothing was sent.
pub const PM_CONFIG_ERROR: pm_status = 1;
/// The message was refused before any I/O; see pm_error_field(). Nothing was sent.
pub const PM_INVALID_MESSAGE: pm_status = 2;
/// The network did not allow it. Nothing was sent.
pub const PM_TRANSPORT_ERROR: pm_status = 3;
/// The service refused; see pm_error_code() and pm_error_http_status().
pub const PM_API_ERROR: pm_status = 4;
/// A read's answer is not the documented envelope.
pub const PM_PROTOCOL_ERROR: pm_status = 5;
/// A fault of this library or of the machine; pm_error_outcome() says what it
/// means for the message.
pub const PM_INTERNAL_ERROR: pm_status = 7;

/// What became of a message; every send ends in exactly one outcome.
///
/// One of the constants PM_OUTCOME_NONE to PM_OUTCOME_UNKNOWN.
pub type pm_outcome = i32;

/// No message was at stake.
pub const PM_OUTCOME_NONE: pm_outcome = 0;
/// The service accepted the message.
pub const PM_OUTCOME_SENT: pm_outcome = 1;
/// The service answered that it did not take the message.
pub const PM_OUTCOME_REJECTED: pm_outcome = 2;
/// Proved: no complete request left this process.
pub const PM_OUTCOME_NOT_SENT: pm_outcome = 3;
/// The message may have been accepted, and may not: sending it again may
/// deliver it twice. It is the name of a pm_status, too, with the same value:
/// the status of a send that ended in this outcome.
pub const PM_OUTCOME_UNKNOWN: pm_outcome = 6;

/// The class of an error as a status.
pub(crate) fn status_of(class: ErrorClass) -> pm_status {
    match class {
        ErrorClass::Config => PM_CONFIG_ERROR,
        ErrorClass::InvalidMessage => PM_INVALID_MESSAGE,
        ErrorClass::Transport => PM_TRANSPORT_ERROR,
        ErrorClass::Api => PM_API_ERROR,
        ErrorClass::OutcomeUnknown => PM_OUTCOME_UNKNOWN,
        ErrorClass::Protocol => PM_PROTOCOL_ERROR,
        // A finer class is told by its name; its status is that of the class above it.
        finer => finer.parent().map_or(PM_INTERNAL_ERROR, status_of),
    }
}

pub(crate) fn outcome_of(outcome: Option<Outcome>) -> pm_outcome {
    match outcome {
        None => PM_OUTCOME_NONE,
        Some(Outcome::Sent) => PM_OUTCOME_SENT,
        Some(Outcome::Rejected) => PM_OUTCOME_REJECTED,
        Some(Outcome::NotSent) => PM_OUTCOME_NOT_SENT,
        Some(Outcome::Unknown) => PM_OUTCOME_UNKNOWN,
    }
}

/// The name of a status, for example "PM_OK"; never NULL. The text is static.
#[unsafe(no_mangle)]
pub extern "C" fn pm_status_name(status: pm_status) -> *const c_char {
    let name = match status {
        PM_OK => c"PM_OK",
        PM_CONFIG_ERROR => c"PM_CONFIG_ERROR",
        PM_INVALID_MESSAGE => c"PM_INVALID_MESSAGE",
        PM_TRANSPORT_ERROR => c"PM_TRANSPORT_ERROR",
        PM_API_ERROR => c"PM_API_ERROR",
        PM_PROTOCOL_ERROR => c"PM_PROTOCOL_ERROR",
        PM_OUTCOME_UNKNOWN => c"PM_OUTCOME_UNKNOWN",
        PM_INTERNAL_ERROR => c"PM_INTERNAL_ERROR",
        _ => c"?",
    };
    ffi::entry(c"?".as_ptr(), || name.as_ptr())
}

/// The stable word for an outcome: "none", "sent", "rejected", "not_sent" or
/// "unknown"; "?" for any other number, never NULL. The text is static.
#[unsafe(no_mangle)]
pub extern "C" fn pm_outcome_name(outcome: pm_outcome) -> *const c_char {
    let name = match outcome {
        PM_OUTCOME_NONE => c"none",
        PM_OUTCOME_SENT => c"sent",
        PM_OUTCOME_REJECTED => c"rejected",
        PM_OUTCOME_NOT_SENT => c"not_sent",
        PM_OUTCOME_UNKNOWN => c"unknown",
        _ => c"?",
    };
    ffi::entry(c"?".as_ptr(), || name.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn outcomes_are_named_as_in_the_core() {
        for outcome in [Outcome::Sent, Outcome::Rejected, Outcome::NotSent, Outcome::Unknown] {
            let name = pm_outcome_name(outcome_of(Some(outcome)));
            assert_eq!(ffi::text(name).ok(), Some(outcome.as_str()));
        }
    }
}
