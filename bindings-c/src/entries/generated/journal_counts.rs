//! The getters of `pm_journal_counts`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use crate::ffi::entry;
use crate::handles::generated::{pm_journal_counts, pm_journal_totals};
use crate::handles::value::get;

/// How many messages the service accepted.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_sent(journal_counts: Option<&pm_journal_counts>) -> u64 {
    get(journal_counts, 0, |it| it.sent)
}

/// How many it refused.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_rejected(journal_counts: Option<&pm_journal_counts>) -> u64 {
    get(journal_counts, 0, |it| it.rejected)
}

/// How many provably did not leave.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_not_sent(journal_counts: Option<&pm_journal_counts>) -> u64 {
    get(journal_counts, 0, |it| it.not_sent)
}

/// How many may have been accepted.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_unknown(journal_counts: Option<&pm_journal_counts>) -> u64 {
    get(journal_counts, 0, |it| it.unknown)
}

/// How many calls are in progress.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_in_progress(journal_counts: Option<&pm_journal_counts>) -> u64 {
    get(journal_counts, 0, |it| it.in_progress)
}

/// How many records have a conflict.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_conflicts(journal_counts: Option<&pm_journal_counts>) -> u64 {
    get(journal_counts, 0, |it| it.conflicts)
}

/// The same by outcome, channel and currency, in that order. It belongs to the
/// counts: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_journal_counts_totals(
    journal_counts: Option<&pm_journal_counts>,
) -> Option<&pm_journal_totals> {
    entry(None, || Some(&journal_counts?.totals))
}
