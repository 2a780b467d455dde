//! What became of each message of a send with fallback.

use partner_messaging::FallbackStep;

use super::generated::pm_trail;

impl pm_trail {
    /// `None` when nothing was tried.
    pub(crate) fn of(steps: &[FallbackStep]) -> Option<Self> {
        (!steps.is_empty()).then(|| steps.to_vec().into())
    }
}
