//! Cancelling a call from elsewhere.

use tokio_util::sync::CancellationToken;

/// Cancels the calls that were given a clone of it.
///
/// A cancelled call ends at once with its true outcome: `not_sent` if its
/// request had not left, `unknown` if it had. A call that is given a handle
/// already cancelled sends nothing.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use partner_messaging::{CallOptions, Cancel, Client, Kind, Outcome, Sms};
/// let client = Client::builder().api_key("key").build().unwrap();
/// let cancel = Cancel::new();
/// cancel.cancel();
/// let error = client.send_opts(&Sms::text("+6591234567", "Hi"), &CallOptions::new().cancel(&cancel)).await.unwrap_err();
/// assert_eq!((error.outcome(), error.kind()), (Some(Outcome::NotSent), Kind::Cancelled));
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(CancellationToken);

impl Cancel {
    /// A handle that has not cancelled anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels; once is as good as twice. Never blocks.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    pub(crate) async fn cancelled(&self) {
        self.0.cancelled().await;
    }
}
