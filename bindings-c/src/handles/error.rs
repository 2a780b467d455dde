//! Errors: what is kept of the core's.

use partner_messaging::{Kind, Lack};

use super::generated::pm_error;
use super::status::{PM_INTERNAL_ERROR, PM_QUEUE_FULL, PM_RESOURCE_ERROR, Status, status_of};

impl pm_error {
    /// The status of its class; a fault of the library, a lack of the machine and a full
    /// queue are reported as such, whatever they prove of a message.
    pub(crate) fn status(&self) -> Status {
        match (self.core.lack(), self.core.kind()) {
            (Some(Lack::Resources), _) => PM_RESOURCE_ERROR,
            (Some(Lack::Room), _) => PM_QUEUE_FULL,
            (None, Kind::Internal) => PM_INTERNAL_ERROR,
            (None, _) => status_of(self.core.class()),
        }
    }
}
