//! Looking at a journal again and again until others have changed it.

use std::time::Duration;

use tokio::time::sleep;

/// The pauses between looks at a journal that others write to: each is twice as long as the
/// one before.
pub(super) struct PollPauses(Duration);

impl PollPauses {
    const MIN: Duration = Duration::from_millis(20);
    const MAX: Duration = Duration::from_millis(500);

    pub(super) fn new() -> Self {
        Self(Self::MIN)
    }

    pub(super) async fn next(&mut self) {
        let pause = self.0;
        self.0 = (pause * 2).min(Self::MAX);
        sleep(pause).await;
    }
}
