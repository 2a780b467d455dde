//! Which messages to list.

use partner_messaging::MessageFilter;

use super::argument::ArgumentError;
use super::settings::{Handle, Settings};

/// Which messages to list, and in pages of what size. The names of the query's
/// parameters are assumptions: those of the setters.
///
/// A setter never fails: an argument that can't be used is kept, and
/// pm_client_list_messages() refuses the filter, naming the one at fault.
#[derive(Default)]
pub struct pm_filter {
    settings: Settings<MessageFilter>,
}

impl pm_filter {
    /// The filter as the core takes it; NULL is all messages.
    pub(crate) fn filter(filter: Option<&Self>) -> Result<MessageFilter, ArgumentError> {
        let Some(filter) = filter else { return Ok(MessageFilter::new()) };
        filter.settings.check().cloned()
    }
}

impl Handle for pm_filter {
    type Core = MessageFilter;
    fn settings(&mut self) -> &mut Settings<MessageFilter> {
        &mut self.settings
    }
}
