//! Arguments that can't be used, kept until the call that would use them.

use std::ffi::c_char;

use partner_messaging::Error;

use crate::ffi::{self, InvalidString};

/// An argument that can't be used.
#[derive(Clone, Copy)]
pub(crate) struct ArgumentError {
    pub(crate) field: &'static str,
    pub(crate) problem: Problem,
}

impl ArgumentError {
    /// Something that must be there, and is NULL.
    pub(crate) const fn null(field: &'static str, wanted: &'static str) -> Self {
        Self { field, problem: Problem::Null(wanted) }
    }
}

/// What C's own types are refused with. What the values have to be, the core says.
#[derive(Clone, Copy)]
pub(crate) enum Problem {
    /// What it must be, instead of NULL.
    Null(&'static str),
    NotUtf8,
    NoOutcome,
    /// Of a list that goes along with another one.
    Count(&'static str),
    /// A call that waits within a callback would wait for itself.
    WaitInCallback,
    DiskInCallback,
    /// Of a message that the setter isn't for.
    NotOfEmail,
    OnlyOfSms,
    InJson,
}

impl From<Problem> for String {
    fn from(problem: Problem) -> Self {
        let fixed = match problem {
            Problem::Null(wanted) => return format!("must be {wanted}, and is NULL"),
            Problem::Count(of) => return format!("must be as many as there are {of}"),
            Problem::NotUtf8 => "must be valid UTF-8",
            Problem::NoOutcome => "must be a pm_outcome",
            Problem::WaitInCallback => "can't wait within a callback; submit the call",
            Problem::DiskInCallback => "can't be used within a callback; use it on another thread",
            Problem::NotOfEmail => "is no field of an email",
            Problem::OnlyOfSms => "is a field of an SMS only",
            Problem::InJson => "belongs in the JSON of a message made of it",
        };
        fixed.to_owned()
    }
}

impl From<ArgumentError> for Error {
    fn from(error: ArgumentError) -> Self {
        Self::config(error.field, error.problem)
    }
}

/// Where a handle keeps the first argument that it couldn't use.
#[derive(Clone, Copy, Default)]
pub(crate) struct ArgumentErrors(Option<ArgumentError>);

impl ArgumentErrors {
    /// Reads an argument that must be a string; `None` when it is none, and then that is kept.
    pub(crate) fn string<'a>(&mut self, field: &'static str, argument: *const c_char) -> Option<&'a str> {
        match require_string(field, argument) {
            Ok(string) => Some(string),
            Err(error) => {
                self.0.get_or_insert(error);
                None
            }
        }
    }

    /// Like [`Self::string`] for a message's field: what is none counts as empty meanwhile.
    pub(crate) fn string_or_empty<'a>(&mut self, field: &'static str, argument: *const c_char) -> &'a str {
        self.string(field, argument).unwrap_or_default()
    }

    pub(crate) fn add(&mut self, field: &'static str, problem: Problem) {
        self.0.get_or_insert(ArgumentError { field, problem });
    }

    /// Fails with the first one, if there was any.
    pub(crate) fn check(&self) -> Result<(), ArgumentError> {
        self.0.map_or(Ok(()), Err)
    }
}

/// An argument that must be a string.
pub(crate) fn require_string<'a>(
    field: &'static str,
    argument: *const c_char,
) -> Result<&'a str, ArgumentError> {
    ffi::string(argument).map_err(|invalid| match invalid {
        InvalidString::Null => ArgumentError::null(field, "a string"),
        InvalidString::NotUtf8 => ArgumentError { field, problem: Problem::NotUtf8 },
    })
}

/// An argument that must be an array of strings; `None` for NULL.
pub(crate) fn require_strings(
    field: &'static str,
    strings: *const *const c_char,
    count: usize,
) -> Result<Option<Vec<String>>, ArgumentError> {
    if strings.is_null() {
        return Ok(None);
    }
    let strings = ffi::slice(strings, count).iter();
    strings
        .map(|string| require_string(field, *string).map(str::to_owned))
        .collect::<Result<_, _>>()
        .map(Some)
}
