//! What the program ends with.

use std::io;

use partner_messaging::{Error, ErrorClass, Outcome};

/// The exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All was sent, or what was asked for was done.
    Success,
    /// Some messages were not sent, or what was asked for could not be done.
    NotSent,
    /// Wrong use: an argument, an option or a message is not as it must be. Nothing was sent.
    Usage,
    /// What became of some messages is unknown.
    Unknown,
    /// The run was stopped by what would have met every further message.
    Stopped,
    /// The journal can't be used.
    Journal,
    /// It was interrupted.
    Interrupted,
}

impl Status {
    /// The number that a shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::NotSent => 1,
            Self::Usage => 2,
            Self::Unknown => 3,
            Self::Stopped => 4,
            Self::Journal => 5,
            Self::Interrupted => 130,
        }
    }

    /// The one of two that says more: interrupted, journal, stopped, unknown, wrong use,
    /// not sent, success.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::NotSent => 1,
            Self::Usage => 2,
            Self::Unknown => 3,
            Self::Stopped => 4,
            Self::Journal => 5,
            Self::Interrupted => 6,
        }
    }

    /// What an error of the library means for the program.
    pub(crate) fn of(error: &Error) -> Self {
        match error.class() {
            ErrorClass::Config | ErrorClass::InvalidMessage => Self::Usage,
            ErrorClass::Journal => Self::Journal,
            _ if error.outcome() == Some(Outcome::Unknown) => Self::Unknown,
            _ => Self::NotSent,
        }
    }
}

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library's word.
    Library(Error),
    /// What is wrong with how the program was called.
    Usage(String),
    /// A file or a stream can't be read or written: what, and why.
    File(String),
    /// Who reads the output has gone: no more is wanted of it.
    OutputClosed,
}

impl Failure {
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(problem.into())
    }

    /// Standard output can't be written.
    pub(crate) fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::File(format!("standard output: {error}")),
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Library(error) => Status::of(error),
            Self::Usage(_) => Status::Usage,
            Self::File(_) => Status::NotSent,
            Self::OutputClosed => Status::Success,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_that_says_most_wins() {
        let in_order = [
            Status::Interrupted,
            Status::Journal,
            Status::Stopped,
            Status::Unknown,
            Status::NotSent,
            Status::Success,
        ];
        assert_eq!(in_order.map(Status::code), [130, 5, 4, 3, 1, 0]);
        for (at, higher) in in_order.into_iter().enumerate() {
            for lower in &in_order[at..] {
                assert_eq!(higher.or(*lower), higher);
                assert_eq!(lower.or(higher), higher);
            }
        }
    }
}
