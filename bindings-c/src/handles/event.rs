//! Events of a client's calls.

use std::ffi::CString;
use std::time::Duration;

use partner_messaging::{Event, Step};

use super::status::{OutcomeCode, PM_OUTCOME_NONE, outcome_of};
use crate::ffi::c_string;

/// A step of a call: an attempt, a pause before the next, what its journal says, or
/// the call's end.
///
/// It never holds the API key, a message's text or a whole recipient.
pub struct pm_event {
    pub(crate) text: CString,
    pub(crate) step: CString,
    pub(crate) call: CString,
    pub(crate) channel: Option<CString>,
    pub(crate) recipient: Option<CString>,
    pub(crate) kind: Option<CString>,
    pub(crate) outcome: OutcomeCode,
    pub(crate) attempts: u32,
    pub(crate) http_status: i32,
    pub(crate) pause: Option<Duration>,
    pub(crate) elapsed: Option<Duration>,
}

impl From<&Event> for pm_event {
    fn from(event: &Event) -> Self {
        let mut made = Self {
            text: c_string(event.to_string()),
            step: c_string(event.step.as_str()),
            call: c_string(event.call),
            channel: event.channel.as_deref().map(c_string),
            recipient: event.recipient.as_deref().map(c_string),
            kind: None,
            outcome: PM_OUTCOME_NONE,
            attempts: 0,
            http_status: 0,
            pause: None,
            elapsed: None,
        };
        match &event.step {
            Step::Attempt { number } => {
                made.attempts = *number;
            }
            Step::Retry { number, kind, pause } => {
                made.attempts = *number;
                made.kind = Some(c_string(kind.as_str()));
                made.pause = Some(*pause);
            }
            Step::Ended { outcome, kind, status, attempts, elapsed } => {
                made.outcome = outcome_of(*outcome);
                made.kind = kind.map(|kind| c_string(kind.as_str()));
                made.http_status = status.map_or(0, i32::from);
                made.attempts = *attempts;
                made.elapsed = Some(*elapsed);
            }
            Step::SlowCallback { elapsed } => made.elapsed = Some(*elapsed),
            // What the journal tells, and whatever else a later core may have.
            step => made.step = c_string(step.as_str()),
        }
        made
    }
}
