//! The credit that is left.

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::util::{decimal, json};

/// The credit that is left.
///
/// Asking for it is not in the published document: that the answer's `data` has
/// `balance` (or `amount`) and `currency` is an assumption.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Balance {
    /// The amount, exactly as the service wrote it.
    pub amount: Decimal,
    /// Its currency, for example `SGD`.
    pub currency: Option<String>,
    raw: Box<RawValue>,
}

impl Balance {
    /// Reads the envelope's `data`; the error says what is missing.
    pub(crate) fn read(data: &RawValue) -> Result<Self, String> {
        let missing = |what: &str| format!("{what} in its `data` ({})", json::describe(data.get()));
        let [balance, amount, currency] =
            json::fields(data.get(), ["balance", "amount", "currency"]).map_err(|_| missing("no balance"))?;
        let Some(amount) = balance.or(amount) else { return Err(missing("no `balance` or `amount`")) };
        Ok(Self {
            amount: decimal::amount(Some(amount)).ok_or("no exact amount as its balance")?,
            currency: json::text(currency),
            raw: data.to_owned(),
        })
    }

    /// The envelope's whole `data` object: JSON, as the service wrote it.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
    }

    /// The same, to be serialised; for bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn raw_json(&self) -> &RawValue {
        &self.raw
    }
}
