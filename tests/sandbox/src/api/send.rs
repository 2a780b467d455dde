//! `POST /partner/message/send`.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::answer::{Answer, Refusal};
use crate::api::code::Code;
use crate::api::validate;
use crate::record::RecordedRequest;
use crate::shared::World;
use crate::state::{ChannelState, Standing, State};

pub(crate) const PATH: &str = "/partner/message/send";

/// What the answer says about a message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    message_id: String,
    recipient: String,
    channel: String,
    status: &'static str,
    /// A JSON number with exactly the price's digits.
    cost: Box<RawValue>,
    currency: String,
}

/// A message that the service accepted: the answer's data, and the request it came in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Message {
    #[serde(flatten)]
    data: Data,
    request: Value,
}

#[derive(Serialize)]
struct Success<'a> {
    success: bool,
    message: &'a str,
    data: &'a Data,
}

pub(crate) fn send(world: &mut World, request: &RecordedRequest) -> Result<Answer, Refusal> {
    standing(&world.state)?;
    let body = request
        .json
        .as_ref()
        .ok_or_else(|| Refusal::new(Code::InvalidRequest, "The request's body must be valid JSON"))?;
    let message = body.get("request").and_then(Value::as_object).ok_or_else(|| {
        Refusal::new(Code::InvalidRequest, "The request's body must have an object named request")
    })?;
    let accepted = validate::message(message)?;
    channel(&world.state, accepted.channel)?;
    let price = world.state.price(accepted.channel);
    world.state.balance = charge(&world.state, price)?;

    let data = Data {
        message_id: world.new_message_id(),
        recipient: accepted.to.to_owned(),
        channel: accepted.channel.to_owned(),
        status: "SENT",
        cost: number(price),
        currency: world.state.currency.clone(),
    };
    let answer =
        Answer::json(200, &Success { success: true, message: "Message sent successfully.", data: &data });
    world.messages.push(Message { data, request: Value::Object(message.clone()) });
    Ok(answer)
}

fn standing(state: &State) -> Result<(), Refusal> {
    let refuse = |code, error| Err(Refusal::new(code, error));
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

fn channel(state: &State, name: &str) -> Result<(), Refusal> {
    match state.channel(name) {
        ChannelState::Configured => Ok(()),
        ChannelState::NotConfigured => Err(Refusal::new(
            Code::ChannelConfigNotFound,
            format!("Channel configuration missing for {name}"),
        )),
        ChannelState::NoCredentials => Err(Refusal::new(
            Code::ChannelCredentialsNotFound,
            format!("Channel credentials not configured for {name}"),
        )),
    }
}

/// The balance after paying.
fn charge(state: &State, price: Decimal) -> Result<Decimal, Refusal> {
    match state.balance.checked_sub(price) {
        Some(rest) if state.balance >= price => Ok(rest),
        _ => Err(Refusal::new(Code::InsufficientCredit, "Not enough credit balance")),
    }
}

/// A decimal's text is always a JSON number, so the fallback is never taken.
fn number(amount: Decimal) -> Box<RawValue> {
    RawValue::from_string(amount.to_string()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
