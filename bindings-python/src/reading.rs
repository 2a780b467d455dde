//! What lists and requests take, from Python's values.

use partner_messaging::{MessageFilter, Pager, Request};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::call::Call;
use crate::data::json_text;
use crate::errors::{bad_option, exception};
use crate::options::{Value, flag, mapping, text, whole};

/// The place before the first page of the list that these keywords filter.
pub(crate) fn pager(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<Pager> {
    let mut filter = MessageFilter::new();
    for (name, value) in given.into_iter().flatten() {
        filter = set(filter, &name.extract::<String>()?, &value)?;
    }
    Pager::new(&filter).map_err(|error| exception(py, &error))
}

fn set(filter: MessageFilter, name: &str, value: &Value<'_>) -> PyResult<MessageFilter> {
    let known = ["channel", "status", "recipient", "sender", "since", "until", "page", "limit", "query"];
    if !known.contains(&name) {
        let what = format!("list_messages() got an unexpected keyword argument '{name}'");
        return Err(PyTypeError::new_err(what));
    }
    if value.is_none() {
        return Ok(filter);
    }
    Ok(match name {
        "channel" => filter.channel(text(name, value)?),
        "status" => filter.status(text(name, value)?),
        "recipient" => filter.recipient(text(name, value)?),
        "sender" => filter.sender(text(name, value)?),
        "since" => filter.since(time(name, value)?),
        "until" => filter.until(time(name, value)?),
        "page" => filter.page(whole(name, value)?),
        "limit" => filter.limit(whole(name, value)?),
        _ => {
            mapping(name, value)?.into_iter().fold(filter, |filter, (name, value)| filter.query(name, value))
        }
    })
}

/// A time as the core takes it: the text that is given, or that of a ``date`` or
/// a ``datetime``, whose offset from UTC must be known.
fn time(field: &str, value: &Value<'_>) -> PyResult<String> {
    if value.is_instance_of::<PyString>() {
        return text(field, value);
    }
    let py = value.py();
    let datetime = py.import("datetime")?;
    if !value.is_instance(&datetime.getattr("date")?)? {
        return Err(bad_option(py, field, "must be a text, a datetime or a date"));
    }
    if value.is_instance(&datetime.getattr("datetime")?)? && value.call_method0("utcoffset")?.is_none() {
        return Err(bad_option(
            py,
            field,
            "must be a datetime with a time zone: one without tells no moment",
        ));
    }
    value.call_method0("isoformat")?.extract()
}

/// The body of a request: `...` where none is given, because `None` is JSON's null.
pub(crate) struct Body<'py>(pub(crate) Option<Value<'py>>);

impl<'py> FromPyObject<'_, 'py> for Body<'py> {
    type Error = PyErr;

    fn extract(json: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self((!json.is(json.py().Ellipsis())).then(|| json.to_owned())))
    }
}

pub(crate) fn request(
    method: &str,
    path: &Value<'_>,
    query: Option<&Value<'_>>,
    json: &Body<'_>,
    idempotent: Option<&Value<'_>>,
) -> PyResult<Call> {
    let py = path.py();
    let mut request = Request::new(method, text("path", path)?);
    for (name, value) in query.map(|query| mapping("query", query)).transpose()?.into_iter().flatten() {
        request = request.query(name, value);
    }
    if let Body(Some(json)) = json {
        let text = json_text(json)?;
        request = request.json(text.ok_or_else(|| bad_option(py, "json", "can't be written as JSON"))?);
    }
    if let Some(idempotent) = idempotent {
        request = request.idempotent(flag("idempotent", idempotent)?);
    }
    Ok(Call::Request { request, changes: method != "GET" })
}
