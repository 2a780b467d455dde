//! How an option is set by its name. `None` is the core's default.

use pyo3::prelude::*;

use crate::convert::Value;
use crate::failure::CallFailure;

/// An option's name, and what sets it.
pub(crate) type Setter<B> = (&'static str, fn(B, &str, &Value<'_>) -> Result<B, CallFailure>);

/// Sets an option of the table; false if it has none of that name.
pub(crate) fn set<B: Default>(
    table: &[Setter<B>],
    options: &mut B,
    name: &str,
    value: &Value<'_>,
) -> Result<bool, CallFailure> {
    let Some((_, set)) = table.iter().find(|(known, _)| *known == name) else { return Ok(false) };
    if !value.is_none() {
        *options = set(std::mem::take(options), name, value)?;
    }
    Ok(true)
}

/// Adds names and values one by one.
pub(crate) fn add_all<B>(
    options: B,
    items: Vec<(String, String)>,
    add: impl Fn(B, String, String) -> B,
) -> B {
    items.into_iter().fold(options, |options, (name, value)| add(options, name, value))
}
