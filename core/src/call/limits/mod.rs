//! What bounds a client's requests: how many at once, when the service has had too many,
//! how many in a second, and what they may cost.

mod admission;
mod answer_times;
mod pace;
mod rate;
pub(crate) mod shared_counts;
mod shared_pace;
mod spending;
mod spending_book;

pub(crate) use admission::{Admission, NotAdmitted, Permit};
use answer_times::AnswerTimes;
pub(crate) use pace::Pace;
pub(crate) use shared_counts::SharedCounts;
pub(crate) use spending::{Reservation, SpendLimit};
