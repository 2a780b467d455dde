//! What is counted together for all clients that share a journal, or are made of one set
//! of options.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, Weak};

use super::pace::{Departures, Pace};
use super::rate::Rate;
use super::shared_pace::SharedPace;
use super::spending::{SpendLimit, Spendings};
use crate::journal::{Amounts, JournalHandle};
use crate::util::{PerProcess, lock};

/// What has left, and what it cost.
#[derive(Default)]
pub(crate) struct SharedCounts {
    departures: Arc<Departures>,
    /// This process's shares of the rates that clients of the journal have.
    shares: Mutex<HashMap<Rate, Weak<SharedPace>>>,
    spendings: Arc<Spendings>,
}

/// Those of the journals that are open in this process.
static OF_JOURNALS: PerProcess<Mutex<HashMap<usize, Weak<SharedCounts>>>> = PerProcess::new();

impl SharedCounts {
    /// The pace of a client with this `max_rate`; with a journal all who share that count.
    pub(crate) fn pace(&self, rate: f64, journal: Option<&JournalHandle>) -> Arc<Pace> {
        let rate = Rate::new(rate);
        let Some(journal) = journal else { return Arc::new(Pace::new(rate, self.departures.clone())) };
        let mut shares = lock(&self.shares);
        shares.retain(|_, share| share.strong_count() > 0);
        let share = shares.get(&rate).and_then(Weak::upgrade).unwrap_or_else(|| {
            let share = SharedPace::new(rate, journal.reference());
            shares.insert(rate, Arc::downgrade(&share));
            share
        });
        Arc::new(Pace::with_share(rate, share))
    }

    /// The limit of a client with these options.
    pub(crate) fn spend_limit(&self, limits: Amounts, max_cost: Amounts) -> Arc<SpendLimit> {
        SpendLimit::new(limits, max_cost, self.spendings.clone())
    }

    /// Those of a journal: they are the same as long as one of its clients is there.
    pub(crate) fn for_journal(journal: &JournalHandle) -> Arc<Self> {
        let Ok(all) = OF_JOURNALS.get(|| Ok::<_, Infallible>(Mutex::default()));
        let mut all = lock(&all);
        all.retain(|_, counts| counts.strong_count() > 0);
        let entry = all.entry(journal.address()).or_default();
        entry.upgrade().unwrap_or_else(|| {
            let counts = Arc::new(Self::default());
            *entry = Arc::downgrade(&counts);
            counts
        })
    }
}

/// Lets their memory go where no journal is open any more.
pub(crate) fn release() {
    let is_open = |counts: &Weak<SharedCounts>| counts.strong_count() > 0;
    if let Some(all) = OF_JOURNALS.existing()
        && !lock(&all).values().any(is_open)
    {
        drop(OF_JOURNALS.take());
    }
}
