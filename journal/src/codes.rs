//! The numbers and words that stand for an outcome or a kind in every store.

use partner_messaging::{Kind, Outcome};

/// The number that stands for an outcome.
pub(crate) const fn code_of(outcome: Outcome) -> i16 {
    match outcome {
        Outcome::Sent => 1,
        Outcome::Rejected => 2,
        Outcome::NotSent => 3,
        Outcome::Unknown => 4,
    }
}

/// The number of what is in progress.
pub(crate) const IN_PROGRESS: i16 = 0;

/// The outcome of a number, unless it is [`IN_PROGRESS`] or none of ours.
pub(crate) fn outcome_of(code: impl Into<i64>) -> Option<Outcome> {
    let code = code.into();
    [Outcome::Sent, Outcome::Rejected, Outcome::NotSent, Outcome::Unknown]
        .into_iter()
        .find(|outcome| i64::from(code_of(*outcome)) == code)
}

/// The kind that a word stands for.
pub(crate) fn kind_of(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
}
