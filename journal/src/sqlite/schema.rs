//! What is in the file.

/// Says in the file's header that it is a journal: `PMjr`.
pub(super) const APPLICATION_ID: u32 = 0x504d_6a72;

/// The version of everything below, in the file's header.
pub(super) const FORMAT: u32 = 2;

/// The tables of format 1. Codes of outcomes are in `rows`. What `claim_check` and `end_check`
/// are of is in `rows`, too.
pub(super) const SCHEMA: &str = "
CREATE TABLE journal (
    name TEXT PRIMARY KEY NOT NULL,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Who claims, and in which boot of the machine its clock counts.
CREATE TABLE owners (
    owner INTEGER PRIMARY KEY NOT NULL,
    boot TEXT NOT NULL
) STRICT;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    form INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    claim INTEGER NOT NULL,
    channel TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    boot_deadline INTEGER NOT NULL,
    claim_check INTEGER NOT NULL,
    outcome INTEGER,
    resolved INTEGER NOT NULL DEFAULT 0,
    kind TEXT,
    code TEXT,
    sent_channel TEXT,
    message_id TEXT,
    cost TEXT,
    currency TEXT,
    ended_at INTEGER,
    conflict_outcome INTEGER,
    conflict_message_id TEXT,
    conflict_at INTEGER,
    end_check INTEGER
) STRICT;

CREATE UNIQUE INDEX entries_key ON entries (key);
CREATE INDEX entries_message_id ON entries (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX entries_unknown ON entries (key) WHERE outcome = 4;
CREATE INDEX entries_conflict ON entries (key) WHERE conflict_at IS NOT NULL;

-- The sums of all that was ever recorded. Outcome 0 is in progress; a currency of '' is none.
CREATE TABLE totals (
    outcome INTEGER NOT NULL,
    channel TEXT NOT NULL,
    currency TEXT NOT NULL,
    messages INTEGER NOT NULL,
    cost TEXT NOT NULL,
    unpriced INTEGER NOT NULL,
    PRIMARY KEY (outcome, channel, currency)
) STRICT, WITHOUT ROWID;
";

/// What format 2 has besides; the shares of a rate stand in `journal`, too.
pub(super) const SINCE_2: &str = "
-- The highest cost of a message that was claimed with a channel.
CREATE TABLE highest (
    channel TEXT NOT NULL,
    currency TEXT NOT NULL,
    cost TEXT NOT NULL,
    PRIMARY KEY (channel, currency)
) STRICT, WITHOUT ROWID;
";
