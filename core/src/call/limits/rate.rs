//! `max_rate` as a count in a window of time.

use std::time::Duration;

/// A second, and a little more: what leaves evenly does not arrive evenly.
const WINDOW: Duration = Duration::from_millis(1_020);

/// So many attempts in a window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Rate {
    pub(super) count: u32,
    pub(super) window: Duration,
}

impl Rate {
    /// So many a second. A fraction is left out, since no second may have more; below one
    /// it is one attempt in that many seconds.
    pub(super) fn new(rate: f64) -> Self {
        // The rate was checked: it is finite, more than zero and not beyond all reason.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = rate.floor().max(1.0) as u32;
        Self { count, window: if rate < 1.0 { Duration::from_secs_f64(1.0 / rate) } else { WINDOW } }
    }
}
