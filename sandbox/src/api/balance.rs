//! `GET /partner/credit/balance`.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::api::response::Response;
use crate::money;
use crate::shared::World;

pub(crate) const PATH: &str = "/partner/credit/balance";

#[derive(Serialize)]
struct Balance<'a> {
    balance: Box<RawValue>,
    currency: &'a str,
}

pub(crate) fn balance(world: &World) -> Response {
    let state = &world.state;
    let balance = Balance { balance: money::number(state.balance), currency: &state.currency };
    Response::success(None, &balance)
}
