//! `POST /partner/message/send`.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::api::code::Code;
use crate::api::message::{Data, Message};
use crate::api::response::{Refusal, Response};
use crate::api::validate;
use crate::money;
use crate::record::Received;
use crate::shared::World;
use crate::state::{ChannelState, State};

pub(crate) const PATH: &str = "/partner/message/send";

pub(crate) fn send(
    world: &mut World,
    request: &Arc<Received>,
    body: Option<&Value>,
) -> Result<Response, Refusal> {
    let invalid = |problem| Refusal::new(Code::InvalidRequest, problem);
    let body = body.ok_or_else(|| invalid("The request's body must be valid JSON"))?;
    let message = body.get("request").and_then(Value::as_object);
    let message = message.ok_or_else(|| invalid("The request's body must have an object named request"))?;
    let accepted = validate::message(message)?;
    channel(&world.state, accepted.channel)?;
    let price = world.state.price(accepted.channel);
    world.state.balance = charge(&world.state, price)?;

    let data = Data {
        message_id: world.new_message_id(),
        recipient: accepted.to.to_owned(),
        channel: accepted.channel.to_owned(),
        status: "SENT".to_owned(),
        cost: money::number(price),
        currency: world.state.currency.clone(),
    };
    let answer = Response::success(Some("Message sent successfully."), &data);
    let delivery = world.state.delivery.clone();
    world.messages.push(Message::accept(data, message, request.clone(), delivery), drop);
    Ok(answer)
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
