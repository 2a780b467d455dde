//! The open file.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use partner_messaging::journal::{
    Affordability, Claim, Claimed, Committed, Ending, Entry, Identity, RateRequest, RateShare, RateState,
    RecordQuery, Resolution, Resolved, Settled, Settlement, Spending, Store, StoreError, rules, since_boot,
};
use partner_messaging::{Decimal, JournalSummary, Kind, Outcome};
use rusqlite::types::Value;
use rusqlite::{CachedStatement, OptionalExtension, params};

use super::fault::Fault;
use super::files::{beside, id_of};
use super::open::Open;
use super::rows::{self, COLUMNS, Stored};
use super::system_calls;
use super::totals;
use crate::codes::{IN_PROGRESS, code_of};
use crate::fork::enter;
use crate::totals::{Changes, CostKey, move_to_unknown, total};

/// For how long an operation tries to get the file that others have locked.
const MAX_BUSY: Duration = Duration::from_secs(5);

/// The longest pause between two tries: whoever writes is done in less.
const MAX_BUSY_PAUSE: Duration = Duration::from_millis(2);

/// As many pages as SQLite's own checkpoints wait for.
const MAX_LOG_FRAMES: i64 = 1_000;

pub(super) struct SqliteStore {
    open: Open,
    /// The path of the write-ahead log.
    log: PathBuf,
    identity: Identity,
    /// The id of this boot of the machine.
    boot: String,
    /// Whether every commit is synced now.
    syncs: bool,
    /// The highest costs that the file is known to have.
    highest: RefCell<HashMap<CostKey, Decimal>>,
    /// How many claims whose time or owner is over stand as in progress, by channel, and when
    /// that was counted and how long it took.
    interrupted: Option<(Instant, Duration, HashMap<String, i64>)>,
}

/// What a transaction does, and what it leaves to do when it was committed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Read,
    /// Written to the log; the next sync takes it along.
    Write,
    /// Written and synced.
    WriteAndSync,
}

/// The row under a key, by the statement that looks rows up by their keys.
fn find_by(by_key: &mut CachedStatement<'_>, key: &str) -> Result<Option<Stored>, Fault> {
    let mut found = by_key.query((key,))?;
    found.next()?.map(rows::read).transpose()
}

impl SqliteStore {
    pub(super) fn new(open: Open, identity: Identity, boot: String) -> Self {
        let log = beside(&open.path, "-wal");
        Self { log, open, identity, boot, syncs: true, highest: RefCell::default(), interrupted: None }
    }

    /// Whether the paths still lead to the files that are open. Whoever removes or
    /// replaces one of them would take away what is written from now on.
    fn check_files(&self) -> Result<(), StoreError> {
        let open = &self.open;
        let replaced = |what: &str| {
            Err(StoreError::broken(format!("{what} was moved, removed or replaced while it was in use")))
        };
        if id_of(&open.path) != Some(open.file) || system_calls::open_file(&open.path) != Some(open.file) {
            return replaced("the file");
        }
        let log = system_calls::open_file(&self.log);
        if log.is_some() && log != id_of(&self.log) {
            return replaced("its write-ahead log (-wal)");
        }
        if !open.lock.is_current(&open.path) {
            return replaced("its lock file (-lock)");
        }
        Ok(())
    }

    /// Runs `work` in one transaction. While another process writes, it is tried again:
    /// outside of SQLite, so that a fork needn't wait for that.
    fn transaction<T>(
        &mut self,
        mode: Mode,
        work: impl FnMut(&Self) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.check_files().inspect_err(|_| self.open.distrust())?;
        let result = self.try_transaction(mode, work).map_err(StoreError::from);
        result.inspect_err(|error| {
            if error.is_broken() {
                self.open.set_sound(false);
            }
        })
    }

    fn try_transaction<T>(
        &mut self,
        mode: Mode,
        mut work: impl FnMut(&Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if mode != Mode::Read {
            let _inside = enter();
            self.checkpoint()?;
        }
        let begun = Instant::now();
        let mut pause = Duration::from_micros(200);
        loop {
            let result = {
                let _inside = enter();
                self.attempt(mode, &mut work)
            };
            match result {
                Err(fault) if fault.is_busy() && begun.elapsed() < MAX_BUSY => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(MAX_BUSY_PAUSE);
                }
                result => return result,
            }
        }
    }

    /// Brings a long log home. Here, and not after a commit by SQLite itself, which would
    /// tell nobody of a failed sync: the next one would succeed, and what this one should
    /// have synced be lost.
    fn checkpoint(&self) -> Result<(), Fault> {
        let connection = &self.open.database.connection;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
        let (frames, home) = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?.query_row((), read)?;
        if frames - home < MAX_LOG_FRAMES {
            return Ok(());
        }
        match connection
            .prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?
            .query_row((), read)
            .map_err(Fault::from)
        {
            // Later then: the log may have room where the file has none.
            Err(fault) if fault.is_busy() || fault.is_full() => Ok(()),
            result => result.map(drop),
        }
    }

    fn attempt<T>(
        &mut self,
        mode: Mode,
        work: &mut impl FnMut(&Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let syncs = mode == Mode::WriteAndSync;
        if mode != Mode::Read && syncs != self.syncs {
            let level = if syncs { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = NORMAL" };
            self.open.database.connection.execute_batch(level)?;
            self.syncs = syncs;
        }
        let begin = if mode == Mode::Read { "BEGIN" } else { "BEGIN IMMEDIATE" };
        self.open.database.connection.prepare_cached(begin)?.execute(())?;
        let result = work(self).and_then(|value| {
            self.open.database.connection.prepare_cached("COMMIT")?.execute(())?;
            Ok(value)
        });
        if result.is_err() && !self.open.database.connection.is_autocommit() {
            // Where this fails too, the connection is closed, which undoes it as well.
            let _ = self.open.database.connection.execute_batch("ROLLBACK");
        }
        result
    }

    /// The row under a key, as it is.
    fn find(&self, key: &str) -> Result<Option<Stored>, Fault> {
        find_by(&mut self.by_key()?, key)
    }

    fn by_key(&self) -> Result<CachedStatement<'_>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE key = ?1");
        Ok(self.open.database.connection.prepare_cached(&sql)?)
    }

    /// The entry of a row, a claim whose time or whose owner is over as what it is.
    fn effective(&self, mut stored: Stored) -> Result<Entry, Fault> {
        if stored.entry.ending.is_none() && self.is_over(&stored)? {
            stored.entry.interrupt();
        }
        Ok(stored.entry)
    }

    fn is_over(&self, stored: &Stored) -> Result<bool, Fault> {
        let owner = stored.entry.claim.owner;
        if since_boot() >= stored.boot_deadline {
            return Ok(true);
        }
        if owner == self.identity.owner {
            return Ok(false);
        }
        let mut statement =
            self.open.database.connection.prepare_cached("SELECT boot FROM owners WHERE owner = ?1")?;
        let boot: Option<String> =
            statement.query_row((owner.cast_signed(),), |row| row.get(0)).optional()?;
        Ok(boot.as_ref() != Some(&self.boot) || self.open.lock.is_gone(owner))
    }

    fn settle(&self, settlement: &Settlement, changes: &mut Changes) -> Result<Settled, Fault> {
        let Settlement { key, claim, ending } = settlement;
        let id_is_taken = match settlement.accepted_id() {
            Some(id) => self.is_taken(id, key)?,
            None => false,
        };
        if !id_is_taken {
            // By far most end as the first and only word of their claim.
            let mut statement = self.open.database.connection.prepare_cached(
                "UPDATE entries SET outcome = ?4, kind = ?5, code = ?6, sent_channel = ?7, message_id = ?8, \
                 cost = ?9, currency = ?10, ended_at = ?11, end_check = ?12 \
                 WHERE key = ?1 AND owner = ?2 AND claim = ?3 AND outcome IS NULL AND conflict_at IS NULL \
                 RETURNING channel",
            )?;
            let updated = statement.query_row(
                params![
                    key,
                    claim.owner.cast_signed(),
                    claim.number.cast_signed(),
                    code_of(ending.outcome),
                    ending.kind.map(Kind::as_str),
                    ending.code,
                    ending.channel,
                    ending.message_id,
                    ending.cost.map(|cost| cost.to_string()),
                    ending.currency,
                    ending.at,
                    rows::check_of_ending(key, *claim, ending),
                ],
                |row| row.get::<_, String>(0),
            );
            if let Some(channel) = updated.optional()? {
                changes.in_progress(&channel, -1);
                changes.ended(&channel, ending);
                return Ok(Settled::Recorded);
            }
        }
        let Some(stored) = self.find(key)? else { return Ok(Settled::Superseded) };
        let mut entry = stored.entry.clone();
        let settled = rules::settle(&mut entry, settlement, id_is_taken);
        self.replace(&stored, &entry, changes)?;
        Ok(settled)
    }

    /// Whether another key has this message id.
    fn is_taken(&self, message_id: &str, key: &str) -> Result<bool, Fault> {
        let sql = "SELECT 1 FROM entries WHERE message_id = ?1 AND key <> ?2 LIMIT 1";
        let mut statement = self.open.database.connection.prepare_cached(sql)?;
        Ok(statement.exists((message_id, key))?)
    }

    /// What stands in the way of a claim that can't be afforded.
    fn refuse(&self, claim: &Claim) -> Result<Claimed, Fault> {
        match self.find(&claim.key)? {
            Some(stored) if !rules::is_free(&stored.entry, claim) => {
                Ok(Claimed::Taken(Box::new(self.effective(stored)?)))
            }
            _ => Ok(Claimed::Unaffordable),
        }
    }

    fn claim(&self, claim: &Claim, changes: &mut Changes) -> Result<Claimed, Fault> {
        let mut statement = self.open.database.connection.prepare_cached(
            "INSERT INTO entries (key, digest, form, owner, claim, channel, claimed_at, deadline, boot_deadline, claim_check) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (key) DO NOTHING",
        )?;
        let inserted = statement.execute(params![
            claim.key,
            claim.digest,
            partner_messaging::journal::FORM,
            claim.id.owner.cast_signed(),
            claim.id.number.cast_signed(),
            claim.channel,
            claim.claimed_at,
            claim.deadline.wall,
            rows::millis_of(claim.deadline.boot),
            rows::check_of_claim(claim),
        ])?;
        if inserted == 1 {
            changes.in_progress(&claim.channel, 1);
            return Ok(Claimed::Made);
        }
        let stored =
            self.find(&claim.key)?.ok_or(Fault::Damaged("an entry is in its index and not in its table"))?;
        if !rules::is_free(&stored.entry, claim) {
            return Ok(Claimed::Taken(Box::new(self.effective(stored)?)));
        }
        let mut statement = self.open.database.connection.prepare_cached(
            "UPDATE entries SET owner = ?2, claim = ?3, channel = ?4, claimed_at = ?5, deadline = ?6, \
             boot_deadline = ?7, claim_check = ?8 WHERE id = ?1",
        )?;
        statement.execute(params![
            stored.id,
            claim.id.owner.cast_signed(),
            claim.id.number.cast_signed(),
            claim.channel,
            claim.claimed_at,
            claim.deadline.wall,
            rows::millis_of(claim.deadline.boot),
            rows::check_of_claim(claim),
        ])?;
        // What contradicted it before stays.
        let entry = Entry { conflict: stored.entry.conflict.clone(), ..Entry::of_claim(claim) };
        self.replace(&stored, &entry, changes)?;
        Ok(Claimed::Made)
    }

    /// Writes how an entry ended, and changes the sums accordingly.
    fn replace(&self, stored: &Stored, entry: &Entry, changes: &mut Changes) -> Result<(), Fault> {
        if stored.entry == *entry {
            return Ok(());
        }
        let ending = entry.ending.as_ref();
        let text = |of: fn(&Ending) -> Option<&String>| ending.and_then(of).cloned();
        let conflict = entry.conflict.as_ref();
        let mut statement = self.open.database.connection.prepare_cached(
            "UPDATE entries SET outcome = ?2, resolved = ?3, kind = ?4, code = ?5, sent_channel = ?6, \
             message_id = ?7, cost = ?8, currency = ?9, ended_at = ?10, conflict_outcome = ?11, \
             conflict_message_id = ?12, conflict_at = ?13, end_check = ?14 WHERE id = ?1",
        )?;
        statement.execute(params![
            stored.id,
            ending.map(|ending| code_of(ending.outcome)),
            entry.resolved,
            ending.and_then(|ending| ending.kind).map(Kind::as_str),
            text(|ending| ending.code.as_ref()),
            text(|ending| ending.channel.as_ref()),
            text(|ending| ending.message_id.as_ref()),
            ending.and_then(|ending| ending.cost).map(|cost| cost.to_string()),
            text(|ending| ending.currency.as_ref()),
            ending.map(|ending| ending.at),
            conflict.map(|conflict| code_of(conflict.outcome)),
            conflict.and_then(|conflict| conflict.message_id.as_ref()),
            conflict.map(|conflict| conflict.at),
            rows::end_check(entry),
        ])?;
        changes.remove(&stored.entry);
        changes.add(entry);
        Ok(())
    }

    /// Counts the synced transactions, so that a log that lost some is noticed.
    fn count_synced(&self) -> Result<u64, Fault> {
        let sql = "UPDATE journal SET value = value + 1 WHERE name = 'synced' RETURNING value";
        let count: i64 =
            self.open.database.connection.prepare_cached(sql)?.query_row((), |row| row.get(0))?;
        Ok(rows::unsigned(count))
    }

    /// Entries by their keys that a condition on the columns holds for.
    fn select(&self, query: &RecordQuery, after: &str) -> Result<Vec<Stored>, Fault> {
        let condition = match query.outcome {
            None => "1",
            // What was interrupted is unknown, too, and stands as in progress.
            Some(Outcome::Unknown) => "(outcome = 4 OR outcome IS NULL)",
            Some(_) => "outcome = ?3",
        };
        let sql =
            format!("SELECT {COLUMNS} FROM entries WHERE key > ?1 AND {condition} ORDER BY key LIMIT ?2");
        let mut statement = self.open.database.connection.prepare_cached(&sql)?;
        let mut parameters = vec![Value::Text(after.to_owned()), Value::Integer(query.limit.into())];
        if let Some(outcome) = query.outcome.filter(|outcome| *outcome != Outcome::Unknown) {
            parameters.push(Value::Integer(code_of(outcome).into()));
        }
        let mut found = statement.query(rusqlite::params_from_iter(parameters))?;
        let mut selected = Vec::new();
        while let Some(row) = found.next()? {
            selected.push(rows::read(row)?);
        }
        Ok(selected)
    }
}

impl Store for SqliteStore {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn bind_origin(&mut self, origin: &str) -> Result<String, StoreError> {
        let read = |store: &Self| -> Result<Option<String>, Fault> {
            let sql = "SELECT value FROM journal WHERE name = 'origin'";
            Ok(store.open.database.connection.query_row(sql, (), |row| row.get(0)).optional()?)
        };
        if let Some(origin) = self.transaction(Mode::Read, read)? {
            return Ok(origin);
        }
        self.transaction(Mode::WriteAndSync, |store| {
            let insert = "INSERT INTO journal VALUES ('origin', ?1) ON CONFLICT DO NOTHING";
            store.open.database.connection.execute(insert, (origin,))?;
            read(store)?.ok_or(Fault::Damaged("its origin is gone"))
        })
    }

    fn look_up(&mut self, keys: &[&str]) -> Result<Vec<Option<Entry>>, StoreError> {
        self.transaction(Mode::Read, |store| {
            let mut by_key = store.by_key()?;
            keys.iter()
                .map(|key| find_by(&mut by_key, key)?.map(|stored| store.effective(stored)).transpose())
                .collect()
        })
    }

    fn commit(&mut self, settlements: &[Settlement], claims: &[Claim]) -> Result<Committed, StoreError> {
        let mode = if claims.is_empty() { Mode::Write } else { Mode::WriteAndSync };
        let (committed, synced) = self.transaction(mode, |store| {
            let mut changes = Changes::default();
            let mut committed = Committed::default();
            for settlement in settlements {
                committed.settled.push(store.settle(settlement, &mut changes)?);
            }
            let mut spending = None;
            for claim in claims {
                if let Some(budget) = &claim.budget {
                    let spending = match &mut spending {
                        Some(spending) => spending,
                        None => spending.insert(store.spending_with(&changes)?),
                    };
                    if spending.check(budget) != Affordability::Now {
                        committed.claims.push(store.refuse(claim)?);
                        continue;
                    }
                }
                let claimed = store.claim(claim, &mut changes)?;
                if let Some(spending) = spending.as_mut().filter(|_| claimed == Claimed::Made) {
                    spending.begin(&[&claim.channel]);
                }
                committed.claims.push(claimed);
            }
            committed.spending = spending.map(Arc::new);
            store.write_totals(&changes)?;
            // Claims that find their keys taken write nothing, so that nothing is synced either.
            let claims = committed.claims.contains(&Claimed::Made);
            let synced = if claims { Some(store.count_synced()?) } else { None };
            Ok((committed, synced))
        })?;
        if let Some(count) = synced {
            // It only helps to notice that a log was damaged.
            let _ = self.open.lock.set_mark(count);
        }
        Ok(committed)
    }

    fn are_taken(&mut self, message_ids: &[&str]) -> Result<Vec<bool>, StoreError> {
        // No key is empty.
        self.transaction(Mode::Read, |store| message_ids.iter().map(|id| store.is_taken(id, "")).collect())
    }

    fn resolve(&mut self, resolution: &Resolution) -> Result<Resolved, StoreError> {
        self.transaction(Mode::WriteAndSync, |store| {
            let Some(stored) = store.find(&resolution.key)? else { return Ok(Resolved::Missing) };
            if let Some(id) = &resolution.ending.message_id
                && store.is_taken(id, &resolution.key)?
            {
                return Ok(Resolved::Duplicate);
            }
            let mut entry = stored.entry.clone();
            if entry.ending.is_none() && store.is_over(&stored)? {
                entry.interrupt();
            }
            if !rules::resolve(&mut entry, resolution) {
                return Ok(Resolved::Changed(Box::new(entry)));
            }
            let mut changes = Changes::default();
            store.replace(&stored, &entry, &mut changes)?;
            store.write_totals(&changes)?;
            Ok(Resolved::Done(Box::new(entry)))
        })
    }

    fn records(&mut self, query: &RecordQuery) -> Result<Vec<Entry>, StoreError> {
        self.transaction(Mode::Read, |store| {
            let wanted = query.limit as usize;
            let mut entries = Vec::new();
            let mut after = query.after.clone().unwrap_or_default();
            loop {
                let selected = store.select(query, &after)?;
                let ended = selected.len() < wanted;
                if let Some(last) = selected.last() {
                    after.clone_from(&last.entry.key);
                }
                for stored in selected {
                    let entry = store.effective(stored)?;
                    if query.outcome.is_none_or(|outcome| entry.outcome() == Some(outcome)) {
                        entries.push(entry);
                    }
                }
                if ended || entries.len() >= wanted {
                    entries.truncate(wanted);
                    return Ok(entries);
                }
            }
        })
    }

    fn summary(&mut self) -> Result<JournalSummary, StoreError> {
        self.transaction(Mode::Read, |store| {
            let sums = totals::read(&store.open.database.connection)?;
            let mut totals: Vec<_> = sums.into_iter().map(|(key, sum)| total(key, sum)).collect();
            if totals.iter().any(|total| total.outcome.is_none()) {
                for (channel, count) in store.count_interrupted()? {
                    move_to_unknown(&mut totals, &channel, count);
                }
            }
            let sql = "SELECT count(*) FROM entries WHERE conflict_at IS NOT NULL";
            let conflicts: i64 =
                store.open.database.connection.prepare_cached(sql)?.query_row((), |row| row.get(0))?;
            Ok(JournalSummary::new(totals, rows::unsigned(conflicts)))
        })
    }

    fn spending(&mut self) -> Result<Spending, StoreError> {
        // Whoever waits for others asks again and again, and all claims in progress have to be
        // looked for: not more often than once a second, nor for more than a tenth of the time.
        let is_fresh = |(at, took, _): &(Instant, Duration, _)| {
            at.elapsed() < Duration::from_secs(1).max(took.saturating_mul(10))
        };
        let known = self.interrupted.take().filter(is_fresh);
        let (spending, counted) = self.transaction(Mode::Read, |store| {
            let mut changes = Changes::default();
            let sums = totals::read(&store.open.database.connection)?;
            let in_progress = |channel: &str| {
                let found = sums.iter().find(|(key, _)| key.0 == IN_PROGRESS && key.1 == *channel);
                found.map_or(0, |(_, sum)| sum.messages)
            };
            let counted = match &known {
                _ if !sums.iter().any(|(key, _)| key.0 == IN_PROGRESS) => None,
                Some(known) => Some(known.clone()),
                None => {
                    let begun = Instant::now();
                    let interrupted = store.count_interrupted()?;
                    Some((begun, begun.elapsed(), interrupted))
                }
            };
            for (channel, count) in counted.iter().flat_map(|(_, _, interrupted)| interrupted) {
                // Some may have been resolved since.
                changes.interrupted(channel, (*count).min(in_progress(channel)));
            }
            let highest = totals::read_highest(&store.open.database.connection)?;
            Ok((changes.spending(sums, highest), counted))
        })?;
        self.interrupted = counted;
        Ok(spending)
    }

    fn share_rate(&mut self, request: &RateRequest) -> Result<RateShare, StoreError> {
        // Not synced: after a loss of power a second is over.
        self.transaction(Mode::Write, |store| {
            let connection = &store.open.database.connection;
            let read = "SELECT value FROM journal WHERE name = 'rate'";
            let found =
                connection.prepare_cached(read)?.query_row((), |row| row.get::<_, String>(0)).optional()?;
            let now = u64::try_from(since_boot().as_millis()).unwrap_or(u64::MAX / 4);
            // That of another boot says nothing of this one's time.
            let state =
                found.as_deref().and_then(|text| text.strip_prefix(store.boot.as_str())?.strip_prefix('\n'));
            let mut state = state.map_or_else(RateState::default, |text| RateState::from_text(text, now));
            let share = state.share(request, now);
            let write = "INSERT OR REPLACE INTO journal VALUES ('rate', ?1)";
            let text = format!("{}\n{}", store.boot, state.to_text());
            connection.prepare_cached(write)?.execute((text,))?;
            Ok(share)
        })
    }

    fn purge(&mut self, before: i64) -> Result<u64, StoreError> {
        /// So many at a time that nobody waits long for the file.
        const CHUNK: usize = 5_000;
        let mut purged = 0;
        loop {
            let count = self.transaction(Mode::WriteAndSync, |store| {
                let sql = format!(
                    "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE outcome IN (1, 2, 3) \
                     AND conflict_at IS NULL AND ended_at < ?1 LIMIT {CHUNK})"
                );
                Ok(store.open.database.connection.prepare_cached(&sql)?.execute((before,))?)
            })?;
            purged += count as u64;
            if count < CHUNK {
                return Ok(purged);
            }
        }
    }
}

impl SqliteStore {
    /// How many claims there are whose time or whose owner is over, by channel.
    fn count_interrupted(&self) -> Result<HashMap<String, i64>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE outcome IS NULL");
        let mut statement = self.open.database.connection.prepare_cached(&sql)?;
        let mut found = statement.query(())?;
        let mut interrupted = HashMap::new();
        while let Some(row) = found.next()? {
            let stored = rows::read(row)?;
            if self.is_over(&stored)? {
                *interrupted.entry(stored.entry.channel).or_default() += 1;
            }
        }
        Ok(interrupted)
    }

    /// What was spent as of this transaction, with what it has changed so far.
    fn spending_with(&self, changes: &Changes) -> Result<Spending, Fault> {
        let connection = &self.open.database.connection;
        Ok(changes.spending(totals::read(connection)?, totals::read_highest(connection)?))
    }

    fn write_totals(&self, changes: &Changes) -> Result<(), Fault> {
        let connection = &self.open.database.connection;
        totals::write(connection, changes)?;
        totals::write_highest(connection, changes, &mut self.highest.borrow_mut())
    }
}
