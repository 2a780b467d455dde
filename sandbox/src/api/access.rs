//! Who may use an endpoint at all.

use crate::api::code::Code;
use crate::api::response::Refusal;
use crate::record::Received;
use crate::state::{Standing, State};

/// Refuses a request whose key, organisation or app is not in order.
pub(crate) fn check(state: &State, api_key: &str, request: &Received) -> Result<(), Refusal> {
    let refuse = |code, error| Err(Refusal::new(code, error));
    if request.header("x-api-key") != Some(api_key) {
        return refuse(Code::Unauthorized, "Invalid or missing API key");
    }
    match state.organization {
        Standing::Active => {}
        Standing::Inactive => return refuse(Code::OrgInactive, "Organization is not active"),
        Standing::Missing => return refuse(Code::OrgNotFound, "Organization not found"),
    }
    match state.app {
        Standing::Active => Ok(()),
        Standing::Inactive => refuse(Code::AppInactive, "App is not active"),
        Standing::Missing => refuse(Code::AppNotFound, "App not found"),
    }
}
