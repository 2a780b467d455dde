//! The credit that is left.

use partner_messaging::CallOptions;
use serde_json::json;

use super::Context;
use crate::arguments::BalanceArgs;
use crate::output;
use crate::status::{Failure, Status};

pub(super) fn run(context: &Context, arguments: &BalanceArgs) -> Result<Status, Failure> {
    let client = context.client(&arguments.connection)?;
    let balance = context
        .call(&client, &CallOptions::new(), async |client, options| client.get_balance_opts(options).await)?;
    match context.json {
        true => output::line(json!({"amount": balance.amount.to_string(), "currency": balance.currency}))?,
        false => {
            let amount = output::cost(Some(balance.amount), balance.currency.as_deref());
            output::line(output::printable(&amount.unwrap_or_default()))?;
        }
    }
    Ok(Status::Success)
}
