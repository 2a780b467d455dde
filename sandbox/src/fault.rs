//! The faults that a test can ask for, and the order in which requests take them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::{ControlError, parse};
use crate::fault_json::FaultFields;

/// A fault and how many requests take it.
///
/// In JSON it is one object: `{"kind": "truncate", "after": 20, "times": 2}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FaultFields", into = "FaultFields")]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// How many requests take it before it is used up; 1 by default. A fault that is
    /// set, not pushed, is never used up.
    pub times: u32,
}

/// What happens to a request.
///
/// The first five and what `Limit` turns away are answered in the service's place, and
/// the service never sees the request. With `CloseBeforeRead` and `Refuse` the request is not even read. With all
/// others the request is processed, as it would be by a real service whose answer is
/// lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Exactly this answer.
    Respond {
        /// The status, 200 to 599.
        status: u16,
        /// The headers; without `content-type` it is `application/json`.
        headers: BTreeMap<String, String>,
        /// The body. In JSON, text is taken as it is, another value as its compact text.
        body: String,
    },
    /// The failure envelope of a documented code, with the status that the sandbox
    /// uses for it; 400 for a code that it does not know.
    Code {
        /// The code, such as `ORG_INACTIVE`.
        code: String,
    },
    /// 502 with an HTML page, as a proxy sends it.
    Html502,
    /// 429.
    RateLimit {
        /// The value of the `retry-after` header: seconds, a date, or anything else.
        retry_after: Option<String>,
        /// Whether the body is a failure envelope; plain text otherwise.
        envelope: bool,
    },
    /// 429 with `retry-after: 1` for every request that comes when as many as this were
    /// let through in the last second. Takes effect at once, is not taken by a request, and
    /// stays until a fault is set (also `None`) or the sandbox is reset. The other faults go
    /// on: a request that is let through takes them, one that is turned away does not.
    Limit {
        /// How many requests are let through in any second; 1 or more.
        per_second: u32,
        /// Whether the body is a failure envelope; plain text otherwise.
        envelope: bool,
    },
    /// A redirection.
    Redirect {
        /// The status, 300 to 399; 307 by default.
        status: u16,
        /// The `location`; the sandbox's own send URL by default.
        location: Option<String>,
    },
    /// FIN as soon as a request's path begins to arrive. Not recorded.
    CloseBeforeRead,
    /// FIN without a byte of answer.
    CloseAfterRead,
    /// RST without a byte of answer.
    Reset,
    /// No answer.
    Stall {
        /// After this time the answer comes after all.
        ms: Option<u64>,
    },
    /// The answer's beginning, then FIN.
    Truncate {
        /// How many bytes of the answer, head included, are sent; by default the head and
        /// half of the body.
        after: Option<u64>,
    },
    /// Bytes that are no HTTP, then FIN.
    Garbage,
    /// The answer byte by byte.
    Slow {
        /// The pause after each byte.
        ms_per_byte: u64,
    },
    /// 200 with a body that is not JSON.
    Unreadable,
    /// The port is closed: connecting is refused, and idle connections end. Takes effect
    /// at once and is not taken by a request.
    Refuse {
        /// How long; without it until a fault is set (also `None`) or the sandbox is reset.
        ms: Option<u64>,
    },
}

impl Fault {
    /// A fault that one request takes.
    pub fn new(kind: FaultKind) -> Fault {
        Fault { kind, times: 1 }
    }

    /// The same fault for so many requests.
    pub fn times(mut self, times: u32) -> Fault {
        self.times = times;
        self
    }

    /// Reads a fault from JSON, such as `{"kind": "stall", "ms": 200}`.
    pub fn from_json(text: &str) -> Result<Fault, ControlError> {
        parse::<FaultFields>(text)?.try_into()
    }
}

impl FaultKind {
    /// Whether it is the connection that plays this fault.
    pub(crate) fn is_for_the_wire(&self) -> bool {
        match self {
            FaultKind::CloseBeforeRead
            | FaultKind::CloseAfterRead
            | FaultKind::Reset
            | FaultKind::Stall { .. }
            | FaultKind::Truncate { .. }
            | FaultKind::Garbage
            | FaultKind::Slow { .. } => true,
            FaultKind::Respond { .. }
            | FaultKind::Code { .. }
            | FaultKind::Html502
            | FaultKind::RateLimit { .. }
            | FaultKind::Limit { .. }
            | FaultKind::Redirect { .. }
            | FaultKind::Unreadable
            | FaultKind::Refuse { .. } => false,
        }
    }
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Fault {
        Fault::new(kind)
    }
}

/// How many pushed faults are listed.
const MAX_SHOWN: usize = 50;

/// The faults that wait for requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queue: VecDeque<Fault>,
    sticky: Option<Fault>,
    limit: Option<Limit>,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: Fault) {
        match Limit::for_fault(&fault.kind) {
            Some(limit) => self.limit = Some(limit),
            None if fault.times > 0 => self.queue.push_back(fault),
            None => {}
        }
    }

    pub(crate) fn set(&mut self, fault: Option<Fault>) {
        self.limit = fault.as_ref().and_then(|fault| Limit::for_fault(&fault.kind));
        self.sticky = fault.filter(|_| self.limit.is_none());
    }

    /// What waits, for somebody who looks.
    pub(crate) fn waiting(&self) -> WaitingFaults {
        WaitingFaults {
            queue: self.queue.iter().take(MAX_SHOWN).cloned().collect(),
            queued: self.queue.iter().map(|fault| u64::from(fault.times)).sum(),
            set: self.sticky.clone(),
            limit: self.limit.as_ref().map(|limit| limit.kind.clone().into()),
        }
    }

    /// The limit that turns a request of this moment away. One that it lets through counts.
    pub(crate) fn turned_away(&mut self, now: Instant) -> Option<FaultKind> {
        let limit = self.limit.as_mut()?;
        (!limit.lets_through(now)).then(|| limit.kind.clone())
    }

    /// The fault of the next request, which stays where it is.
    pub(crate) fn next(&self) -> Option<&FaultKind> {
        let fault = self.queue.front().or(self.sticky.as_ref())?;
        Some(&fault.kind)
    }

    /// The fault of the request that is there now.
    pub(crate) fn take(&mut self) -> Option<FaultKind> {
        let Some(first) = self.queue.front_mut() else {
            return self.sticky.as_ref().map(|fault| fault.kind.clone());
        };
        first.times -= 1;
        if first.times > 0 {
            return Some(first.kind.clone());
        }
        self.queue.pop_front().map(|fault| fault.kind)
    }
}

/// The faults that wait at a moment.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct WaitingFaults {
    /// The first of those that were pushed.
    queue: Vec<Fault>,
    /// How many requests the pushed ones wait for.
    queued: u64,
    set: Option<Fault>,
    limit: Option<Fault>,
}

/// A rate limit and the requests that it let through in the last second.
#[derive(Debug)]
struct Limit {
    kind: FaultKind,
    per_second: usize,
    let_through: VecDeque<Instant>,
}

impl Limit {
    fn for_fault(kind: &FaultKind) -> Option<Limit> {
        let FaultKind::Limit { per_second, .. } = kind else {
            return None;
        };
        let per_second = (*per_second).try_into().unwrap_or(usize::MAX);
        Some(Limit { kind: kind.clone(), per_second, let_through: VecDeque::new() })
    }

    fn lets_through(&mut self, now: Instant) -> bool {
        let passed = |at: &Instant| now.saturating_duration_since(*at) >= Duration::from_secs(1);
        while self.let_through.front().is_some_and(passed) {
            self.let_through.pop_front();
        }
        let room = self.let_through.len() < self.per_second;
        if room {
            self.let_through.push_back(now);
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushed_faults_go_first_and_are_used_up() {
        use FaultKind::{Garbage, Html502, Reset};
        let mut faults = Faults::default();
        faults.set(Some(Html502.into()));
        faults.push(Fault::new(Reset).times(2));
        faults.push(Garbage.into());
        let taken: Vec<_> = (0..5).filter_map(|_| faults.take()).collect();
        assert_eq!(taken, [Reset, Reset, Garbage, Html502, Html502]);
        faults.set(None);
        assert_eq!(faults.take(), None);
    }

    #[test]
    fn no_second_has_more_than_the_limit() {
        let start = Instant::now();
        let mut faults = Faults::default();
        let let_through = |faults: &mut Faults, ms| {
            let now = start + Duration::from_millis(ms);
            faults.turned_away(now).is_none()
        };
        assert!(let_through(&mut faults, 0));
        faults.push(FaultKind::Limit { per_second: 2, envelope: false }.into());
        let times = [0, 600, 600, 999, 1000, 1001, 1599, 1600, 2600, 2601, 2602];
        let through: Vec<_> = times.into_iter().filter(|ms| let_through(&mut faults, *ms)).collect();
        assert_eq!(through, [0, 600, 1000, 1600, 2600, 2601]);
    }

    #[test]
    fn a_limit_stays_beside_pushed_faults_until_a_fault_is_set() {
        let limit = || Fault::new(FaultKind::Limit { per_second: 1, envelope: true });
        let now = Instant::now();
        let mut faults = Faults::default();
        faults.set(Some(FaultKind::Reset.into()));
        faults.push(limit());
        faults.push(FaultKind::Garbage.into());
        assert_eq!(faults.turned_away(now), None);
        assert_eq!(faults.turned_away(now), Some(limit().kind));
        assert_eq!([faults.take(), faults.take()], [Some(FaultKind::Garbage), Some(FaultKind::Reset)]);
        for set in [None, Some(FaultKind::Reset.into())] {
            faults.set(Some(limit()));
            assert_eq!((faults.turned_away(now), faults.take()), (None, None));
            assert!(faults.turned_away(now).is_some());
            faults.set(set);
            assert_eq!(faults.turned_away(now), None);
        }
    }
}
