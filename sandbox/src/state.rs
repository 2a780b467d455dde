//! What the service knows about its customer, and how a test changes it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ControlError, convert};
use crate::money;

/// How an organisation or an app stands with the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It exists and may send.
    #[default]
    Active,
    /// It exists and may not send: `ORG_INACTIVE`, `APP_INACTIVE`.
    Inactive,
    /// It does not exist: `ORG_NOT_FOUND`, `APP_NOT_FOUND`.
    Missing,
}

/// Whether messages can go out over a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelState {
    /// Messages go out.
    Configured,
    /// `CHANNEL_CONFIG_NOT_FOUND`, as for a channel that is not in the map.
    NotConfigured,
    /// `CHANNEL_CREDENTIALS_NOT_FOUND`.
    NoCredentials,
}

/// How messages change by themselves after they were accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// So many milliseconds after its acceptance a message has [`Delivery::status`]; `None`
    /// (`null` in JSON): it stays `SENT`. 1000 at first.
    pub after_ms: Option<u64>,
    /// Any text that is not empty. `DELIVERED` at first.
    pub status: String,
}

impl Default for Delivery {
    fn default() -> Self {
        Delivery { after_ms: Some(1000), status: "DELIVERED".to_owned() }
    }
}

/// What a page of messages may say about the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PageTotal {
    /// `total`: how many messages there are.
    Total,
    /// `totalPages`: how many pages they fill.
    TotalPages,
    /// `hasMore`: whether a page follows.
    HasMore,
}

/// The form in which a page of messages is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageStyle {
    /// `data` holds `messages`, `page`, `limit` and the totals.
    #[default]
    Object,
    /// `data` is the list of messages.
    Array,
    /// `data` holds `messages`, and in `pagination` the rest.
    Pagination,
}

/// The state that decides what becomes of a message and how it is told.
///
/// In JSON the names are as here, amounts are decimal text, and what is absent has
/// its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// The organisation to which the API key belongs.
    pub organization: Standing,
    /// The app to which the API key belongs.
    pub app: Standing,
    /// The channels by name. `WHATSAPP`, `SMS` and `EMAIL` are configured at first;
    /// one that is not here is not configured.
    pub channels: BTreeMap<String, ChannelState>,
    /// The credit; each accepted message takes its price from it. 100.00 at first.
    #[serde(with = "money")]
    pub balance: Decimal,
    /// The currency of balance and prices. `SGD` at first.
    pub currency: String,
    /// What a message costs, by channel. At first 0.12 for `WHATSAPP`, 0.05 for `SMS`,
    /// 0.01 for `EMAIL`; a channel that is not here costs 0.10.
    #[serde(with = "money::map")]
    pub prices: BTreeMap<String, Decimal>,
    /// How the messages accepted from now on change by themselves.
    pub delivery: Delivery,
    /// Which totals a page of messages tells; all of them at first.
    pub page_totals: Vec<PageTotal>,
    /// How a page of messages is laid out.
    pub page_style: PageStyle,
}

impl Default for State {
    fn default() -> Self {
        let channels = ["WHATSAPP", "SMS", "EMAIL"];
        let prices = [("WHATSAPP", 12), ("SMS", 5), ("EMAIL", 1)];
        State {
            organization: Standing::Active,
            app: Standing::Active,
            channels: channels.map(|name| (name.to_owned(), ChannelState::Configured)).into(),
            balance: Decimal::new(10_000, 2),
            currency: "SGD".to_owned(),
            prices: prices.map(|(name, cents)| (name.to_owned(), Decimal::new(cents, 2))).into(),
            delivery: Delivery::default(),
            page_totals: vec![PageTotal::Total, PageTotal::TotalPages, PageTotal::HasMore],
            page_style: PageStyle::default(),
        }
    }
}

impl State {
    /// The state of a channel, also of one that nobody has named.
    pub fn channel(&self, name: &str) -> ChannelState {
        self.channels.get(name).copied().unwrap_or(ChannelState::NotConfigured)
    }

    /// What a message over this channel costs.
    pub fn price(&self, channel: &str) -> Decimal {
        self.prices.get(channel).copied().unwrap_or(Decimal::new(10, 2))
    }

    /// This state with a patch merged into it, in the manner of RFC 7396: objects are
    /// merged member by member, and `null` takes a channel or price away or gives a
    /// field its default back. Only in `delivery.after_ms` it is a value: never.
    pub fn patched(&self, patch: &Value) -> Result<State, ControlError> {
        if !patch.is_object() {
            return Err(ControlError::new("must be an object"));
        }
        let mut whole = serde_json::to_value(self).map_err(|error| ControlError::new(error.to_string()))?;
        merge(&mut whole, patch);
        if patch.pointer("/delivery/after_ms").is_some_and(Value::is_null) {
            whole["delivery"]["after_ms"] = Value::Null;
        }
        // serde would take an array for the fields without their names.
        if whole.get("delivery").is_some_and(|delivery| !delivery.is_object()) {
            return Err(ControlError::at("delivery", "must be an object"));
        }
        let state: State = convert(whole)?;
        state.check()?;
        Ok(state)
    }

    /// Refuses amounts with which the arithmetic would not be exact or not make sense, and
    /// a status that is none.
    pub(crate) fn check(&self) -> Result<(), ControlError> {
        if self.delivery.status.is_empty() {
            return Err(ControlError::at("delivery.status", "must not be empty"));
        }
        money::check(self.balance).map_err(|problem| ControlError::at("balance", problem))?;
        for (channel, price) in &self.prices {
            let field = || format!("prices.{channel}");
            money::check(*price).map_err(|problem| ControlError::at(field(), problem))?;
            if price.is_sign_negative() && !price.is_zero() {
                return Err(ControlError::at(field(), "must not be negative"));
            }
        }
        Ok(())
    }
}

fn merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (name, change) in patch {
                if change.is_null() {
                    target.remove(name);
                } else {
                    merge(target.entry(name).or_insert(Value::Null), change);
                }
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_changes_only_what_it_names() {
        let state = State::default()
            .patched(&json!({"channels": {"RCS": "configured", "SMS": null}, "balance": "0.10"}))
            .unwrap();
        assert_eq!(state.channel("RCS"), ChannelState::Configured);
        assert_eq!(state.channel("SMS"), ChannelState::NotConfigured);
        assert_eq!(state.channel("EMAIL"), ChannelState::Configured);
        assert_eq!(state.balance.to_string(), "0.10");
        assert_eq!(state.price("RCS").to_string(), "0.10");
        let back = state.patched(&json!({"balance": null})).unwrap();
        assert_eq!(back.balance.to_string(), "100.00");
    }

    #[test]
    fn null_means_never_in_one_field_and_the_default_elsewhere() {
        let never = State::default().patched(&json!({"delivery": {"after_ms": null}})).unwrap();
        assert_eq!(never.delivery, Delivery { after_ms: None, status: "DELIVERED".to_owned() });
        let failed = never.patched(&json!({"delivery": {"status": "FAILED"}})).unwrap();
        assert_eq!(failed.delivery, Delivery { after_ms: None, status: "FAILED".to_owned() });
        let slow = failed.patched(&json!({"delivery": {"after_ms": 7, "status": null}})).unwrap();
        assert_eq!(slow.delivery, Delivery { after_ms: Some(7), status: "DELIVERED".to_owned() });
        for patch in [json!({"delivery": null}), json!({"delivery": {"after_ms": 1000}})] {
            assert_eq!(slow.patched(&patch).unwrap(), State::default());
        }
        let text = serde_json::to_string(&never).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), never);
    }

    #[test]
    fn a_wrong_patch_names_its_field() {
        let field = |patch: Value| {
            let error = State::default().patched(&patch).unwrap_err();
            error.field().unwrap_or("-").to_owned()
        };
        assert_eq!(field(json!({"balance": "much"})), "balance");
        assert_eq!(field(json!({"organization": "asleep"})), "organization");
        assert_eq!(field(json!({"channels": {"SMS": "on"}})), "channels.SMS");
        assert_eq!(field(json!({"prices": {"SMS": "-1"}})), "prices.SMS");
        assert_eq!(field(json!({"prices": {"SMS": "x"}})), "prices.SMS");
        assert_eq!(field(json!({"delivery": {"status": ""}})), "delivery.status");
        assert_eq!(field(json!({"delivery": {"after_ms": -1}})), "delivery.after_ms");
        assert_eq!(field(json!({"delivery": []})), "delivery");
        assert_eq!(field(json!({"page_totals": ["total", "pages"]})), "page_totals[1]");
        assert_eq!(field(json!({"page_style": "table"})), "page_style");
        assert_eq!(field(json!([])), "-");
        let error = State::default().patched(&json!({"balence": 1})).unwrap_err();
        assert!(error.to_string().contains("balence"), "{error}");
    }

    #[test]
    fn numbers_are_taken_as_amounts() {
        let state = State::default().patched(&json!({"balance": 0, "prices": {"SMS": 0.07}})).unwrap();
        assert!(state.balance.is_zero());
        assert_eq!(state.price("SMS").to_string(), "0.07");
    }
}
