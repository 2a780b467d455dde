//! Lists of messages.

use std::sync::Arc;

use partner_messaging::{CallOptions, ListPosition};

use super::argument::ArgumentError;
use super::client::ClientState;

/// The messages of a list, from as many pages as it has. It keeps what it needs
/// of its client, which may be freed before it. Of several threads that ask it
/// for the next message at once, each is given another.
pub struct pm_message_iter {
    pub(crate) client: Arc<ClientState>,
    pub(crate) options: CallOptions,
    pub(crate) position: Arc<ListPosition>,
}

impl pm_message_iter {
    pub(crate) fn require(iter: Option<&Self>) -> Result<&Self, ArgumentError> {
        iter.ok_or(ArgumentError::null("iter", "a list of messages"))
    }
}
