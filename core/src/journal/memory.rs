//! A store in memory, which can be told to fail; for the tests of the rules and the engine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::{
    Affordability, Claim, Claimed, Committed, Entry, Identity, OpenStore, RateRequest, RateShare, RateState,
    RecordQuery, Resolution, Resolved, Settled, Settlement, Spending, Stop, Store, StoreError, rules,
    since_boot, wall_millis,
};
use crate::error::Outcome;
use crate::types::JournalSummary;

#[derive(Clone, Default)]
pub(crate) struct Memory {
    state: Arc<Mutex<State>>,
    /// Whether nothing can be written through this one.
    is_failing: bool,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) entries: BTreeMap<String, Entry>,
    pub(crate) origin: Option<String>,
    /// What the next operations fail with.
    pub(crate) failures: Vec<StoreError>,
    pub(crate) opened: u32,
    /// How many keys were looked up.
    pub(crate) looked_up: usize,
    /// How many settlements and claims each commit had.
    pub(crate) commits: Vec<(usize, usize)>,
    rate: RateState,
    stop: Option<Stop>,
}

impl Memory {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The same store, for another owner, whose every commit fails.
    pub(crate) fn failing(&self) -> Self {
        Self { is_failing: true, ..self.clone() }
    }
}

impl OpenStore for Memory {
    fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        self.state().opened += 1;
        Ok(Box::new(self.clone()))
    }

    fn name(&self) -> String {
        format!("memory {:p}", Arc::as_ptr(&self.state))
    }

    fn is_local(&self) -> bool {
        true
    }

    fn is_loopback(&self) -> bool {
        true
    }
}

impl State {
    fn fail(&mut self) -> Result<(), StoreError> {
        match self.failures.is_empty() {
            true => Ok(()),
            false => Err(self.failures.remove(0)),
        }
    }

    fn spending(&self) -> Spending {
        let mut spending = Spending::default();
        for entry in self.entries.values() {
            let ending = entry.ending.as_ref();
            match (entry.outcome(), ending.and_then(|it| it.cost.zip(it.currency.as_deref()))) {
                (None, _) => spending.begin(&[&entry.channel]),
                (Some(Outcome::Sent), Some((cost, currency))) => {
                    spending.spend(&entry.channel, currency, cost);
                }
                (Some(Outcome::Sent | Outcome::Unknown), _) => spending.spend_unpriced(&entry.channel),
                (Some(Outcome::Rejected | Outcome::NotSent), _) => {}
            }
        }
        spending
    }

    fn has_message(&self, id: Option<&str>, key: &str) -> bool {
        let of = |entry: &Entry| entry.ending.as_ref().and_then(|ending| ending.message_id.clone());
        id.is_some() && self.entries.values().any(|it| it.key != key && of(it).as_deref() == id)
    }
}

impl Store for Memory {
    fn identity(&self) -> Identity {
        Identity { secret: [7; 32], owner: if self.is_failing { 2 } else { 1 } }
    }

    fn bind_origin(&mut self, origin: &str) -> Result<String, StoreError> {
        Ok(self.state().origin.get_or_insert_with(|| origin.to_owned()).clone())
    }

    fn look_up(&mut self, keys: &[&str]) -> Result<Vec<Option<Entry>>, StoreError> {
        let mut state = self.state();
        state.fail()?;
        state.looked_up += keys.len();
        Ok(keys.iter().map(|key| state.entries.get(*key).cloned()).collect())
    }

    fn commit(&mut self, settlements: &[Settlement], claims: &[Claim]) -> Result<Committed, StoreError> {
        assert!(claims.windows(2).all(|pair| pair[0].key < pair[1].key), "in order, a key once");
        if self.is_failing {
            return Err(StoreError::failed("the disk is full"));
        }
        let mut state = self.state();
        state.fail()?;
        state.commits.push((settlements.len(), claims.len()));
        let mut committed = Committed::default();
        for settlement in settlements {
            let id_is_taken = state.has_message(settlement.accepted_id(), &settlement.key);
            let entry = state.entries.get_mut(&settlement.key);
            let settled = entry.map(|entry| rules::settle(entry, settlement, id_is_taken));
            committed.settled.push(settled.unwrap_or(Settled::Superseded));
        }
        for claim in claims {
            let before = state.entries.get(&claim.key).filter(|entry| !rules::is_free(entry, claim)).cloned();
            let claimed = match (before, &claim.budget) {
                (Some(entry), _) => Claimed::Taken(Box::new(entry)),
                (None, Some(budget)) if state.spending().check(budget) != Affordability::Now => {
                    Claimed::Unaffordable
                }
                (None, _) => {
                    state.entries.insert(claim.key.clone(), Entry::of_claim(claim));
                    Claimed::Made
                }
            };
            committed.claims.push(claimed);
        }
        if claims.iter().any(|claim| claim.budget.is_some()) {
            committed.spending = Some(Arc::new(state.spending()));
        }
        Ok(committed)
    }

    fn are_taken(&mut self, message_ids: &[&str]) -> Result<Vec<bool>, StoreError> {
        let state = self.state();
        Ok(message_ids.iter().map(|id| state.has_message(Some(id), "")).collect())
    }

    fn resolve(&mut self, resolution: &Resolution) -> Result<Resolved, StoreError> {
        let mut state = self.state();
        state.fail()?;
        if state.has_message(resolution.ending.message_id.as_deref(), &resolution.key) {
            return Ok(Resolved::Duplicate);
        }
        let Some(entry) = state.entries.get_mut(&resolution.key) else { return Ok(Resolved::Missing) };
        let resolved = rules::resolve(entry, resolution);
        let entry = Box::new(entry.clone());
        Ok(if resolved { Resolved::Done(entry) } else { Resolved::Changed(entry) })
    }

    fn records(&mut self, query: &RecordQuery) -> Result<Vec<Entry>, StoreError> {
        let state = self.state();
        let wanted = |entry: &&Entry| {
            query.after.as_ref().is_none_or(|after| entry.key > *after)
                && query.outcome.is_none_or(|outcome| entry.outcome() == Some(outcome))
        };
        Ok(state.entries.values().filter(wanted).take(query.limit as usize).cloned().collect())
    }

    fn summary(&mut self) -> Result<JournalSummary, StoreError> {
        let state = self.state();
        let of = |outcome| state.entries.values().filter(|it| it.outcome() == outcome).count() as u64;
        Ok(JournalSummary {
            sent: of(Some(Outcome::Sent)),
            unknown: of(Some(Outcome::Unknown)),
            in_progress: of(None),
            ..JournalSummary::default()
        })
    }

    fn spending(&mut self) -> Result<Spending, StoreError> {
        let mut state = self.state();
        state.fail()?;
        Ok(state.spending())
    }

    fn share_rate(&mut self, request: &RateRequest) -> Result<RateShare, StoreError> {
        let mut state = self.state();
        state.fail()?;
        let now = u64::try_from(since_boot().as_millis()).unwrap_or_default();
        Ok(state.rate.share(request, now))
    }

    fn stop(&mut self, reason: &str) -> Result<(), StoreError> {
        let (reason, at) = (reason.to_owned(), wall_millis());
        self.state().stop.get_or_insert(Stop { reason, at });
        Ok(())
    }

    fn stopped(&mut self) -> Result<Option<Stop>, StoreError> {
        Ok(self.state().stop.clone())
    }

    fn resume(&mut self) -> Result<Option<Stop>, StoreError> {
        Ok(self.state().stop.take())
    }

    fn purge(&mut self, before: i64) -> Result<u64, StoreError> {
        let mut state = self.state();
        let count = state.entries.len();
        state.entries.retain(|_, entry| !rules::may_purge(entry, before));
        Ok((count - state.entries.len()) as u64)
    }
}
