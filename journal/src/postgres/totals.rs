//! The sums in the database, of which each process has a part to write to.

use std::collections::HashMap;

use partner_messaging::Decimal;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use super::fault::Fault;
use super::rows::text;
use crate::totals::{Changes, CostKey, Sum, TotalKey};

/// How many parts there are: two processes seldom have the same.
pub(super) const PARTS: i32 = 1024;

/// A part of the sums, as it is; nobody else changes it before this transaction ends.
pub(super) struct Part(HashMap<TotalKey, Sum>);

impl Part {
    pub(super) async fn lock(client: &Client, journal: i32, part: i32) -> Result<Self, Fault> {
        let parameters = [(&journal as _, Type::INT4), (&part as _, Type::INT4)];
        let select = "SELECT outcome, channel, currency, messages, cost::text, unpriced \
                      FROM partner_messaging.totals WHERE journal = $1 AND part = $2";
        // The lock first: the next statement sees what was committed until then.
        let (locked, rows) = tokio::join!(
            client.query_typed("SELECT pg_advisory_xact_lock($1, $2)", &parameters),
            client.query_typed(select, &parameters),
        );
        locked?;
        Ok(Self(rows?.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Writes what changed.
    pub(super) async fn write(
        self,
        client: &Client,
        journal: i32,
        part: i32,
        changes: &Changes,
    ) -> Result<(), Fault> {
        let (mut outcomes, mut channels, mut currencies) = (Vec::new(), Vec::new(), Vec::new());
        let (mut messages, mut costs, mut unpriced) = (Vec::new(), Vec::new(), Vec::new());
        for ((outcome, channel, currency), change) in changes.changed() {
            let place = (*outcome, text(channel).into_owned(), text(currency).into_owned());
            let sum = self.0.get(&place).copied().unwrap_or_default().plus(change);
            outcomes.push(place.0);
            channels.push(place.1);
            currencies.push(place.2);
            messages.push(sum.messages);
            costs.push(sum.cost.to_string());
            unpriced.push(sum.unpriced);
        }
        let upsert = "
            INSERT INTO partner_messaging.totals
            SELECT $1, $2, t.outcome, t.channel, t.currency, t.messages, t.cost::numeric, t.unpriced
            FROM unnest($3, $4, $5, $6, $7, $8) AS t (outcome, channel, currency, messages, cost, unpriced)
            ON CONFLICT (journal, part, outcome, channel, currency)
            DO UPDATE SET messages = EXCLUDED.messages, cost = EXCLUDED.cost, unpriced = EXCLUDED.unpriced";
        let parameters = [
            (&journal as _, Type::INT4),
            (&part as _, Type::INT4),
            (&outcomes as _, Type::INT2_ARRAY),
            (&channels as _, Type::TEXT_ARRAY),
            (&currencies as _, Type::TEXT_ARRAY),
            (&messages as _, Type::INT8_ARRAY),
            (&costs as _, Type::TEXT_ARRAY),
            (&unpriced as _, Type::INT8_ARRAY),
        ];
        client.execute_typed(upsert, &parameters).await?;
        Ok(())
    }
}

/// The sums over all parts.
pub(super) async fn read_all(client: &Client, journal: i32) -> Result<HashMap<TotalKey, Sum>, Fault> {
    let select = "SELECT outcome, channel, currency, messages, cost::text, unpriced \
                  FROM partner_messaging.totals WHERE journal = $1 ORDER BY part";
    let mut sums: HashMap<TotalKey, Sum> = HashMap::new();
    for row in client.query_typed(select, &[(&journal, Type::INT4)]).await? {
        let (place, sum) = read(&row)?;
        let before = sums.entry(place).or_default();
        *before = before.plus(sum);
    }
    Ok(sums)
}

/// The highest costs.
pub(super) async fn read_highest(client: &Client, journal: i32) -> Result<Vec<(CostKey, Decimal)>, Fault> {
    let select = "SELECT channel, currency, cost::text FROM partner_messaging.highest WHERE journal = $1";
    let rows = client.query_typed(select, &[(&journal, Type::INT4)]).await?;
    rows.iter()
        .map(|row| {
            let cost = Decimal::from_str_exact(row.try_get(2)?).map_err(|_| Fault::damaged())?;
            Ok(((row.try_get(0)?, row.try_get(1)?), cost))
        })
        .collect()
}

/// Writes the highest costs that are higher than before. `known` has what the journal is known
/// to have: they seldom rise. They are in the order of their keys, as everybody locks them.
pub(super) async fn write_highest(
    client: &Client,
    journal: i32,
    changes: &Changes,
    known: &mut HashMap<CostKey, Decimal>,
) -> Result<(), Fault> {
    if changes.highest().all(|(key, cost)| known.get(key).is_some_and(|it| *it >= cost)) {
        return Ok(());
    }
    // Before it writes: what is written here may be undone.
    known.extend(read_highest(client, journal).await?);
    for (key, cost) in changes.highest().filter(|(key, cost)| known.get(*key).is_none_or(|it| it < cost)) {
        let (channel, currency, cost) = (text(&key.0), text(&key.1), cost.to_string());
        let parameters = [
            (&journal as _, Type::INT4),
            (&channel as _, Type::TEXT),
            (&currency as _, Type::TEXT),
            (&cost as _, Type::TEXT),
        ];
        let upsert = "INSERT INTO partner_messaging.highest AS h VALUES ($1, $2, $3, $4::text::numeric) \
                      ON CONFLICT (journal, channel, currency) \
                      DO UPDATE SET cost = greatest(h.cost, EXCLUDED.cost)";
        client.execute_typed(upsert, &parameters).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<(TotalKey, Sum), Fault> {
    let place = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let cost = Decimal::from_str_exact(row.try_get(4)?).map_err(|_| Fault::damaged())?;
    Ok((place, Sum { messages: row.try_get(3)?, cost, unpriced: row.try_get(5)? }))
}
