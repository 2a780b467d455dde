//! The class of an error as a number, and an error as the library makes it.

use std::ffi::c_char;

use partner_messaging::{Effect, Error};

use crate::ffi::{entry, string};
use crate::handles::generated::pm_error;
use crate::handles::status::{PM_OK, pm_status};

/// The class of the error; PM_OK for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_status(error: Option<&pm_error>) -> pm_status {
    entry(PM_OK.code(), || error.map_or(PM_OK, pm_error::status).code())
}

/// For wrappers in other languages: the error of an argument that they can't use,
/// as the library words it. Free it with pm_error_free().
///
/// @param field        The argument's name.
/// @param problem      What is wrong with it, without its value: "must be a string".
/// @param has_outcome  Whether the call may change something; a read has no outcome.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_new_config(
    field: *const c_char,
    problem: *const c_char,
    has_outcome: bool,
) -> Option<Box<pm_error>> {
    entry(None, || {
        let error = Error::config(string(field).unwrap_or("?"), string(problem).unwrap_or("can't be used"));
        let effect = if has_outcome { Effect::Send } else { Effect::Read };
        Some(Box::new(error.attach_effect(effect).into()))
    })
}
