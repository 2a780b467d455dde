//! Journals: what became of the message under a key.

use std::ffi::c_char;
use std::time::Duration;

use partner_messaging::{Effect, Outcome};

use super::boundary;
use super::boundary::duration;
use crate::ffi::{entry, slice};
use crate::handles::argument::{ArgumentError, Problem, require_string, require_strings};
use crate::handles::client::pm_client;
use crate::handles::generated::{pm_error, pm_journal_counts, pm_journal_record};
use crate::handles::journal::{pm_journal, pm_journal_iter};
use crate::handles::message::{as_messages, pm_message};
use crate::handles::options::pm_call_options;
use crate::handles::status::{pm_outcome, pm_status, wanted_outcome};

/// Opens a journal: a file, which is made if it doesn't exist, or what a URL names. A
/// file that this process has open already is not opened twice. The processes of one machine
/// may share it; it must lie on a local disk.
///
/// @param path_or_url  The path of the file, or the URL.
/// @param journal      NULL, or where the journal is written, to be freed with
///                     pm_journal_free(); NULL on failure.
/// @param error        NULL, or where the error is written, to be freed with
///                     pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_open(
    path_or_url: *const c_char,
    journal: *mut *mut pm_journal,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::ask(Effect::Send, journal, error, || pm_journal::open(require_string("journal", path_or_url)?))
}

/// Closes a journal for all who share this handle, and waits until it is: what they
/// were asked for is done. Sends with a key that are under way come to their end; later
/// ones fail with PM_JOURNAL_ERROR, and nothing is sent. Closing twice is fine, and so is NULL.
/// Within a callback it doesn't wait. Freeing alone closes it, too, once no client has it any more.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_close(journal: Option<&pm_journal>) {
    entry((), || {
        if let Some(journal) = journal {
            // It can't fail.
            drop(journal.core().close().wait_for(duration(-1).unwrap_or(Duration::MAX)));
        }
    });
}

/// What the journal has under a key.
///
/// @param journal  The journal.
/// @param key      The key.
/// @param record   NULL, or where the record is written, to be freed with
///                 pm_journal_record_free(); NULL where there is nothing under the
///                 key (and PM_OK is returned), and on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_get(
    journal: Option<&pm_journal>,
    key: *const c_char,
    record: *mut *mut pm_journal_record,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::ask_for_option(record, error, || {
        let journal = pm_journal::require(journal)?;
        Ok(journal.get(require_string("key", key)?).wait()?.map(Into::into))
    })
}

/// Begins a list of the journal's records in the order of their keys, which are read as
/// they are asked for.
///
/// @param journal  The journal.
/// @param outcome  Which ones: those with this outcome, or all with PM_OUTCOME_NONE.
/// @param iter     NULL, or where the list is written, to be freed with
///                 pm_journal_iter_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_records(
    journal: Option<&pm_journal>,
    outcome: pm_outcome,
    iter: *mut *mut pm_journal_iter,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::read(iter, error, || {
        let journal = pm_journal::require(journal)?;
        Ok(pm_journal_iter::new(journal.records(wanted_outcome(outcome)?).blocking()))
    })
}

/// Gives the next record of a list. An error ends the list.
///
/// @param iter    The list.
/// @param record  NULL, or where the record is written, to be freed with
///                pm_journal_record_free(); NULL after the last one (and PM_OK is
///                returned), and on failure.
/// @param error   NULL, or where the error is written, to be freed with
///                pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_iter_next(
    iter: Option<&pm_journal_iter>,
    record: *mut *mut pm_journal_record,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::ask_for_option(record, error, || pm_journal_iter::require(iter)?.next())
}

/// Counts and costs of all that the journal ever recorded.
///
/// @param journal  The journal.
/// @param counts   NULL, or where they are written, to be freed with
///                 pm_journal_counts_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_summary(
    journal: Option<&pm_journal>,
    counts: *mut *mut pm_journal_counts,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::ask(Effect::Read, counts, error, || Ok(pm_journal::require(journal)?.summary().wait()?.into()))
}

/// Says what became of a message whose outcome is unknown: PM_OUTCOME_SENT with the id
/// that the service gave it, or PM_OUTCOME_NOT_SENT, so that its key may be used again.
///
/// That it was not sent is the risk of whoever says it: what had left the process may
/// still be on its way, and then the message goes out twice. Ask the service first.
///
/// @param journal     The journal.
/// @param key         The key. Where nothing unknown stands under it (any more), that is
///                    PM_CONFIG_ERROR, and pm_error_field() is "key".
/// @param outcome     PM_OUTCOME_SENT or PM_OUTCOME_NOT_SENT.
/// @param message_id  The service's id of a message that was sent, else NULL.
/// @param record      NULL, or where the record as it is then is written, to be freed
///                    with pm_journal_record_free(); NULL on failure.
/// @param error       NULL, or where the error is written, to be freed with
///                    pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_resolve(
    journal: Option<&pm_journal>,
    key: *const c_char,
    outcome: pm_outcome,
    message_id: *const c_char,
    record: *mut *mut pm_journal_record,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::ask(Effect::Read, record, error, || {
        let journal = pm_journal::require(journal)?;
        let key = require_string("key", key)?;
        let message_id =
            if message_id.is_null() { None } else { Some(require_string("message_id", message_id)?) };
        // PM_OUTCOME_NONE is as wrong as any other outcome.
        let outcome = wanted_outcome(outcome)?.unwrap_or(Outcome::Unknown);
        Ok(journal.resolve(key, outcome, message_id).wait()?.into())
    })
}

/// Looks messages whose outcome is unknown up in the service's list of messages. If it
/// has exactly one to that recipient by that channel, made within the call's time by the
/// service's clock (5 seconds more or less) and under no other key, the key is resolved as
/// sent with that one's id. Nothing found proves nothing: then it stays unknown. A message
/// that is not the one that its key stands for is left as it is.
///
/// The published document doesn't describe the list; this is an assumption.
///
/// @param journal   The journal.
/// @param client    The client that asks.
/// @param keys      The keys, in an array.
/// @param messages  The message of each key, in an array of const pm_message *.
/// @param count     How many they are.
/// @param options   NULL, or what each request has different from its client.
/// @param records   NULL, or where the records of the keys as they are then are written, to
///                  be freed with pm_journal_iter_free(); those that the journal doesn't
///                  have are not among them. NULL on failure.
/// @param error     NULL, or where the error is written, to be freed with
///                  pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_reconcile(
    journal: Option<&pm_journal>,
    client: Option<&pm_client>,
    keys: *const *const c_char,
    messages: *const Option<&pm_message>,
    count: usize,
    options: Option<&pm_call_options>,
    records: *mut *mut pm_journal_iter,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::wait(Effect::Read, records, error, || {
        let journal = pm_journal::require(journal)?;
        let client = pm_client::require(client)?;
        let keys = require_strings("keys", keys, count)?.unwrap_or_default();
        let messages = pm_message::prepare_all(slice(messages, count))?;
        if keys.len() != messages.len() {
            return Err(ArgumentError { field: "keys", problem: Problem::Count("messages") }.into());
        }
        let options = pm_call_options::options(options)?;
        let given: Vec<_> = keys.iter().map(String::as_str).zip(as_messages(&messages)).collect();
        let found = client.blocking.reconcile(journal, &given, &options)?;
        Ok(pm_journal_iter::new(found.into_iter().map(Ok)))
    })
}

/// Forgets what was sent, rejected or not sent and ended before a moment. What is unknown
/// or has a conflict stays, and so do the counts of pm_journal_summary(). A key that was
/// forgotten is a new key.
///
/// @param journal  The journal.
/// @param before   The moment: RFC 3339, for example "2026-11-29T02:47:00Z", or a day,
///                 which begins in UTC.
/// @param purged   NULL, or where it is written how many were forgotten; 0 on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_purge(
    journal: Option<&pm_journal>,
    before: *const c_char,
    purged: *mut u64,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::ask_for_number(purged, error, || {
        pm_journal::require(journal)?.purge_before(require_string("before", before)?).wait()
    })
}
