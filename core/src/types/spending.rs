//! What messages have cost.

use rust_decimal::Decimal;

/// What the messages of one channel cost, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spending {
    /// The channel, as the receipts say, else as the messages said.
    pub channel: String,
    /// The currency, if the receipts say.
    pub currency: Option<String>,
    /// The sum of the costs, exact.
    pub cost: Decimal,
    /// How many messages were sent.
    pub messages: u64,
    /// How many of them have no cost on their receipt, so that `cost` is
    /// without theirs.
    pub unpriced: u64,
}
