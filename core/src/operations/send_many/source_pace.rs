//! How fast a run's source gives messages.

use std::time::{Duration, Instant};

/// A source that takes longer than this for a message is not asked while there are
/// results to give.
const SLOW_SOURCE: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct SourcePace {
    /// When the source was last asked for a message that has not come yet.
    asked: Option<Instant>,
    /// Whether the source took long for its last message.
    is_slow: bool,
}

impl SourcePace {
    pub(super) fn asked(&mut self) {
        self.asked = Some(Instant::now());
    }

    pub(super) fn answered(&mut self) {
        if let Some(asked) = self.asked.take() {
            self.is_slow = asked.elapsed() > SLOW_SOURCE;
        }
    }

    pub(super) fn is_slow(&self) -> bool {
        self.is_slow
    }
}
