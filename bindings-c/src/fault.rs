//! Bad arguments that are kept until the call that would use them.

use std::ffi::c_char;

use crate::ffi::{self, BadText};

/// The first bad argument that a handle was given.
#[derive(Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) field: &'static str,
    pub(crate) problem: &'static str,
}

/// Where a handle keeps its first fault.
#[derive(Clone, Copy, Default)]
pub(crate) struct Faults(Option<Fault>);

impl Faults {
    /// Reads an argument that must be a text; `None` when it is none, and then that is kept.
    pub(crate) fn text<'a>(&mut self, field: &'static str, argument: *const c_char) -> Option<&'a str> {
        match ffi::text(argument) {
            Ok(text) => Some(text),
            Err(BadText::Null) => {
                self.add(field, "must be a text, and is NULL");
                None
            }
            Err(BadText::NotUtf8) => {
                self.add(field, "must be valid UTF-8");
                None
            }
        }
    }

    /// The same for a message's field: what is no text counts as empty meanwhile.
    pub(crate) fn text_or_empty<'a>(&mut self, field: &'static str, argument: *const c_char) -> &'a str {
        self.text(field, argument).unwrap_or_default()
    }

    pub(crate) fn add(&mut self, field: &'static str, problem: &'static str) {
        self.0.get_or_insert(Fault { field, problem });
    }

    pub(crate) fn first(&self) -> Option<Fault> {
        self.0
    }
}
