//! What a program sets before a call: the options, a filter, a request.

use std::ffi::c_char;

use super::argument::{ArgumentError, ArgumentErrors, Problem};
use crate::ffi::entry;

/// A builder of the core, and the first argument that it couldn't be given.
#[derive(Default)]
pub(crate) struct Settings<T> {
    core: T,
    errors: ArgumentErrors,
}

/// A handle with settings.
pub(crate) trait Handle {
    type Core: Clone;
    fn settings(&mut self) -> &mut Settings<Self::Core>;
}

impl<T: Clone> Settings<T> {
    pub(crate) fn new(core: T, errors: ArgumentErrors) -> Self {
        Self { core, errors }
    }

    /// The builder, unless there was an argument that it couldn't be given.
    pub(crate) fn check(&self) -> Result<&T, ArgumentError> {
        self.errors.check().map(|()| &self.core)
    }

    /// The builder, whatever it was given.
    pub(crate) fn core(&self) -> &T {
        &self.core
    }

    /// Reads an argument; what is none is kept as an error of `field`.
    pub(crate) fn string<'a>(&mut self, field: &'static str, value: *const c_char) -> Option<&'a str> {
        self.errors.string(field, value)
    }

    /// Keeps an argument that can't be used.
    pub(crate) fn refuse(&mut self, field: &'static str, problem: Problem) {
        self.errors.add(field, problem);
    }

    pub(crate) fn change(&mut self, change: impl FnOnce(T) -> T) {
        self.core = change(self.core.clone());
    }
}

/// The body of a setter, which does nothing without a handle.
pub(crate) fn set<H: Handle>(handle: Option<&mut H>, change: impl FnOnce(H::Core) -> H::Core) {
    entry((), || {
        if let Some(handle) = handle {
            handle.settings().change(change);
        }
    });
}

/// The body of a setter by a string; what is none is kept as an error of `field`.
pub(crate) fn set_string<H: Handle>(
    handle: Option<&mut H>,
    field: &'static str,
    value: *const c_char,
    change: impl FnOnce(H::Core, &str) -> H::Core,
) {
    entry((), || {
        if let Some(settings) = handle.map(Handle::settings)
            && let Some(value) = settings.errors.string(field, value)
        {
            settings.change(|core| change(core, value));
        }
    });
}

/// The body of a setter by a name and a value.
pub(crate) fn set_pair<H: Handle>(
    handle: Option<&mut H>,
    field: &'static str,
    name: *const c_char,
    value: *const c_char,
    change: impl FnOnce(H::Core, &str, &str) -> H::Core,
) {
    entry((), || {
        if let Some(settings) = handle.map(Handle::settings)
            && let Some(name) = settings.errors.string(field, name)
            && let Some(value) = settings.errors.string(field, value)
        {
            settings.change(|core| change(core, name, value));
        }
    });
}

/// The body of a setter that adds a string to a list of the handle's.
pub(crate) fn add_string<H: Handle>(
    handle: Option<&mut H>,
    field: &'static str,
    value: *const c_char,
    list: impl FnOnce(&mut H) -> &mut Vec<String>,
) {
    entry((), || {
        if let Some(handle) = handle
            && let Some(value) = handle.settings().errors.string(field, value)
        {
            list(handle).push(value.to_owned());
        }
    });
}
