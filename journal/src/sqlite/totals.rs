//! The sums in the file.

use partner_messaging::{Decimal, JournalTotal};
use rusqlite::{Connection, OptionalExtension};

use super::fault::Fault;
use crate::totals::{Changes, Sum, total};

/// Writes what changed, in the same transaction as what it is of.
pub(super) fn write(connection: &Connection, changes: Changes) -> Result<(), Fault> {
    for (place, change) in changes.into_changed() {
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
        write.execute((place.0, place.1, place.2, messages, cost.to_string(), unpriced))?;
    }
    Ok(())
}

/// The sums that are not empty.
pub(super) fn read(connection: &Connection) -> Result<Vec<JournalTotal>, Fault> {
    let sql = "SELECT outcome, channel, currency, messages, cost, unpriced FROM totals WHERE messages > 0";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let mut totals = Vec::new();
    while let Some(row) = rows.next()? {
        let place = (row.get(0)?, row.get(1)?, row.get(2)?);
        let cost = decimal(&row.get::<_, String>(4)?)?;
        totals.push(total(place, Sum { messages: row.get(3)?, cost, unpriced: row.get(5)? }));
    }
    Ok(totals)
}

fn decimal(text: &str) -> Result<Decimal, Fault> {
    Decimal::from_str_exact(text).map_err(|_| Fault::Damaged("a sum is no number"))
}
