//! When a run calls its progress callback.

use std::time::{Duration, Instant};

/// The least time between two reports.
pub(super) const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct ProgressReports {
    last: Option<Instant>,
    /// Whether the run's end was reported: nothing is after it.
    reported_end: bool,
}

impl ProgressReports {
    /// Whether to report now; it counts as done then. The end is reported at once, and once.
    pub(super) fn is_due(&mut self, now: Instant, at_end: bool) -> bool {
        let has_paused = self.last.is_none_or(|last| now.duration_since(last) >= PROGRESS_INTERVAL);
        if self.reported_end || !(has_paused || at_end) {
            return false;
        }
        self.last = Some(now);
        self.reported_end = at_end;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_come_ten_times_a_second_and_once_at_the_end() {
        let (mut reports, begin) = (ProgressReports::default(), Instant::now());
        let at = |millis| begin + Duration::from_millis(millis);
        let due = [0, 50, 99, 100, 150].map(|millis| reports.is_due(at(millis), false));
        assert_eq!(due, [true, false, false, true, false]);
        assert!(reports.is_due(at(151), true));
        assert!(!reports.is_due(at(152), true) && !reports.is_due(at(999), false));
    }
}
