//! The open journal.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use partner_messaging::journal::{
    Affordability, Claim, Claimed, Committed, Entry, Identity, RateRequest, RateShare, RateState,
    RecordQuery, Resolution, Resolved, Settled, Settlement, Spending, Stop, Store, StoreError, rules,
    wall_millis,
};
use partner_messaging::{Decimal, JournalSummary};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::address::Address;
use super::fault::Fault;
use super::rows::{self, Change, Claims, Endings, Stored, condition};
use super::schema::{self, Journal};
use super::session::{self, Session};
use super::totals::{self, PARTS, Part};
use crate::totals::{Changes, CostKey, move_to_unknown, total};

/// For how long an operation tries at most, until a server counts as gone.
const MAX_TIME: Duration = Duration::from_secs(15);

/// For how long it takes leave of a server that doesn't listen.
const MAX_CLOSING: Duration = Duration::from_secs(1);

/// How often an operation that others came before of is tried again.
const MAX_TRIES: u32 = 20;

/// The pause before that, doubled each time up to the longest.
const MIN_PAUSE: Duration = Duration::from_millis(1);
const MAX_PAUSE: Duration = Duration::from_millis(200);

/// What stands for spending among the locks of a journal, whose others are for parts of its sums.
const SPENDING: i32 = -1;

/// Nothing here outlives its transaction, so a pooler may give each another connection.
/// A process that is stopped in mid-transaction doesn't keep its locks for ever.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
    SET LOCAL synchronous_commit = on; \
    SET LOCAL lock_timeout = '5s'; \
    SET LOCAL idle_in_transaction_session_timeout = '10s'";

pub(super) struct PostgresStore {
    address: Arc<Address>,
    identity: Identity,
    journal: i32,
    /// Which part of the sums this process writes to.
    part: i32,
    /// The highest costs that the journal is known to have.
    highest: RefCell<HashMap<CostKey, Decimal>>,
    /// `None` after it was lost.
    session: Option<Session>,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl PostgresStore {
    /// Connects; makes the journal if there is none of its name.
    pub(super) fn open(address: &Arc<Address>, owner: u64) -> Result<(Self, Journal), StoreError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(no_runtime)?;
        let opened = runtime.block_on(async {
            let session = session::connect(address).await?;
            let prepared = schema::prepare(&session.client, &address.journal);
            let journal = tokio::time::timeout(MAX_TIME, prepared).await.map_err(|_| no_answer())??;
            Ok((session, journal))
        });
        let (session, journal) = match opened {
            Ok(opened) => opened,
            Err(fault) => {
                // A name that is still looked up must not be waited for.
                runtime.shutdown_background();
                let fault: Fault = fault;
                return Err(StoreError::broken(StoreError::from(fault).to_string()));
            }
        };
        let store = Self {
            address: address.clone(),
            identity: Identity { secret: journal.secret, owner },
            journal: journal.id,
            part: i32::try_from(owner % PARTS.unsigned_abs() as u64).unwrap_or(0),
            highest: RefCell::default(),
            session: Some(session),
            runtime: Some(runtime),
        };
        Ok((store, journal))
    }

    /// Runs an operation; again where others came first, and once where the connection was
    /// lost: every operation may be repeated, since what was done is recognised by the ids
    /// of claims.
    fn run<T>(&mut self, operation: impl AsyncFn(&Client, u32) -> Result<T, Fault>) -> Result<T, StoreError> {
        let Self { runtime: Some(runtime), session, address, .. } = self else {
            return Err(StoreError::failed("it was closed"));
        };
        let (begun, mut tries, mut lost) = (Instant::now(), 0, false);
        loop {
            let attempt = attempt(session, address, async |client| operation(client, tries).await);
            let result = runtime.block_on(async {
                let left = MAX_TIME.saturating_sub(begun.elapsed());
                tokio::time::timeout(left, attempt).await.unwrap_or_else(|_| Err(no_answer()))
            });
            match result {
                Ok(value) => return Ok(value),
                Err(Fault::Lost(_)) if !lost && begun.elapsed() < MAX_TIME => lost = true,
                Err(Fault::Again(_)) if tries < MAX_TRIES && begun.elapsed() < MAX_TIME => {
                    let pause = MIN_PAUSE.saturating_mul(1 << tries.min(16)).min(MAX_PAUSE);
                    std::thread::sleep(pause);
                }
                Err(fault) => return Err(fault.into()),
            }
            tries += 1;
        }
    }

    /// The stop that a statement about this journal gives.
    fn stop_of(&mut self, sql: &str) -> Result<Option<Stop>, StoreError> {
        let journal = self.journal;
        self.run(async |client, _| {
            let found = client.query_typed_opt(sql, &[(&journal, Type::INT4)]).await?;
            Ok(match found {
                Some(row) => Some(Stop { reason: row.try_get(0)?, at: row.try_get(1)? }),
                None => None,
            })
        })
    }

    /// The same in one transaction.
    fn transaction<T>(
        &mut self,
        operation: impl AsyncFn(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let (journal, part) = (self.journal, self.part);
        let highest = RefCell::new(self.highest.take());
        let result = self.run(async |client, tries| {
            let transaction = Transaction { client, journal, part, highest: &highest, is_careful: tries > 0 };
            let result = async {
                let value = operation(&transaction).await?;
                client.batch_execute("COMMIT").await?;
                Ok(value)
            };
            let result = result.await;
            if result.is_err() && !client.is_closed() {
                client.batch_execute("ROLLBACK").await?;
            }
            result
        });
        self.highest = highest;
        result
    }
}

/// One attempt at an operation, on the connection or a new one.
async fn attempt<T>(
    session: &mut Option<Session>,
    address: &Address,
    operation: impl AsyncFnOnce(&Client) -> Result<T, Fault>,
) -> Result<T, Fault> {
    // Taken out: whatever ends this early, a connection in mid-transaction is not used again.
    let open = match session.take().filter(|session| !session.client.is_closed()) {
        Some(open) => open,
        None => session::connect(address).await?,
    };
    let result = operation(&open.client).await;
    if !matches!(result, Err(Fault::Lost(_))) && !open.client.is_closed() {
        *session = Some(open);
    }
    result
}

fn no_runtime(error: io::Error) -> StoreError {
    StoreError::failed(format!("this process can't wait for a server: {error}"))
}

fn no_answer() -> Fault {
    Fault::Failed(format!("the server did not answer within {} s", MAX_TIME.as_secs()))
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if let Some(session) = self.session.take() {
            // The server learns that we go; if it doesn't listen, it will see.
            let _ = runtime.block_on(async { tokio::time::timeout(MAX_CLOSING, session.close()).await });
        }
        runtime.shutdown_background();
    }
}

/// A transaction under way.
struct Transaction<'a> {
    client: &'a Client,
    journal: i32,
    part: i32,
    highest: &'a RefCell<HashMap<CostKey, Decimal>>,
    /// Whether everything is looked at before it is changed: the quick way failed.
    is_careful: bool,
}

impl<'a> Transaction<'a> {
    /// Only for reading: it has no beginning and no end.
    fn reading(client: &'a Client, journal: i32, highest: &'a RefCell<HashMap<CostKey, Decimal>>) -> Self {
        Self { client, journal, part: 0, highest, is_careful: false }
    }

    async fn begin(&self) -> Result<(), Fault> {
        Ok(self.client.batch_execute(BEGIN).await?)
    }

    /// The rows under these keys, in no order.
    async fn find(&self, keys: &[&str]) -> Result<HashMap<String, Stored>, Fault> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        // Each key by the index, whatever the server's statistics say: of a journal that was made
        // after they were, it expects a row or none, and would read all that there are each time.
        let select = format!(
            "SELECT {} FROM unnest($2) AS k (key) CROSS JOIN LATERAL \
             (SELECT * FROM partner_messaging.entries WHERE journal = $1 AND key = k.key OFFSET 0) AS e",
            rows::columns()
        );
        let parameters = [(&self.journal as _, Type::INT4), (&keys as _, Type::TEXT_ARRAY)];
        let found = self.client.query_typed(&select, &parameters).await?;
        found.iter().map(|row| rows::read(row).map(|stored| (stored.entry.key.clone(), stored))).collect()
    }

    /// The row under a key; nobody else changes it.
    async fn find_one(&self, key: &str) -> Result<Option<Stored>, Fault> {
        let select = format!(
            "SELECT {} FROM partner_messaging.entries AS e WHERE e.journal = $1 AND e.key = $2 FOR UPDATE",
            rows::columns()
        );
        let parameters = [(&self.journal as _, Type::INT4), (&key as _, Type::TEXT)];
        self.client.query_typed_opt(&select, &parameters).await?.as_ref().map(rows::read).transpose()
    }

    /// Whether another key has this message id.
    async fn is_taken(&self, message_id: Option<&str>, key: &str) -> Result<bool, Fault> {
        let Some(message_id) = message_id else { return Ok(false) };
        let select = "SELECT EXISTS (SELECT FROM partner_messaging.entries WHERE journal = $1 AND key <> $3 \
                      AND (message_id = $2 OR duplicate_id = $2))";
        let message_id = rows::text(message_id);
        let parameters =
            [(&self.journal as _, Type::INT4), (&message_id as _, Type::TEXT), (&key as _, Type::TEXT)];
        Ok(self.client.query_typed_one(select, &parameters).await?.try_get(0)?)
    }

    /// Writes how an entry is now, and changes the sums accordingly.
    async fn replace(
        &self,
        before: &Entry,
        after: &Entry,
        is_duplicate: bool,
        changes: &mut Changes,
    ) -> Result<(), Fault> {
        if before == after {
            return Ok(());
        }
        let change = Change::new(after, is_duplicate);
        self.client.execute_typed(Change::UPDATE, &change.parameters(&self.journal)).await?;
        changes.remove(before);
        changes.add(after);
        Ok(())
    }

    /// Records those that are the first and only word of their claim; tells which are not.
    async fn settle_most(
        &self,
        settlements: &[Settlement],
        changes: &mut Changes,
    ) -> Result<Vec<usize>, Fault> {
        if settlements.is_empty() || self.is_careful {
            return Ok((0..settlements.len()).collect());
        }
        let mut endings = Endings::default();
        settlements.iter().for_each(|it| endings.add(&it.key, it.claim, &it.ending));
        let updated = self.client.query_typed(Endings::UPDATE, &endings.parameters(&self.journal)).await?;
        let mut is_left = vec![true; settlements.len()];
        for row in updated {
            let at = usize::try_from(row.try_get::<_, i64>(0)? - 1).map_err(|_| Fault::damaged())?;
            let settlement = settlements.get(at).ok_or_else(Fault::damaged)?;
            let channel: &str = row.try_get(1)?;
            changes.in_progress(channel, -1);
            changes.ended(channel, &settlement.ending);
            is_left[at] = false;
        }
        Ok(is_left.iter().enumerate().filter_map(|(at, left)| left.then_some(at)).collect())
    }

    /// Records one by the rules.
    async fn settle(&self, settlement: &Settlement, changes: &mut Changes) -> Result<Settled, Fault> {
        let key = &settlement.key;
        let Some(stored) = self.find_one(key).await? else { return Ok(Settled::Superseded) };
        let id_is_taken = self.is_taken(settlement.accepted_id(), key).await?;
        let mut entry = stored.entry.clone();
        let settled = rules::settle(&mut entry, settlement, id_is_taken);
        // Which of the two columns its id stands in, whether it is the settlement's or not.
        let id = entry.ending.as_ref().and_then(|ending| ending.message_id.as_deref());
        let is_duplicate = match id == settlement.accepted_id() {
            true => id_is_taken,
            false => self.is_taken(id, key).await?,
        };
        self.replace(&stored.entry, &entry, is_duplicate, changes).await?;
        Ok(settled)
    }

    /// Makes the claims whose keys are new or free, as `found` has them, and that what was
    /// spent allows. Gives what stands in the way of each.
    async fn claim(
        &self,
        claims: &[Claim],
        mut found: HashMap<String, Stored>,
        spending: Option<&mut Spending>,
        changes: &mut Changes,
    ) -> Result<Vec<Claimed>, Fault> {
        let mut wanted = Claims::default();
        let mut unaffordable = HashSet::new();
        let mut spending = spending;
        for claim in claims {
            match (found.get(&claim.key), &mut spending) {
                (Some(stored), _) if !rules::is_free(&stored.entry, claim) => {}
                (_, None) => wanted.add(claim),
                (_, Some(spending)) => match &claim.budget {
                    Some(budget) if spending.check(budget) != Affordability::Now => {
                        unaffordable.insert(claim.key.as_str());
                    }
                    _ => {
                        spending.begin(&[&claim.channel]);
                        wanted.add(claim);
                    }
                },
            }
        }
        let mut made = HashMap::new();
        if !wanted.keys().is_empty() {
            let inserted = self.client.query_typed(Claims::INSERT, &wanted.parameters(&self.journal)).await?;
            for row in &inserted {
                made.insert(row.try_get::<_, String>(0)?, row.try_get::<_, i32>(1)?);
            }
        }
        // Somebody else has claimed these in between.
        let lost: Vec<_> = wanted.keys().iter().filter(|key| !made.contains_key(**key)).copied().collect();
        let mut others = self.find(&lost).await?;
        let mut answers = Vec::with_capacity(claims.len());
        for claim in claims {
            let before = found.remove(&claim.key);
            if unaffordable.contains(claim.key.as_str()) {
                answers.push(Claimed::Unaffordable);
                continue;
            }
            let taken = |stored: Stored| Claimed::Taken(Box::new(stored.effective()));
            let Some(count) = made.get(&claim.key) else {
                let stored = others.remove(&claim.key);
                answers.push(match (stored, before) {
                    (Some(stored), _) => taken(stored),
                    // A commit whose answer was lost had made it.
                    (None, Some(own)) if own.entry.claim == claim.id && own.entry.ending.is_none() => {
                        Claimed::Made
                    }
                    (None, Some(other)) => taken(other),
                    (None, None) => return Err(Fault::overtaken()),
                });
                continue;
            };
            // What it was before is known only if nobody came in between.
            if *count != before.as_ref().map_or(1, |before| before.claims + 1) {
                return Err(Fault::overtaken());
            }
            if let Some(before) = before {
                changes.remove(&before.entry);
            }
            changes.in_progress(&claim.channel, 1);
            answers.push(Claimed::Made);
        }
        Ok(answers)
    }

    async fn write(&self, part: Part, changes: &Changes) -> Result<(), Fault> {
        part.write(self.client, self.journal, self.part, changes).await?;
        // Taken out while it waits; what is lost of it is read again.
        let mut known = self.highest.take();
        let written = totals::write_highest(self.client, self.journal, changes, &mut known).await;
        self.highest.replace(known);
        written
    }

    /// Lets no other transaction that has budgets go on before this one has ended.
    async fn lock_spending(&self) -> Result<(), Fault> {
        let parameters = [(&self.journal as _, Type::INT4), (&SPENDING as _, Type::INT4)];
        self.client.query_typed("SELECT pg_advisory_xact_lock($1, $2)", &parameters).await?;
        Ok(())
    }

    /// What was spent as of now, with what this transaction has changed so far.
    async fn spending(&self, changes: &Changes) -> Result<Spending, Fault> {
        let (sums, highest) = tokio::join!(
            totals::read_all(self.client, self.journal),
            totals::read_highest(self.client, self.journal)
        );
        Ok(changes.spending(sums?, highest?))
    }

    async fn lock_part(&self) -> Result<Part, Fault> {
        Part::lock(self.client, self.journal, self.part).await
    }
}

/// The origin that the journal belongs to, if it belongs to one.
async fn origin_of(client: &Client, journal: i32) -> Result<Option<String>, Fault> {
    let select = "SELECT origin FROM partner_messaging.journals WHERE id = $1";
    let row = client.query_typed_opt(select, &[(&journal, Type::INT4)]).await?;
    Ok(row.ok_or_else(Fault::removed)?.try_get(0)?)
}

/// How many claims there are whose time is over, by channel.
async fn interrupted(client: &Client, journal: i32) -> Result<Vec<(String, i64)>, Fault> {
    let select = format!(
        "SELECT e.channel, count(*) FROM partner_messaging.entries AS e \
         WHERE e.journal = $1 AND e.outcome IN (0, 4) AND {} GROUP BY e.channel",
        rows::IS_OVER
    );
    let rows = client.query_typed(&select, &[(&journal, Type::INT4)]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

impl Store for PostgresStore {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn bind_origin(&mut self, origin: &str) -> Result<String, StoreError> {
        let journal = self.journal;
        if let Some(bound) = self.run(async |client, _| origin_of(client, journal).await)? {
            return Ok(bound);
        }
        self.transaction(async |transaction| {
            transaction.begin().await?;
            let parameters = [(&journal as _, Type::INT4), (&origin as _, Type::TEXT)];
            let update = "UPDATE partner_messaging.journals SET origin = $2 WHERE id = $1 AND origin IS NULL";
            transaction.client.execute_typed(update, &parameters).await?;
            origin_of(transaction.client, journal).await?.ok_or_else(Fault::removed)
        })
    }

    fn look_up(&mut self, keys: &[&str]) -> Result<Vec<Option<Entry>>, StoreError> {
        let (journal, highest) = (self.journal, RefCell::default());
        self.run(async |client, _| {
            let reading = Transaction::reading(client, journal, &highest);
            let mut found = reading.find(keys).await?;
            Ok(keys.iter().map(|key| found.remove(*key).map(Stored::effective)).collect())
        })
    }

    fn commit(&mut self, settlements: &[Settlement], claims: &[Claim]) -> Result<Committed, StoreError> {
        let keys: Vec<_> = claims.iter().map(|claim| claim.key.as_str()).collect();
        let has_budgets = claims.iter().any(|claim| claim.budget.is_some());
        // In the order of their keys, as everybody does: who waits for whom is no circle.
        let mut order: Vec<_> = (0..settlements.len()).collect();
        order.sort_by(|a, b| settlements[*a].key.as_bytes().cmp(settlements[*b].key.as_bytes()));
        let sorted: Vec<_> = order.iter().map(|at| settlements[*at].clone()).collect();
        self.transaction(async |transaction| {
            let mut changes = Changes::default();
            // All of these are on their way together.
            let (begun, locked, left, found) = tokio::join!(
                transaction.begin(),
                // The first of all locks, so that nobody waits for it who has others.
                async { if has_budgets { transaction.lock_spending().await } else { Ok(()) } },
                transaction.settle_most(&sorted, &mut changes),
                transaction.find(&keys),
            );
            begun?;
            locked?;
            let (left, mut found) = (left?, found?);
            let mut settled = vec![Settled::Recorded; settlements.len()];
            for at in &left {
                settled[order[*at]] = transaction.settle(&sorted[*at], &mut changes).await?;
            }
            if !left.is_empty() {
                found = transaction.find(&keys).await?;
            }
            let mut spending = match has_budgets {
                true => Some(transaction.spending(&changes).await?),
                false => None,
            };
            let (claims, part) = tokio::join!(
                transaction.claim(claims, found, spending.as_mut(), &mut changes),
                transaction.lock_part()
            );
            let claims = claims?;
            transaction.write(part?, &changes).await?;
            Ok(Committed { settled, claims, spending: spending.map(Arc::new) })
        })
    }

    fn are_taken(&mut self, message_ids: &[&str]) -> Result<Vec<bool>, StoreError> {
        let (journal, highest) = (self.journal, RefCell::default());
        self.run(async |client, _| {
            let reading = Transaction::reading(client, journal, &highest);
            let mut taken = Vec::with_capacity(message_ids.len());
            for id in message_ids {
                // No key is empty.
                taken.push(reading.is_taken(Some(id), "").await?);
            }
            Ok(taken)
        })
    }

    fn resolve(&mut self, resolution: &Resolution) -> Result<Resolved, StoreError> {
        self.transaction(async |transaction| {
            transaction.begin().await?;
            let Some(stored) = transaction.find_one(&resolution.key).await? else {
                return Ok(Resolved::Missing);
            };
            if transaction.is_taken(resolution.ending.message_id.as_deref(), &resolution.key).await? {
                return Ok(Resolved::Duplicate);
            }
            let before = stored.entry.clone();
            let mut entry = stored.effective();
            if !rules::resolve(&mut entry, resolution) {
                return Ok(Resolved::Changed(Box::new(entry)));
            }
            let mut changes = Changes::default();
            transaction.replace(&before, &entry, false, &mut changes).await?;
            let part = transaction.lock_part().await?;
            transaction.write(part, &changes).await?;
            Ok(Resolved::Done(Box::new(entry)))
        })
    }

    fn records(&mut self, query: &RecordQuery) -> Result<Vec<Entry>, StoreError> {
        let select = format!(
            "SELECT {} FROM partner_messaging.entries AS e WHERE e.journal = $1 AND e.key > $2 AND {} \
             ORDER BY e.key LIMIT $3",
            rows::columns(),
            condition(query.outcome)
        );
        let (journal, limit) = (self.journal, i64::from(query.limit));
        let after = query.after.as_deref().unwrap_or_default();
        self.run(async |client, _| {
            let parameters =
                [(&journal as _, Type::INT4), (&after as _, Type::TEXT), (&limit as _, Type::INT8)];
            let found = client.query_typed(&select, &parameters).await?;
            found.iter().map(|row| rows::read(row).map(Stored::effective)).collect()
        })
    }

    fn summary(&mut self) -> Result<JournalSummary, StoreError> {
        let journal = self.journal;
        self.run(async |client, _| {
            let parameters = [(&journal as _, Type::INT4)];
            let conflicts =
                "SELECT count(*) FROM partner_messaging.entries WHERE journal = $1 AND conflict_at IS NOT NULL";
            // As of one moment, and without a change to roll back.
            let (begun, totals, interrupted, conflicts, ended) = tokio::join!(
                client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                totals::read_all(client, journal),
                interrupted(client, journal),
                client.query_typed_one(conflicts, &parameters),
                client.batch_execute("COMMIT"),
            );
            begun?;
            let mut totals: Vec<_> = totals?.into_iter().map(|(key, sum)| total(key, sum)).collect();
            for (channel, count) in interrupted? {
                move_to_unknown(&mut totals, &channel, count);
            }
            let conflicts: i64 = conflicts?.try_get(0)?;
            ended?;
            Ok(JournalSummary::new(totals, conflicts.cast_unsigned()))
        })
    }

    fn spending(&mut self) -> Result<Spending, StoreError> {
        let journal = self.journal;
        self.run(async |client, _| {
            let (begun, sums, highest, interrupted, ended) = tokio::join!(
                client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                totals::read_all(client, journal),
                totals::read_highest(client, journal),
                interrupted(client, journal),
                client.batch_execute("COMMIT"),
            );
            begun?;
            let (sums, highest) = (sums?, highest?);
            let mut changes = Changes::default();
            interrupted?.into_iter().for_each(|(channel, count)| changes.interrupted(&channel, count));
            ended?;
            Ok(changes.spending(sums, highest))
        })
    }

    fn share_rate(&mut self, request: &RateRequest) -> Result<RateShare, StoreError> {
        self.transaction(async |transaction| {
            let Transaction { client, journal, .. } = transaction;
            transaction.begin().await?;
            // What is lost of it with a server's power is over when the server is there again.
            client.batch_execute("SET LOCAL synchronous_commit = off").await?;
            let parameters = [(journal as _, Type::INT4)];
            let insert = "INSERT INTO partner_messaging.rates VALUES ($1, '') ON CONFLICT DO NOTHING";
            let select = "SELECT state FROM partner_messaging.rates WHERE journal = $1 FOR UPDATE";
            let mut found = client.query_typed_opt(select, &parameters).await?;
            if found.is_none() {
                client.execute_typed(insert, &parameters).await?;
                found = client.query_typed_opt(select, &parameters).await?;
            }
            // Read after the lock: nobody's moment lies before that of who came before.
            let now = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
            let now: i64 = client.query_typed_one(now, &[]).await?.try_get(0)?;
            let now = u64::try_from(now).unwrap_or_default();
            let found = found.ok_or_else(Fault::removed)?;
            let mut state = match found.try_get(0)? {
                "" => RateState::default(),
                text => RateState::from_text(text, now),
            };
            let share = state.share(request, now);
            let text = state.to_text();
            let update = "UPDATE partner_messaging.rates SET state = $2 WHERE journal = $1";
            client.execute_typed(update, &[(journal as _, Type::INT4), (&text as _, Type::TEXT)]).await?;
            Ok(share)
        })
    }

    fn stop(&mut self, reason: &str) -> Result<(), StoreError> {
        let (journal, reason, at) = (self.journal, rows::text(reason), wall_millis());
        let parameters = [(&journal as _, Type::INT4), (&reason as _, Type::TEXT), (&at as _, Type::INT8)];
        self.run(async |client, _| {
            let insert = "INSERT INTO partner_messaging.stops VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            client.execute_typed(insert, &parameters).await?;
            Ok(())
        })
    }

    fn stopped(&mut self) -> Result<Option<Stop>, StoreError> {
        self.stop_of("SELECT reason, at FROM partner_messaging.stops WHERE journal = $1")
    }

    fn resume(&mut self) -> Result<Option<Stop>, StoreError> {
        self.stop_of("DELETE FROM partner_messaging.stops WHERE journal = $1 RETURNING reason, at")
    }

    fn purge(&mut self, before: i64) -> Result<u64, StoreError> {
        /// So many at a time that nobody waits long for a row.
        const CHUNK: i64 = 5_000;
        let (mut purged, mut after) = (0, Some(String::new()));
        while let Some(from) = after {
            let (count, next) = self.transaction(async |transaction| {
                transaction.begin().await?;
                let bound = "SELECT max(key) FROM (SELECT key FROM partner_messaging.entries \
                             WHERE journal = $1 AND key > $2 ORDER BY key LIMIT $3) AS page";
                let parameters = [
                    (&transaction.journal as _, Type::INT4),
                    (&from as _, Type::TEXT),
                    (&CHUNK as _, Type::INT8),
                ];
                let row = transaction.client.query_typed_one(bound, &parameters).await?;
                let Some(last) = row.try_get::<_, Option<String>>(0)? else { return Ok((0, None)) };
                let delete = "DELETE FROM partner_messaging.entries WHERE journal = $1 AND key > $2 AND key <= $3 \
                              AND outcome IN (1, 2, 3) AND conflict_at IS NULL AND ended_at < $4";
                let parameters = [
                    (&transaction.journal as _, Type::INT4),
                    (&from as _, Type::TEXT),
                    (&last as _, Type::TEXT),
                    (&before as _, Type::INT8),
                ];
                Ok((transaction.client.execute_typed(delete, &parameters).await?, Some(last)))
            })?;
            purged += count;
            after = next;
        }
        Ok(purged)
    }
}
