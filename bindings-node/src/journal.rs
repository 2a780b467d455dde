//! Journals: what became of the message under a key. Its operations complete as the calls
//! of clients do.

use std::sync::Arc;

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use partner_messaging::{ClientBuilder, Effect, Error, JournalCall, JournalHandle, outcome_of};
use partner_messaging_journal::Journal;

use crate::call_queue::{CallQueue, NativeCallQueue};
use crate::failure::Failure;
use crate::results::CallResult;

/// How many records are read at a time.
const PAGE: u32 = 500;

/// An open journal.
#[napi]
pub struct NativeJournal {
    core: JournalHandle,
    queue: Arc<CallQueue>,
}

/// The journal of a path or a URL, whose operations go through `calls`; or why there is none.
#[napi(catch_unwind)]
pub fn open_journal(path_or_url: String, calls: &NativeCallQueue) -> Either<NativeJournal, Failure> {
    match Journal::open(path_or_url) {
        Ok(journal) => Either::A(NativeJournal { core: journal.into(), queue: calls.shared() }),
        Err(error) => Either::B(Failure::new(&error)),
    }
}

#[napi]
impl NativeJournal {
    /// What is under a key; `null` in JSON if there is nothing.
    #[napi(catch_unwind)]
    pub fn get(&self, number: u32, key: String) {
        self.call(number, self.core.get(&key));
    }

    /// The next records in the order of their keys, after a key; none after the last one.
    #[napi(catch_unwind)]
    pub fn next_records(&self, number: u32, outcome: Option<String>, after: Option<String>) {
        let journal = self.core.clone();
        let outcome = outcome.map(|word| outcome_of("outcome", &word)).transpose();
        self.queue.push(number, async move {
            let outcome = outcome.map_err(|error| error.attach_effect(Effect::Read))?;
            journal.records_page(outcome, after.as_deref(), PAGE).await
        });
    }

    /// Counts and costs.
    #[napi(catch_unwind)]
    pub fn summary(&self, number: u32) {
        self.call(number, self.core.summary());
    }

    /// Says what became of an unknown.
    #[napi(catch_unwind)]
    pub fn resolve(&self, number: u32, key: String, outcome: String, message_id: Option<String>) {
        let journal = self.core.clone();
        self.queue.push(number, async move {
            let outcome =
                outcome_of("outcome", &outcome).map_err(|error| error.attach_effect(Effect::Read))?;
            journal.resolve(&key, outcome, message_id.as_deref()).await
        });
    }

    /// Forgets what ended before a moment; gives the number of records.
    #[napi(catch_unwind)]
    pub fn purge(&self, number: u32, before: String) {
        self.call(number, self.core.purge_before(&before));
    }

    /// Closes it; completes when it is.
    #[napi(catch_unwind)]
    pub fn close(&self, number: u32) {
        self.call(number, self.core.close());
    }
}

impl NativeJournal {
    pub(crate) fn core(&self) -> &JournalHandle {
        &self.core
    }

    fn call<T: CallResult + Send + 'static>(&self, number: u32, call: JournalCall<T>) {
        self.queue.push(number, call);
    }
}

/// A client's options with its journal: one that is open, or one that it opens for itself.
pub(crate) fn with_journal(
    builder: ClientBuilder,
    open: Option<&NativeJournal>,
    path_or_url: Option<String>,
) -> Result<ClientBuilder, Error> {
    Ok(match (open, path_or_url) {
        (Some(journal), _) => builder.journal(journal.core.clone()),
        (None, Some(path_or_url)) => builder.own_journal(Journal::open(path_or_url)?),
        (None, None) => builder,
    })
}
