//! Bringing a file of an older format to the current one, as a whole or not at all.

use partner_messaging::Decimal;
use rusqlite::Connection;

use super::fault::Fault;
use super::schema::{FORMAT, SINCE_2};

/// Makes the file one of the current format, if it is an older one. Older programs that have
/// it open go on; they don't open it again.
pub(super) fn migrate(connection: &Connection) -> Result<(), Fault> {
    let is_old =
        || connection.query_row("PRAGMA user_version", (), |row| row.get::<_, u32>(0)).map(|it| it < FORMAT);
    if !is_old()? {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    // Another process may have been faster.
    let migrated = is_old().map_err(Fault::from).and_then(|is_old| match is_old {
        true => from_1(connection),
        false => Ok(()),
    });
    let ended = migrated.and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if ended.is_err() && !connection.is_autocommit() {
        // Where this fails too, the connection is closed, which undoes it as well.
        let _ = connection.execute_batch("ROLLBACK");
    }
    ended
}

fn from_1(connection: &Connection) -> Result<(), Fault> {
    connection.execute_batch(SINCE_2)?;
    let mut costs = connection.prepare(
        "SELECT DISTINCT channel, currency, cost FROM entries WHERE outcome = 1 AND currency IS NOT NULL",
    )?;
    let mut rows = costs.query(())?;
    let mut highest = std::collections::HashMap::<(String, String), Decimal>::new();
    while let Some(row) = rows.next()? {
        let cost = row.get::<_, Option<String>>(2)?;
        if let Some(cost) = cost.and_then(|cost| Decimal::from_str_exact(&cost).ok()) {
            let before = highest.entry((row.get(0)?, row.get(1)?)).or_default();
            *before = cost.max(*before);
        }
    }
    for ((channel, currency), cost) in highest {
        let insert = "INSERT INTO highest VALUES (?1, ?2, ?3)";
        connection.execute(insert, (channel, currency, cost.to_string()))?;
    }
    connection.execute_batch(&format!("PRAGMA user_version = {FORMAT}"))?;
    Ok(())
}
