//! What can happen, and what must hold.

use partner_messaging::Outcome;
use partner_messaging::journal::rules::{self, Decision};
use partner_messaging::journal::{Claim, ClaimDeadline, Resolution, Settlement};
use stateright::{Model, Property};

use crate::world::{ClaimState, Record, Request, Step, StoreKind, World, ending, id};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    pub(crate) store: StoreKind,
    pub(crate) processes: usize,
    /// How many claims there are at most: each call may come again and again.
    pub(crate) claims: usize,
    pub(crate) mutation: Option<Mutation>,
}

/// One thing done otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// A claim whose time is over is free, as in a task queue.
    TimeOpensClaims,
    UnknownIsFree,
    /// The barrier doesn't look at the clocks.
    BarrierForgetsTime,
    ClaimIsNotSynced,
    /// After a failover to an asynchronous replica.
    ReplicaLacksClaims,
    /// What got no answer counts as not sent.
    SilenceIsNotSent,
    /// An outcome counts for whatever claim the key has by now.
    AnybodySettles,
    /// So does a resolution.
    ResolvesWhatWasNotRead,
    /// A person says `not_sent` of what was sent.
    PersonErrs,
}

/// What a process, by its number, a claim's request, time, a person or the machine does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    LookUp(usize),
    Commit(usize),
    HearOfCommit(usize),
    LoseCommit(usize),
    OpenBarrier(usize),
    EndBeforeBarrier(usize),
    HandOver(usize),
    HearAnswer(usize),
    GiveUp(usize),
    Record(usize),
    CallAgain(usize),
    Crash(usize),
    Accept(usize),
    Refuse(usize),
    PassDeadline(usize),
    Resolve(usize, Outcome),
    LosePower,
}

pub(crate) const ONCE: &str = "at most one message is accepted";
pub(crate) const NEVER_BY_TIME: &str = "a claim is replaced only where nothing was accepted";

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.processes)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        use Action::*;
        for process in 0..self.processes {
            let of_process = [LookUp, Commit, HearOfCommit, LoseCommit, OpenBarrier, EndBeforeBarrier];
            actions.extend(of_process.map(|action| action(process)));
            let of_process = [HandOver, HearAnswer, GiveUp, Record, CallAgain, Crash];
            actions.extend(of_process.map(|action| action(process)));
        }
        for claim in 0..world.claims.len() {
            actions.extend([Accept, Refuse, PassDeadline].map(|action| action(claim)));
            actions.extend([Outcome::Sent, Outcome::NotSent].map(|outcome| Resolve(claim, outcome)));
        }
        actions.push(LosePower);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        let done = match action {
            Action::Accept(claim) => next.answer(claim, Request::Accepted),
            Action::Refuse(claim) => next.answer(claim, Request::Refused),
            Action::PassDeadline(claim) => !std::mem::replace(&mut next.claims[claim].is_over, true),
            Action::Resolve(claim, outcome) => self.resolve(&mut next, claim, outcome),
            Action::LosePower => self.lose_power(&mut next),
            Action::Commit(process) => self.commit(&mut next, process),
            Action::Record(process) => self.settle(&mut next, process),
            Action::Crash(process) => next.crash(process),
            Action::LookUp(process)
            | Action::HearOfCommit(process)
            | Action::LoseCommit(process)
            | Action::OpenBarrier(process)
            | Action::EndBeforeBarrier(process)
            | Action::HandOver(process)
            | Action::HearAnswer(process)
            | Action::GiveUp(process)
            | Action::CallAgain(process) => match self.step(&mut next, action, world.processes[process]) {
                Some(step) => {
                    next.processes[process] = step;
                    true
                }
                None => false,
            },
        };
        done.then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONCE, |_, world: &World| world.accepted() <= 1),
            Property::always(NEVER_BY_TIME, |_, world: &World| !world.opened_early),
            Property::always("what is sent was accepted", |_, world: &World| {
                !world.is(&[Outcome::Sent]) || world.accepted() == 1
            }),
            Property::always("what is not sent was not accepted, nor will be", |_, world: &World| {
                let claim = world.record.as_ref().map_or(0, |record| record.claim);
                !world.is(&[Outcome::NotSent, Outcome::Rejected]) || !world.may_be_accepted(claim)
            }),
            Property::always("nobody is contradicted", |_, world: &World| {
                world.record.as_ref().is_none_or(|record| record.conflict.is_none())
            }),
            // All of this comes about.
            Property::sometimes("the last claim is sent", |protocol: &Self, world: &World| {
                world.claims.len() == protocol.claims && world.is(&[Outcome::Sent])
            }),
            Property::sometimes("a frozen process is overtaken", |_, world: &World| {
                let replaced = world.record.as_ref().map_or(0, |record| record.claim);
                let frozen = |step: &Step| matches!(step, Step::Claimed(claim) if *claim < replaced);
                world.accepted() == 1 && world.processes.iter().any(frozen)
            }),
            Property::sometimes("nobody knows", |_, world: &World| {
                world.is(&[Outcome::Unknown]) && world.accepted() == 1
            }),
        ]
    }
}

impl Protocol {
    fn is(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// Where a process gets that does something for itself; `None` where it can't.
    fn step(&self, world: &mut World, action: Action, step: Step) -> Option<Step> {
        match (action, step) {
            (Action::LookUp(_), Step::Idle) => {
                match rules::decide(world.entry(self.store).as_ref(), &[0; 32]) {
                    Decision::Claim => Some(Step::Free),
                    // Others may have made it free before its commit.
                    Decision::Replay | Decision::Unknown if self.mutation.is_none() => Some(Step::Done),
                    Decision::Wait if self.mutation.is_none() => None,
                    _ => Some(Step::Free),
                }
            }
            (Action::HearOfCommit(_), Step::Committed(claim)) => Some(Step::Claimed(claim)),
            (Action::LoseCommit(_), Step::Committed(claim))
            | (Action::EndBeforeBarrier(_), Step::Claimed(claim)) => {
                Some(Step::Ended(claim, Outcome::NotSent))
            }
            (Action::OpenBarrier(_), Step::Claimed(claim)) => {
                let opens = !world.claims[claim].is_over || self.is(Mutation::BarrierForgetsTime);
                opens.then_some(Step::Open(claim))
            }
            (Action::HandOver(_), Step::Open(claim)) => {
                world.claims[claim].request = Request::Out;
                Some(Step::Out(claim))
            }
            (Action::HearAnswer(_), Step::Out(claim)) => match world.claims[claim].request {
                Request::Accepted => Some(Step::Ended(claim, Outcome::Sent)),
                Request::Refused => Some(Step::Ended(claim, Outcome::Rejected)),
                Request::Held | Request::Out => None,
            },
            (Action::GiveUp(_), Step::Out(claim)) => match self.is(Mutation::SilenceIsNotSent) {
                true => Some(Step::Ended(claim, Outcome::NotSent)),
                false => Some(Step::Ended(claim, Outcome::Unknown)),
            },
            (Action::CallAgain(_), Step::Done) => Some(Step::Idle),
            _ => None,
        }
    }

    /// The key is claimed if it is free in that moment, whatever was read before.
    fn commit(&self, world: &mut World, process: usize) -> bool {
        let number = world.claims.len();
        if world.processes[process] != Step::Free {
            return false;
        }
        let claim = Claim {
            key: String::new(),
            id: id(number),
            digest: [0; 32],
            channel: String::new(),
            claimed_at: 0,
            deadline: ClaimDeadline { wall: 0, boot: std::time::Duration::ZERO },
            budget: None,
        };
        let is_free = world.record.as_ref().is_none_or(|record| rules::is_free(&record.entry(), &claim));
        let is_unknown = world.entry(self.store).and_then(|entry| entry.outcome()) == Some(Outcome::Unknown);
        let is_over = world.record.as_ref().is_some_and(|record| world.claims[record.claim].is_over);
        let opens =
            is_unknown && (is_over && self.is(Mutation::TimeOpensClaims) || self.is(Mutation::UnknownIsFree));
        if !is_free && !opens {
            world.processes[process] = Step::Idle;
            return true;
        }
        if number == self.claims {
            return false;
        }
        world.opened_early |= world.record.is_some() && !world.is(&[Outcome::NotSent, Outcome::Rejected]);
        world.claims.push(ClaimState::default());
        world.record = Some(Record::of_claim(number));
        if !self.is(Mutation::ClaimIsNotSynced) && !self.is(Mutation::ReplicaLacksClaims) {
            world.synced.clone_from(&world.record);
        }
        world.processes[process] = Step::Committed(number);
        true
    }

    fn settle(&self, world: &mut World, process: usize) -> bool {
        let Step::Ended(claim, outcome) = world.processes[process] else { return false };
        if let Some(record) = &mut world.record {
            let mut entry = record.entry();
            let claimed = if self.is(Mutation::AnybodySettles) { entry.claim } else { id(claim) };
            let settlement =
                Settlement { key: String::new(), claim: claimed, ending: ending(claim, outcome) };
            rules::settle(&mut entry, &settlement, false);
            *record = Record::of_entry(entry);
        }
        if self.store == StoreKind::Server && !self.is(Mutation::ReplicaLacksClaims) {
            world.synced.clone_from(&world.record);
        }
        world.processes[process] = Step::Done;
        true
    }

    /// What a person says who has read this claim, and who is right.
    fn resolve(&self, world: &mut World, claim: usize, outcome: Outcome) -> bool {
        let was_accepted = world.claims[claim].request == Request::Accepted;
        let is_right = match outcome {
            Outcome::Sent => was_accepted,
            _ => !world.may_be_accepted(claim),
        };
        let Some(mut entry) = world.entry(self.store) else { return false };
        if !is_right && !self.is(Mutation::PersonErrs) {
            return false;
        }
        let read = if self.is(Mutation::ResolvesWhatWasNotRead) { entry.claim } else { id(claim) };
        let resolution = Resolution { key: String::new(), claim: read, ending: ending(claim, outcome) };
        let resolved = rules::resolve(&mut entry, &resolution);
        if resolved {
            world.record = Some(Record::of_entry(entry));
            world.synced.clone_from(&world.record);
        }
        resolved
    }

    /// Once: every process is gone, and what was not synced.
    fn lose_power(&self, world: &mut World) -> bool {
        let loses = self.store == StoreKind::File || self.is(Mutation::ReplicaLacksClaims);
        if !loses || std::mem::replace(&mut world.lost_power, true) {
            return false;
        }
        world.record.clone_from(&world.synced);
        if self.store == StoreKind::File {
            for process in 0..self.processes {
                world.crash(process);
            }
        }
        true
    }
}

impl World {
    /// Whether the store has one of these outcomes.
    fn is(&self, outcomes: &[Outcome]) -> bool {
        self.record.as_ref().and_then(|record| record.outcome).is_some_and(|it| outcomes.contains(&it))
    }

    fn answer(&mut self, claim: usize, answer: Request) -> bool {
        let request = &mut self.claims[claim].request;
        *request == Request::Out && {
            *request = answer;
            true
        }
    }

    /// It begins anew, as another owner.
    fn crash(&mut self, process: usize) -> bool {
        let step = std::mem::replace(&mut self.processes[process], Step::Idle);
        if let Some(claim) = step.claim() {
            self.claims[claim].is_gone = true;
        }
        step.claim().is_some()
    }
}
