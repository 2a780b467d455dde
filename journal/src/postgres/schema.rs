//! What is in the database: one schema for all of its journals.

use ring::rand::{SecureRandom, SystemRandom};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::fault::Fault;

/// The version of everything below.
const FORMAT: i32 = 2;

/// What makes the tables, by whoever comes first: the lock is for those who come at the
/// same time. Codes of outcomes are in `codes`.
const CREATE: &str = "
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL synchronous_commit = on;
SELECT pg_advisory_xact_lock(5787213827046133842);
CREATE SCHEMA IF NOT EXISTS partner_messaging;

CREATE TABLE IF NOT EXISTS partner_messaging.format (version integer NOT NULL);

-- Each has a secret, which digests are made with, and belongs to one origin.
CREATE TABLE IF NOT EXISTS partner_messaging.journals (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE \"C\" NOT NULL UNIQUE,
    secret bytea NOT NULL,
    origin text
);

CREATE TABLE IF NOT EXISTS partner_messaging.entries (
    journal integer NOT NULL REFERENCES partner_messaging.journals,
    key text COLLATE \"C\" NOT NULL,
    digest bytea NOT NULL,
    form integer NOT NULL,
    owner bigint NOT NULL,
    claim bigint NOT NULL,
    -- How often the key was claimed.
    claims integer NOT NULL DEFAULT 1,
    channel text NOT NULL,
    claimed_at bigint NOT NULL,
    deadline bigint NOT NULL,
    -- The deadline by this server's clock.
    expires_at timestamptz NOT NULL,
    outcome smallint NOT NULL DEFAULT 0,
    resolved boolean NOT NULL DEFAULT false,
    kind text,
    code text,
    sent_channel text,
    message_id text,
    -- In place of the message id, where another key has the same.
    duplicate_id text,
    cost numeric,
    currency text,
    ended_at bigint,
    conflict_outcome smallint,
    conflict_message_id text,
    conflict_at bigint,
    PRIMARY KEY (journal, key)
);

CREATE UNIQUE INDEX IF NOT EXISTS entries_message_id
    ON partner_messaging.entries (journal, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS entries_duplicate_id
    ON partner_messaging.entries (journal, duplicate_id) WHERE duplicate_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS entries_unended
    ON partner_messaging.entries (journal, key) WHERE outcome IN (0, 4);
CREATE INDEX IF NOT EXISTS entries_conflict
    ON partner_messaging.entries (journal, key) WHERE conflict_at IS NOT NULL;

-- The sums of all that was ever recorded, each in many parts: who writes has a part of its
-- own as far as can be. A currency of '' is none.
CREATE TABLE IF NOT EXISTS partner_messaging.totals (
    journal integer NOT NULL REFERENCES partner_messaging.journals,
    part integer NOT NULL,
    outcome smallint NOT NULL,
    channel text NOT NULL,
    currency text NOT NULL,
    messages bigint NOT NULL,
    cost numeric NOT NULL,
    unpriced bigint NOT NULL,
    PRIMARY KEY (journal, part, outcome, channel, currency)
);

INSERT INTO partner_messaging.format
    SELECT 1 WHERE NOT EXISTS (SELECT FROM partner_messaging.format);
COMMIT;
";

/// What format 2 has besides, by whoever comes first. Older programs that are connected go on;
/// they don't connect again.
const SINCE_2: &str = "
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL synchronous_commit = on;
SELECT pg_advisory_xact_lock(5787213827046133842);

-- The highest cost of a message that was claimed with a channel.
CREATE TABLE IF NOT EXISTS partner_messaging.highest (
    journal integer NOT NULL REFERENCES partner_messaging.journals,
    channel text NOT NULL,
    currency text NOT NULL,
    cost numeric NOT NULL,
    PRIMARY KEY (journal, channel, currency)
);

-- Who has which share of a rate, by this server's clock.
CREATE TABLE IF NOT EXISTS partner_messaging.rates (
    journal integer PRIMARY KEY REFERENCES partner_messaging.journals,
    state text NOT NULL
);

-- Why nothing more is to be sent, where a run was stopped.
CREATE TABLE IF NOT EXISTS partner_messaging.stops (
    journal integer PRIMARY KEY REFERENCES partner_messaging.journals,
    reason text NOT NULL,
    at bigint NOT NULL
);

INSERT INTO partner_messaging.highest
    SELECT journal, channel, currency, max(cost) FROM partner_messaging.entries
    WHERE outcome = 1 AND cost IS NOT NULL AND currency IS NOT NULL
        AND EXISTS (SELECT FROM partner_messaging.format WHERE version = 1)
    GROUP BY journal, channel, currency
    ON CONFLICT DO NOTHING;
UPDATE partner_messaging.format SET version = 2 WHERE version = 1;
COMMIT;
";

/// One journal of the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) id: i32,
    pub(super) secret: [u8; 32],
}

/// The journal of this name, made by this if there is none.
pub(super) async fn prepare(client: &Client, name: &str) -> Result<Journal, Fault> {
    let tables = "SELECT to_regclass('partner_messaging.entries') IS NOT NULL, \
                  to_regclass('partner_messaging.format') IS NOT NULL";
    let row = client.query_typed_one(tables, &[]).await?;
    match (row.try_get(0)?, row.try_get(1)?) {
        (_, true) => {}
        (true, false) => {
            return Err(Fault::Broken("the schema partner_messaging is another program's".to_owned()));
        }
        (false, false) => execute(client, CREATE, "made").await?,
    }
    if version(client).await? == 1 {
        execute(client, SINCE_2, "brought to a newer format").await?;
    }
    let version = version(client).await?;
    if version != FORMAT {
        return Err(Fault::Broken(format!(
            "its tables have format {version} and this version knows {FORMAT}: it needs another version, and \
             nothing was changed"
        )));
    }
    if let Some(journal) = find(client, name).await? {
        return Ok(journal);
    }
    let mut secret = [0; 32];
    if SystemRandom::new().fill(&mut secret).is_err() {
        return Err(Fault::Broken("this machine gives no random numbers".to_owned()));
    }
    let insert =
        "INSERT INTO partner_messaging.journals (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    client.execute_typed(insert, &[(&name, Type::TEXT), (&&secret[..], Type::BYTEA)]).await?;
    find(client, name).await?.ok_or_else(Fault::removed)
}

async fn version(client: &Client) -> Result<i32, Fault> {
    let row = client.query_typed_opt("SELECT version FROM partner_messaging.format", &[]).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get(0))?)
}

/// Runs what makes tables, as a whole or not at all.
async fn execute(client: &Client, sql: &str, what: &str) -> Result<(), Fault> {
    let result = client.batch_execute(sql).await.map_err(Fault::from);
    if let Err(fault) = result {
        let _ = client.batch_execute("ROLLBACK").await;
        return Err(match fault {
            Fault::Broken(text) => {
                Fault::Broken(format!("its schema, partner_messaging, can't be {what}: {text}"))
            }
            fault => fault,
        });
    }
    Ok(())
}

async fn find(client: &Client, name: &str) -> Result<Option<Journal>, Fault> {
    let select = "SELECT id, secret FROM partner_messaging.journals WHERE name = $1";
    let Some(row) = client.query_typed_opt(select, &[(&name, Type::TEXT)]).await? else { return Ok(None) };
    let secret: &[u8] = row.try_get(1)?;
    let secret = secret.try_into().map_err(|_| Fault::Broken("its secret is damaged".to_owned()))?;
    Ok(Some(Journal { id: row.try_get(0)?, secret }))
}
