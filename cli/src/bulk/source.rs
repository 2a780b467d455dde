//! The messages of a run, made of the rows as they are asked for.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use partner_messaging::BatchMessage;

use super::bad_rows::BadRows;
use super::check::Checked;
use super::maker::{Fault, Made, Maker};
use super::rows::{Row, Rows};
use crate::status::Failure;

/// So many messages are made ahead.
const AHEAD: usize = 256;

/// How long a message is waited for before the run looks at what else there is.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the source has come to, for the run that takes from it.
#[derive(Default)]
pub(crate) struct Account {
    /// Rows that were read.
    pub(crate) rows: u64,
    /// Rows that the journal has as sent, and were not taken up again.
    pub(crate) passed: u64,
    /// Rows that can't be sent.
    pub(crate) invalid: u64,
    /// Why there are no more messages, where it is not that there are no more rows.
    pub(crate) failure: Option<Failure>,
    /// Whether a bad row ended it.
    pub(crate) bad_row: bool,
    /// Where the messages under way stand: number and line by their index.
    places: HashMap<u64, (u64, u64)>,
}

/// A run's account, which its source and its results share.
#[derive(Clone, Default)]
pub(crate) struct SharedAccount(Arc<Mutex<Account>>);

impl SharedAccount {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a message that has ended stands.
    pub(crate) fn take_place(&self, index: u64) -> (u64, u64) {
        self.lock().places.remove(&index).unwrap_or_default()
    }
}

/// How rows are taken.
pub(crate) struct Rules {
    pub(crate) checked: Arc<Checked>,
    /// Whether rows that were sent before are passed over.
    pub(crate) pass_over: bool,
    pub(crate) skip_invalid: bool,
    /// Whether messages have keys.
    pub(crate) keyed: bool,
}

/// The messages, one after the other.
pub(crate) struct Source {
    messages: Receiver<Item>,
    account: SharedAccount,
    index: u64,
}

struct Item {
    number: u64,
    line: u64,
    message: BatchMessage,
}

impl Source {
    /// Reads on a thread of its own, so that an input which is slow to come keeps nobody from
    /// leaving.
    pub(crate) fn start(
        rows: Rows,
        maker: Maker,
        rules: Rules,
        bad_rows: BadRows,
        account: &SharedAccount,
    ) -> Result<Self, Failure> {
        let (sender, messages) = sync_channel(AHEAD);
        let mut reader = Reader { rows, maker, rules, bad_rows, account: account.clone() };
        thread::Builder::new()
            .name("partner-messaging-rows".to_owned())
            .spawn(move || {
                let ended = reader.read(|item| sender.send(item).is_ok());
                if let Err(failure) = ended.and_then(|()| reader.bad_rows.end()) {
                    reader.account.lock().failure.get_or_insert(failure);
                }
            })
            .map_err(|error| Failure::File(format!("no thread can be started: {error}")))?;
        Ok(Self { messages, account: account.clone(), index: 0 })
    }
}

/// What the source has.
pub(crate) enum Next {
    Message(BatchMessage),
    /// Nothing yet.
    NotYet,
    End,
}

impl Source {
    /// The next message, if one comes soon.
    pub(crate) fn next(&mut self) -> Next {
        match self.messages.recv_timeout(PATIENCE) {
            Ok(item) => {
                self.account.lock().places.insert(self.index, (item.number, item.line));
                self.index += 1;
                Next::Message(item.message)
            }
            Err(RecvTimeoutError::Timeout) => Next::NotYet,
            Err(RecvTimeoutError::Disconnected) => Next::End,
        }
    }
}

struct Reader {
    rows: Rows,
    maker: Maker,
    rules: Rules,
    bad_rows: BadRows,
    account: SharedAccount,
}

impl Reader {
    fn read(&mut self, mut give: impl FnMut(Item) -> bool) -> Result<(), Failure> {
        let mut row = Row::new();
        while self.rows.next(&mut row)? {
            self.account.lock().rows += 1;
            // What was found bad was told then.
            if self.rules.checked.bad.contains(&row.number) {
                self.account.lock().invalid += 1;
                continue;
            }
            if self.rules.pass_over && self.rules.checked.is_sent(row.number) {
                self.account.lock().passed += 1;
                continue;
            }
            match self.maker.make(&self.rows, &row) {
                Ok(made) => {
                    let item = Item { number: row.number, line: row.line, message: self.message(made) };
                    if !give(item) {
                        return Ok(());
                    }
                }
                Err(fault) => {
                    if !self.skip(row.line, fault)? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn message(&self, made: Made) -> BatchMessage {
        BatchMessage::new(self.rules.keyed.then_some(made.key), Ok(made.message))
    }

    /// A bad row that only shows now; `false` where it ends the run.
    fn skip(&mut self, line: u64, fault: Fault) -> Result<bool, Failure> {
        self.bad_rows.add(line, fault)?;
        let mut account = self.account.lock();
        account.invalid += 1;
        account.bad_row = !self.rules.skip_invalid;
        Ok(self.rules.skip_invalid)
    }
}
