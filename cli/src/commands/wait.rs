//! Waiting for a message's last status.

use partner_messaging::CallOptions;

use super::{Context, get};
use crate::arguments::WaitArgs;
use crate::status::{Failure, Status};

/// The final statuses of a message that did not arrive. An assumption, as the statuses are.
const NOT_ARRIVED: [&str; 4] = ["FAILED", "UNDELIVERED", "REJECTED", "EXPIRED"];

pub(super) fn run(context: &Context, arguments: &WaitArgs) -> Result<Status, Failure> {
    let client = context.client(&arguments.connection)?;
    let until = (!arguments.until.is_empty()).then_some(arguments.until.as_slice());
    let record = context.call(&client, &CallOptions::new(), async |client, options| {
        client.wait_for_status_opts(&arguments.id, until, options).await
    })?;
    get::show(context, &record)?;
    let failed = record.status.as_deref().is_some_and(|status| NOT_ARRIVED.contains(&status));
    Ok(if failed && until.is_none() { Status::NotSent } else { Status::Success })
}
