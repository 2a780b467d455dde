//! What a dry run tells: how many messages would be sent, and what they may cost.

use std::collections::BTreeMap;

use partner_messaging::journal::exact_sum;
use partner_messaging::{Decimal, JournalHandle, Outcome};
use serde_json::{Value, json};

use super::check::Checked;
use crate::output::{line, printable};
use crate::status::{Failure, Status};

/// The least and the most that a message of a channel has cost, by channel and currency.
type Prices = BTreeMap<(String, String), (Decimal, Decimal)>;

/// Tells what a run would do.
pub(crate) fn show(
    checked: &Checked,
    journal: Option<&JournalHandle>,
    max_cost: &BTreeMap<String, Decimal>,
    as_json: bool,
) -> Result<Status, Failure> {
    let prices = journal.map_or_else(|| Ok(Prices::new()), prices)?;
    let costs = costs(checked, &prices, max_cost);
    if as_json {
        line(json(checked, &costs))?;
    } else {
        line(format_args!("{:<14} {:>10}", "rows", checked.rows))?;
        for (channel, count) in &checked.to_send {
            line(format_args!("{:<14} {count:>10}", printable(&format!("to send {channel}"))))?;
        }
        for (name, count) in [
            ("sent before", checked.sent_before),
            ("unknown", checked.open_before),
            ("same as others", checked.same),
            ("invalid", checked.bad.len() as u64),
        ] {
            if count > 0 {
                line(format_args!("{name:<14} {count:>10}"))?;
            }
        }
        for (currency, (least, most)) in &costs {
            let currency = printable(currency);
            match least == most {
                true => line(format_args!("cost {least} {currency} by what messages have cost"))?,
                false => line(format_args!("cost {least} to {most} {currency} by what messages have cost"))?,
            }
        }
        if costs.is_empty() && !checked.to_send.is_empty() {
            line("cost unknown: the journal has no message that was sent")?;
        }
        line("nothing was sent: this was a dry run")?;
    }
    Ok(if checked.bad.is_empty() { Status::Success } else { Status::Usage })
}

/// What the messages that the journal has as sent have cost.
fn prices(journal: &JournalHandle) -> Result<Prices, Failure> {
    let mut prices = Prices::new();
    for record in journal.records(Some(Outcome::Sent)).blocking() {
        let record = record?;
        let (Some(channel), Some(currency), Some(cost)) = (record.channel, record.currency, record.cost)
        else {
            continue;
        };
        let price = prices.entry((channel, currency)).or_insert((cost, cost));
        *price = (price.0.min(cost), price.1.max(cost));
    }
    Ok(prices)
}

/// The least and the most that the rest may cost, by currency. A channel without a known
/// price is in it only by the highest cost that was given.
fn costs(
    checked: &Checked,
    prices: &Prices,
    max_cost: &BTreeMap<String, Decimal>,
) -> BTreeMap<String, (Decimal, Decimal)> {
    let mut costs: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    for ((channel, currency), (least, most)) in prices {
        let count = Decimal::from(checked.to_send.get(channel).copied().unwrap_or(0));
        let sum = costs.entry(currency.clone()).or_default();
        let most = max_cost.get(currency).copied().unwrap_or(*most);
        let add = |sum: Decimal, price: Decimal| {
            count.checked_mul(price).and_then(|cost| exact_sum(sum, cost)).unwrap_or(sum)
        };
        *sum = (add(sum.0, *least), add(sum.1, most));
    }
    costs
}

fn json(checked: &Checked, costs: &BTreeMap<String, (Decimal, Decimal)>) -> Value {
    let costs: serde_json::Map<String, Value> = costs
        .iter()
        .map(|(currency, (least, most))| {
            (currency.clone(), json!({"least": least.to_string(), "most": most.to_string()}))
        })
        .collect();
    json!({
        "dry_run": true,
        "rows": checked.rows,
        "to_send": checked.to_send,
        "sent_before": checked.sent_before,
        "unknown": checked.open_before,
        "same": checked.same,
        "invalid": checked.bad.len(),
        "cost": costs,
    })
}
