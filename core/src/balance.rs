//! The credit that is left.

use http::{HeaderMap, Method, Uri};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use url::Url;

use crate::call::Operation;
use crate::endpoints;
use crate::error::Error;
use crate::money;
use crate::object;
use crate::transport::Answer;
use crate::verdict::{self, Asked, Verdict};

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
    /// Reads the envelope's `data`; `None` when it holds no exact amount.
    fn read(data: &RawValue) -> Option<Self> {
        let [balance, amount, currency] =
            object::members(data.get(), ["balance", "amount", "currency"]).ok()?;
        Some(Self {
            amount: money::amount(balance.or(amount))?,
            currency: object::text(currency),
            raw: data.to_owned(),
        })
    }

    /// The envelope's whole `data` object as the service wrote it: JSON text.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
    }
}

/// Asks for the balance.
pub(crate) struct GetBalance {
    pub(crate) url: Url,
}

impl Operation for GetBalance {
    type Output = Balance;
    const NAME: &'static str = "get_balance";

    fn method(&self) -> Method {
        Method::GET
    }

    fn url(&self) -> Result<Uri, Error> {
        endpoints::uri(&self.url)
    }

    fn judge(&self, answer: &Answer, sent: &HeaderMap) -> Verdict<Balance> {
        let asked = Asked { subject: "to tell the balance", secrets: &|| Some(Vec::new()), sent };
        let verdict =
            verdict::of_read(answer, &asked, "exact balance", |(data, _)| data.and_then(Balance::read));
        verdict.naming_endpoint("endpoints.get_balance")
    }
}
