//! The journal: what became of the message under a key, over crashes, processes and
//! machines.
//!
//! Here are the rules and the thread that gathers what calls ask for; databases
//! implement [`Store`]. Users open a journal with the crate
//! `partner-messaging-journal`, which has the stores.

mod call;
mod canonical;
mod compare;
mod engine;
mod engine_state;
mod entry;
mod handle;
mod key;
#[cfg(test)]
pub(crate) mod memory;
mod rate;
pub mod rules;
mod session;
mod spending;
mod store;
#[cfg(test)]
mod tests;
pub(crate) mod unrecorded;
mod worker;

pub use crate::util::clock::{rfc3339, since_boot, wall_millis};
pub use crate::util::decimal::exact_sum;
pub use call::{JournalCall, journal_error};
pub(crate) use canonical::NoForm;
pub use canonical::{Canonical, Digest, FORM};
pub use compare::{Digester, KeyState};
pub(crate) use engine_state::EndOfClaim;
pub use entry::{Claim, ClaimDeadline, ClaimId, Conflict, Ending, Entry, Settlement};
pub use handle::{JournalHandle, JournalRecords, WeakJournal};
pub use key::check_key;
pub use rate::{RateRequest, RateShare, RateState};
pub(crate) use session::{JournalRef, Session};
pub use spending::{Affordability, Amounts, Budget, Spending};
pub use store::{
    Claimed, Committed, Identity, OpenStore, RecordQuery, Resolution, Resolved, Settled, Stop, Store,
    StoreError,
};
