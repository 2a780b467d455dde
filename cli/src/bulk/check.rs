//! Checking every row before the first is sent.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use partner_messaging::journal::{Digest, JournalCall, KeyState};
use partner_messaging::{JournalHandle, Outcome};

use super::bad_rows::BadRows;
use super::maker::{Fault, Maker};
use super::rows::{Row, Rows};
use crate::status::Failure;

/// So many keys are looked up at a time.
const BATCH: usize = 500;

/// What the check of all rows found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) rows: u64,
    /// The numbers of the rows that can't be sent.
    pub(crate) bad: HashSet<u64>,
    /// How many of the good rows are the same as one before, under the same key.
    pub(crate) same: u64,
    /// How many the journal has as sent, and from when to when they were.
    pub(crate) sent_before: u64,
    pub(crate) first_sent: Option<i64>,
    pub(crate) last_sent: Option<i64>,
    /// How many the journal has as unknown, or in progress.
    pub(crate) open_before: u64,
    /// The good rows that are still to be sent, by channel.
    pub(crate) to_send: BTreeMap<String, u64>,
    /// A bit for each row that the journal has as sent.
    passed: Vec<u64>,
}

impl Checked {
    /// Whether the journal has this row as sent.
    pub(crate) fn is_sent(&self, number: u64) -> bool {
        let (word, bit) = place(number);
        self.passed.get(word).is_some_and(|bits| bits & bit != 0)
    }

    fn set_sent(&mut self, number: u64) {
        let (word, bit) = place(number);
        if self.passed.len() <= word {
            self.passed.resize(word + 1, 0);
        }
        self.passed[word] |= bit;
    }

    /// Whether nothing is left to be done.
    pub(crate) fn is_all_sent(&self) -> bool {
        self.sent_before + self.bad.len() as u64 == self.rows
    }
}

/// The word and the bit of a row, which counts from 1. A row beyond what memory could hold
/// is beyond what was read.
fn place(number: u64) -> (usize, u64) {
    (usize::try_from(number / 64).unwrap_or(usize::MAX), 1 << (number % 64))
}

/// A key and its message as hashes by a secret of this run: 10⁶ of them are 24 MB. Two that
/// agree by chance would be told as a bad row: nothing goes out wrongly.
struct Seen {
    key: u64,
    message: u32,
    number: u32,
    line: u32,
    channel: u16,
}

/// A row that waits for the journal's word.
struct Waiting {
    number: u64,
    line: u64,
    channel: u16,
}

/// Reads all rows.
pub(crate) fn check(
    rows: &mut Rows,
    maker: &Maker,
    journal: Option<&JournalHandle>,
    bad_rows: &mut BadRows,
) -> Result<Checked, Failure> {
    let hasher = RandomState::new();
    let mut checked = Checked::default();
    let mut seen: Vec<Seen> = Vec::new();
    let mut batch: Vec<(String, Digest)> = Vec::with_capacity(BATCH);
    let mut waiting: Vec<Waiting> = Vec::with_capacity(BATCH);
    let mut channels: Vec<String> = Vec::new();
    let mut asked = Asked::default();
    let mut row = Row::new();
    while rows.next(&mut row)? {
        checked.rows += 1;
        match maker.make(rows, &row) {
            Err(fault) => {
                checked.bad.insert(row.number);
                bad_rows.add(row.line, fault)?;
            }
            Ok(made) => {
                let channel = index(&mut channels, made.message.channel());
                let [a, b, c, d, ..] = made.digest;
                seen.push(Seen {
                    key: hasher.hash_one(&made.key),
                    message: u32::from_ne_bytes([a, b, c, d]),
                    number: u32::try_from(row.number).unwrap_or(u32::MAX),
                    line: u32::try_from(row.line).unwrap_or(u32::MAX),
                    channel,
                });
                waiting.push(Waiting { number: row.number, line: row.line, channel });
                batch.push((made.key, made.digest));
            }
        }
        if batch.len() == BATCH {
            // While the journal looks these up, the next are made.
            let before = std::mem::replace(&mut asked, Asked::new(journal, &mut batch, &mut waiting));
            before.settle(&channels, &mut checked, bad_rows)?;
        }
    }
    asked.settle(&channels, &mut checked, bad_rows)?;
    Asked::new(journal, &mut batch, &mut waiting).settle(&channels, &mut checked, bad_rows)?;
    find_same(seen, &channels, &mut checked, bad_rows)?;
    bad_rows.end()?;
    Ok(checked)
}

/// Rows that the journal was asked about.
#[derive(Default)]
struct Asked {
    /// Absent where there is no journal.
    call: Option<JournalCall<Vec<Option<KeyState>>>>,
    rows: Vec<Waiting>,
}

impl Asked {
    fn new(
        journal: Option<&JournalHandle>,
        batch: &mut Vec<(String, Digest)>,
        waiting: &mut Vec<Waiting>,
    ) -> Self {
        let keys = std::mem::replace(batch, Vec::with_capacity(BATCH));
        let rows = std::mem::replace(waiting, Vec::with_capacity(BATCH));
        Self { call: journal.filter(|_| !keys.is_empty()).map(|journal| journal.compare(keys)), rows }
    }

    /// Takes the journal's word.
    fn settle(
        self,
        channels: &[String],
        checked: &mut Checked,
        bad_rows: &mut BadRows,
    ) -> Result<(), Failure> {
        let states = match self.call {
            Some(call) => call.wait()?,
            None => vec![None; self.rows.len()],
        };
        for (row, state) in self.rows.into_iter().zip(states) {
            match state {
                Some(KeyState { same_message: false, .. }) => {
                    checked.bad.insert(row.number);
                    let fault = Fault::new(None, "its key stands for another message in the journal");
                    bad_rows.add(row.line, fault)?;
                }
                Some(KeyState { outcome: Some(Outcome::Sent), ended_at, .. }) => {
                    checked.sent_before += 1;
                    checked.set_sent(row.number);
                    checked.first_sent = checked.first_sent.into_iter().chain(ended_at).min();
                    checked.last_sent = checked.last_sent.into_iter().chain(ended_at).max();
                }
                Some(KeyState { outcome: Some(Outcome::Unknown) | None, .. }) => checked.open_before += 1,
                _ => *checked.to_send.entry(name(channels, row.channel)).or_default() += 1,
            }
        }
        Ok(())
    }
}

/// Finds rows with the same key: with the same message they are counted, with another one bad.
fn find_same(
    mut seen: Vec<Seen>,
    channels: &[String],
    checked: &mut Checked,
    bad_rows: &mut BadRows,
) -> Result<(), Failure> {
    seen.sort_unstable_by_key(|it| (it.key, it.number));
    let mut wrong = Vec::new();
    for group in seen.chunk_by(|a, b| a.key == b.key) {
        // What the journal has under the key was compared with each of them.
        let good: Vec<&Seen> = group.iter().filter(|it| !checked.bad.contains(&it.number.into())).collect();
        let [first, rest @ ..] = good.as_slice() else { continue };
        for later in rest {
            if later.message == first.message {
                checked.same += 1;
            } else {
                wrong.push((later.number, later.line, first.line));
            }
            // Neither will be sent of itself.
            if !checked.is_sent(later.number.into()) {
                let count = checked.to_send.entry(name(channels, later.channel)).or_default();
                *count = count.saturating_sub(1);
            }
        }
    }
    wrong.sort_unstable();
    for (number, line, first) in wrong {
        checked.bad.insert(number.into());
        let reason = format!("its key is that of line {first}, which has another message");
        bad_rows.add(line.into(), Fault::new(None, reason))?;
    }
    Ok(())
}

/// The place of a channel's name; there are few.
fn index(channels: &mut Vec<String>, channel: &str) -> u16 {
    let at = channels.iter().position(|it| it == channel).unwrap_or_else(|| {
        // The names are the rows': they are not to fill memory.
        if channels.len() < MAX_CHANNELS {
            channels.push(channel.to_owned());
        }
        channels.len() - 1
    });
    u16::try_from(at).unwrap_or(0)
}

const MAX_CHANNELS: usize = 100;

fn name(channels: &[String], index: u16) -> String {
    channels.get(usize::from(index)).cloned().unwrap_or_default()
}
