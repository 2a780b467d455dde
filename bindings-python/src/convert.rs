//! Python's values as the core takes them. `field` is what a refusal names.

use std::path::PathBuf;
use std::time::Duration;

use partner_messaging::{Error, NOT_WHOLE, count, seconds};
use pyo3::exceptions::{PyOverflowError, PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyMapping, PyString};

use crate::failure::CallFailure;
use crate::problems;

pub(crate) type Value<'py> = Bound<'py, PyAny>;

/// What was made of a value: `None` if the value is at fault. What else is raised is not: Ctrl-C,
/// no memory, no right to read a module, what a mapping of the caller's raises.
pub(crate) fn usable<T>(made: PyResult<T>, value: &Value<'_>) -> PyResult<Option<T>> {
    let py = value.py();
    match made {
        Ok(made) => Ok(Some(made)),
        Err(error)
            if error.is_instance_of::<PyTypeError>(py)
                || error.is_instance_of::<PyValueError>(py)
                || error.is_instance_of::<PyOverflowError>(py)
                || error.is_instance_of::<PyRecursionError>(py) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A string that is valid Unicode.
pub(crate) fn string(value: &Value<'_>) -> Option<String> {
    value.cast::<PyString>().ok()?.to_str().ok().map(str::to_owned)
}

pub(crate) fn text(field: &str, value: &Value<'_>) -> Result<String, CallFailure> {
    string(value).ok_or_else(|| Error::config(field, problems::STRING).into())
}

/// Several strings; one alone is not taken for its characters.
pub(crate) fn texts(field: &str, value: &Value<'_>) -> Result<Vec<String>, CallFailure> {
    let refused = || CallFailure::from(Error::config(field, problems::STRINGS));
    if value.is_instance_of::<PyString>() {
        return Err(refused());
    }
    let items = usable(value.try_iter(), value)?.ok_or_else(refused)?;
    items.map(|item| usable(item?.extract(), value)?.ok_or_else(refused)).collect()
}

pub(crate) fn flag(field: &str, value: &Value<'_>) -> Result<bool, CallFailure> {
    match value.cast::<PyBool>() {
        Ok(flag) => Ok(flag.is_true()),
        Err(_) => Err(Error::config(field, problems::FLAG).into()),
    }
}

/// A number, whole or not.
pub(crate) fn number(field: &str, value: &Value<'_>) -> Result<f64, CallFailure> {
    a_number(field, value, problems::NUMBER, true)
}

/// A number that is not a bool, which Python counts among them.
fn a_number(field: &str, value: &Value<'_>, problem: &str, float: bool) -> Result<f64, CallFailure> {
    let fits = value.is_instance_of::<PyInt>() || (float && value.is_instance_of::<PyFloat>());
    if !fits || value.is_instance_of::<PyBool>() {
        return Err(Error::config(field, problem).into());
    }
    // An integer too large for a float is too large for any option.
    usable(value.extract::<f64>(), value)?.ok_or_else(|| Error::config(field, problem).into())
}

pub(crate) fn duration(field: &str, value: &Value<'_>) -> Result<Duration, CallFailure> {
    Ok(seconds(field, a_number(field, value, problems::SECONDS, true)?)?)
}

pub(crate) fn whole(field: &str, value: &Value<'_>) -> Result<u32, CallFailure> {
    Ok(count(field, a_number(field, value, NOT_WHOLE, false)?)?)
}

pub(crate) fn size(field: &str, value: &Value<'_>) -> Result<usize, CallFailure> {
    Ok(usize::try_from(whole(field, value)?).unwrap_or(usize::MAX))
}

pub(crate) fn path(field: &str, value: &Value<'_>) -> Result<PathBuf, CallFailure> {
    usable(value.extract(), value)?.ok_or_else(|| Error::config(field, problems::PATH).into())
}

/// The items of a mapping of strings; `None` if it is none.
pub(crate) fn string_items<C: FromIterator<(String, String)>>(value: &Value<'_>) -> PyResult<Option<C>> {
    let Ok(mapping) = value.cast::<PyMapping>() else { return Ok(None) };
    let Some(items) = usable(mapping.items(), value)? else { return Ok(None) };
    items.iter().map(|item| usable(item.extract(), value)).collect()
}

pub(crate) fn mapping(field: &str, value: &Value<'_>) -> Result<Vec<(String, String)>, CallFailure> {
    string_items(value)?.ok_or_else(|| Error::config(field, problems::STRING_MAPPING).into())
}

/// Exact amounts by currency: text, or a ``Decimal`` or an ``int`` whose text is that.
pub(crate) fn amounts(field: &str, value: &Value<'_>) -> Result<Vec<(String, String)>, CallFailure> {
    let py = value.py();
    let refused = || CallFailure::from(Error::config(field, problems::AMOUNTS));
    let mapping = value.cast::<PyMapping>().map_err(|_| refused())?;
    let items = usable(mapping.items(), value)?.ok_or_else(refused)?;
    let amount = |item: Value<'_>| {
        let (currency, amount): (Value<'_>, Value<'_>) = item.extract()?;
        let is_whole = amount.is_instance_of::<PyInt>() && !amount.is_instance_of::<PyBool>();
        let exact =
            amount.is_instance_of::<PyString>() || is_whole || amount.is_instance(decimal_class(py)?)?;
        let (Some(currency), true) = (string(&currency), exact) else { return Err(refused()) };
        Ok((currency, amount.str()?.to_str()?.to_owned()))
    };
    items.iter().map(amount).collect()
}

/// A time as the core takes it: the string that is given, or that of a ``date`` or
/// a ``datetime``, whose offset from UTC must be known.
pub(crate) fn time(field: &str, value: &Value<'_>) -> Result<String, CallFailure> {
    if value.is_instance_of::<PyString>() {
        return text(field, value);
    }
    let datetime = value.py().import("datetime")?;
    if !value.is_instance(&datetime.getattr("date")?)? {
        return Err(Error::config(field, problems::TIME).into());
    }
    if value.is_instance(&datetime.getattr("datetime")?)? && value.call_method0("utcoffset")?.is_none() {
        return Err(Error::config(field, problems::TIME_ZONE).into());
    }
    Ok(value.call_method0("isoformat")?.extract()?)
}

/// A value as JSON text by the standard library's own rules; `None` when JSON can't say
/// it (a date, a Decimal, NaN, a cycle). Why is not passed on: it may quote the value.
pub(crate) fn json_text(value: &Value<'_>) -> PyResult<Option<String>> {
    let py = value.py();
    let options = PyDict::new(py);
    options.set_item("ensure_ascii", false)?;
    options.set_item("allow_nan", false)?;
    usable(dumps(py)?.call((value,), Some(&options)).and_then(|text| text.extract()), value)
}

/// A value as JSON text in Python's default form.
pub(crate) fn default_json_text(value: &Value<'_>) -> PyResult<String> {
    dumps(value.py())?.call1((value,))?.extract()
}

pub(crate) fn from_json_text<'py>(py: Python<'py>, text: &str) -> PyResult<Value<'py>> {
    loads(py)?.call1((text,))
}

/// An exact amount.
pub(crate) fn decimal<'py>(value: &Value<'py>) -> PyResult<Value<'py>> {
    decimal_class(value.py())?.call1((value,))
}

/// Imports what calls need of the standard library. Done when a client is made: later a
/// process may have dropped the rights to read it.
pub(crate) fn import_modules(py: Python<'_>) -> PyResult<()> {
    dumps(py)?;
    loads(py)?;
    decimal_class(py)?;
    Ok(())
}

fn dumps(py: Python<'_>) -> PyResult<&Value<'_>> {
    static DUMPS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DUMPS.import(py, "json", "dumps")
}

fn loads(py: Python<'_>) -> PyResult<&Value<'_>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LOADS.import(py, "json", "loads")
}

fn decimal_class(py: Python<'_>) -> PyResult<&Value<'_>> {
    static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}
