//! What there is: a store's record of one key, processes, what their claims came to.

use partner_messaging::Outcome;
use partner_messaging::journal::{ClaimId, Conflict, Ending, Entry, FORM};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    /// What is recorded outlives a loss of power once a claim was synced after it. An owner that
    /// is gone is seen at once.
    File,
    /// What was committed stays. That an owner is gone is not seen.
    Server,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) record: Option<Record>,
    /// What a loss of power leaves of it.
    pub(crate) synced: Option<Record>,
    pub(crate) processes: Vec<Step>,
    pub(crate) claims: Vec<ClaimState>,
    /// A claim took the place of one that may have been sent.
    pub(crate) opened_early: bool,
    pub(crate) lost_power: bool,
}

/// How far a process has got with its call. The number is its claim's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Idle,
    /// It has read that it may claim.
    Free,
    /// The claim stands in the store, and it doesn't know yet.
    Committed(usize),
    Claimed(usize),
    /// Its barrier is open.
    Open(usize),
    /// Its request was handed over.
    Out(usize),
    /// It has this to record.
    Ended(usize, Outcome),
    Done,
}

impl Step {
    pub(crate) fn claim(self) -> Option<usize> {
        match self {
            Self::Committed(claim) | Self::Claimed(claim) | Self::Open(claim) => Some(claim),
            Self::Out(claim) | Self::Ended(claim, _) => Some(claim),
            Self::Idle | Self::Free | Self::Done => None,
        }
    }
}

/// What became of a claim outside of the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ClaimState {
    /// Its deadline has passed.
    pub(crate) is_over: bool,
    /// Its process has crashed.
    pub(crate) is_gone: bool,
    pub(crate) request: Request,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Request {
    #[default]
    Held,
    /// On its way, for as long as the network likes.
    Out,
    Accepted,
    Refused,
}

/// What the store has under the key, as the rules' [`Entry`] without what is the same in all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) claim: usize,
    pub(crate) outcome: Option<Outcome>,
    message_id: Option<String>,
    resolved: bool,
    pub(crate) conflict: Option<(Outcome, Option<String>)>,
}

pub(crate) fn id(claim: usize) -> ClaimId {
    ClaimId { owner: 1, number: claim as u64 }
}

/// An end; what was sent has an id by its claim.
pub(crate) fn ending(claim: usize, outcome: Outcome) -> Ending {
    let message_id = (outcome == Outcome::Sent).then(|| claim.to_string());
    Ending { outcome, kind: None, code: None, channel: None, message_id, cost: None, currency: None, at: 0 }
}

impl Record {
    pub(crate) fn of_claim(claim: usize) -> Self {
        Self { claim, outcome: None, message_id: None, resolved: false, conflict: None }
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry {
            key: String::new(),
            digest: [0; 32],
            form: FORM,
            claim: id(self.claim),
            channel: String::new(),
            claimed_at: 0,
            deadline: 0,
            ending: self.outcome.map(|it| Ending { message_id: self.message_id.clone(), ..ending(0, it) }),
            resolved: self.resolved,
            conflict: self.conflict.clone().map(|(outcome, message_id)| Conflict {
                outcome,
                message_id,
                at: 0,
            }),
        }
    }

    pub(crate) fn of_entry(entry: Entry) -> Self {
        Self {
            claim: entry.claim.number as usize,
            outcome: entry.outcome(),
            message_id: entry.ending.and_then(|ending| ending.message_id),
            resolved: entry.resolved,
            conflict: entry.conflict.map(|it| (it.outcome, it.message_id)),
        }
    }
}

impl World {
    pub(crate) fn new(processes: usize) -> Self {
        Self {
            record: None,
            synced: None,
            processes: vec![Step::Idle; processes],
            claims: Vec::new(),
            opened_early: false,
            lost_power: false,
        }
    }

    /// The entry as a store gives it: interrupted where its time or its owner is over.
    pub(crate) fn entry(&self, store: StoreKind) -> Option<Entry> {
        let record = self.record.as_ref()?;
        let claim = &self.claims[record.claim];
        let mut entry = record.entry();
        if claim.is_over || claim.is_gone && store == StoreKind::File {
            entry.interrupt();
        }
        Some(entry)
    }

    pub(crate) fn accepted(&self) -> usize {
        self.claims.iter().filter(|claim| claim.request == Request::Accepted).count()
    }

    /// Whether a claim's message was accepted, or may still be.
    pub(crate) fn may_be_accepted(&self, claim: usize) -> bool {
        let ClaimState { is_over, request, .. } = self.claims[claim];
        matches!(request, Request::Out | Request::Accepted)
            || self.processes.iter().any(|step| match *step {
                Step::Open(it) => it == claim,
                Step::Committed(it) | Step::Claimed(it) => it == claim && !is_over,
                _ => false,
            })
    }
}
