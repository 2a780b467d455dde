//! Amounts of money: exact, and decimal text in JSON.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// Fifteen digits before the point and ten after it: within these bounds no sum or
/// difference can be rounded, because `Decimal` holds 28 digits.
const MAX_SCALE: u32 = 10;
const LIMIT: i64 = 1_000_000_000_000_000;

/// Reads `-12.50` and the like. Exponents, spaces and digit separators are refused,
/// so that the text that comes out is the text that went in.
pub(crate) fn parse(text: &str) -> Result<Decimal, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    let amount = if plain { Decimal::from_str_exact(text).ok() } else { None };
    match amount {
        Some(amount) => check(amount).map(|()| amount),
        None => Err(format!("{text:?} is not a decimal amount such as \"100.00\"")),
    }
}

/// Refuses an amount with which sums would no longer be exact.
pub(crate) fn check(amount: Decimal) -> Result<(), String> {
    if amount.scale() > MAX_SCALE || amount.abs() >= Decimal::from(LIMIT) {
        return Err(format!(
            "{amount} is out of range: at most 15 digits before the point and {MAX_SCALE} after it"
        ));
    }
    Ok(())
}

/// The amount as a JSON number with its own digits. A decimal's text is always a JSON number, so the fallback is never taken.
pub(crate) fn number(amount: Decimal) -> Box<RawValue> {
    RawValue::from_string(amount.to_string()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

pub(crate) fn serialize<S: Serializer>(amount: &Decimal, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(amount)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
    Amount::deserialize(from).map(|amount| amount.0)
}

/// The same for a map from channel to amount.
pub(crate) mod map {
    use std::collections::BTreeMap;

    use super::{Amount, Decimal, Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        amounts: &BTreeMap<String, Decimal>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        out.collect_map(amounts.iter().map(|(name, amount)| (name, Amount(*amount))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<String, Decimal>, D::Error> {
        let amounts = BTreeMap::<String, Amount>::deserialize(from)?;
        Ok(amounts.into_iter().map(|(name, it)| (name, it.0)).collect())
    }
}

struct Amount(Decimal);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AmountVisitor).map(Amount)
    }
}

/// Takes text, and numbers too, because `{"balance": 0}` is what a test's author
/// writes first. A number has no trailing zeros: only text keeps `0.10` as it is.
struct AmountVisitor;

impl de::Visitor<'_> for AmountVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal amount as text, such as \"100.00\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        parse(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Decimal, E> {
        parse(&number.to_string()).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Decimal, E> {
        parse(&number.to_string()).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Decimal, E> {
        parse(&number.to_string()).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay_as_they_are_written() {
        for text in ["0.10", "100.00", "7", "-0.5", "0.0000000001"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_plain_amount_is_refused() {
        for text in ["", "1e3", "1_000", " 1", "1,5", "0.00000000001", "1000000000000000", "1.2.3"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
