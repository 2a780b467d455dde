//! The sums in the file.

use std::collections::HashMap;

use partner_messaging::Decimal;
use rusqlite::{Connection, OptionalExtension};

use super::fault::Fault;
use crate::totals::{Changes, CostKey, Sum, TotalKey};

/// Writes what changed, in the same transaction as what it is of.
pub(super) fn write(connection: &Connection, changes: &Changes) -> Result<(), Fault> {
    for (place, change) in changes.changed() {
        let mut read = connection.prepare_cached(
            "SELECT messages, cost, unpriced FROM totals WHERE outcome = ?1 AND channel = ?2 AND currency = ?3",
        )?;
        let found = read.query_row((place.0, &place.1, &place.2), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        });
        let before = match found.optional()? {
            Some((messages, cost, unpriced)) => Sum { messages, cost: decimal(&cost)?, unpriced },
            None => Sum::default(),
        };
        let Sum { messages, cost, unpriced } = before.plus(change);
        let mut write =
            connection.prepare_cached("INSERT OR REPLACE INTO totals VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        write.execute((place.0, &place.1, &place.2, messages, cost.to_string(), unpriced))?;
    }
    Ok(())
}

/// The sums that are not empty.
pub(super) fn read(connection: &Connection) -> Result<Vec<(TotalKey, Sum)>, Fault> {
    let sql = "SELECT outcome, channel, currency, messages, cost, unpriced FROM totals WHERE messages > 0";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let mut totals = Vec::new();
    while let Some(row) = rows.next()? {
        let place = (row.get(0)?, row.get(1)?, row.get(2)?);
        let cost = decimal(&row.get::<_, String>(4)?)?;
        totals.push((place, Sum { messages: row.get(3)?, cost, unpriced: row.get(5)? }));
    }
    Ok(totals)
}

/// Writes the highest costs that are higher than before. `known` has what the file is known
/// to have: they seldom rise.
pub(super) fn write_highest(
    connection: &Connection,
    changes: &Changes,
    known: &mut HashMap<CostKey, Decimal>,
) -> Result<(), Fault> {
    for (key, cost) in changes.highest() {
        if known.get(key).is_some_and(|known| *known >= cost) {
            continue;
        }
        let mut read =
            connection.prepare_cached("SELECT cost FROM highest WHERE channel = ?1 AND currency = ?2")?;
        let found = read.query_row((&key.0, &key.1), |row| row.get::<_, String>(0)).optional()?;
        match found.as_deref().map(decimal).transpose()? {
            // Not before it was read: what is written here may be undone.
            Some(stored) if stored >= cost => drop(known.insert(key.clone(), stored)),
            _ => {
                let mut write =
                    connection.prepare_cached("INSERT OR REPLACE INTO highest VALUES (?1, ?2, ?3)")?;
                write.execute((&key.0, &key.1, cost.to_string()))?;
            }
        }
    }
    Ok(())
}

/// The highest costs.
pub(super) fn read_highest(connection: &Connection) -> Result<Vec<(CostKey, Decimal)>, Fault> {
    let mut statement = connection.prepare_cached("SELECT channel, currency, cost FROM highest")?;
    let mut rows = statement.query(())?;
    let mut highest = Vec::new();
    while let Some(row) = rows.next()? {
        highest.push(((row.get(0)?, row.get(1)?), decimal(&row.get::<_, String>(2)?)?));
    }
    Ok(highest)
}

fn decimal(text: &str) -> Result<Decimal, Fault> {
    Decimal::from_str_exact(text).map_err(|_| Fault::Damaged("a sum is no number"))
}
