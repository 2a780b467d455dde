//! Options from Python's values.

use partner_messaging::{CallOptions, ClientBuilder, count, seconds};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyMapping, PyString};

use crate::errors::{bad_option, exception};

pub(crate) type Value<'py> = Bound<'py, PyAny>;

/// A client's options from its keyword arguments. `None` means the core's default.
pub(crate) fn builder(
    py: Python<'_>,
    api_key: Option<&Value<'_>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<ClientBuilder> {
    let mut builder = partner_messaging::Client::builder().language("python");
    if let Some(key) = api_key {
        builder = builder.api_key(text("api_key", key)?);
    }
    for (name, value) in options.into_iter().flatten() {
        let name: String = name.extract()?;
        if !value.is_none() {
            builder = set(py, builder, &name, &value)?;
        } else if !NAMES.contains(&name.as_str()) {
            return Err(unknown(&name));
        }
    }
    Ok(builder)
}

/// The options that a client has besides its key.
const NAMES: [&str; 14] = [
    "base_url",
    "timeout",
    "connect_timeout",
    "max_retries",
    "max_connections",
    "http2",
    "proxy",
    "trust_env",
    "ca_file",
    "allow_http",
    "headers",
    "user_agent",
    "max_response_bytes",
    "endpoints",
];

/// What Python itself says of a keyword that a function doesn't have.
fn unknown(name: &str) -> PyErr {
    let options = NAMES.join(", ");
    PyTypeError::new_err(format!(
        "got an unexpected keyword argument '{name}'; the options are api_key, {options}, on_event"
    ))
}

fn set(py: Python<'_>, builder: ClientBuilder, name: &str, value: &Value<'_>) -> PyResult<ClientBuilder> {
    Ok(match name {
        "base_url" => builder.base_url(text(name, value)?),
        "timeout" => builder.timeout(duration(name, value)?),
        "connect_timeout" => builder.connect_timeout(duration(name, value)?),
        "max_retries" => builder.max_retries(whole(name, value)?),
        "max_connections" => builder.max_connections(whole(name, value)? as usize),
        "http2" => builder.http2(flag(name, value)?),
        "proxy" => builder.proxy(text(name, value)?),
        "trust_env" => builder.trust_env(flag(name, value)?),
        "ca_file" => {
            let path: std::path::PathBuf =
                value.extract().map_err(|_| bad_option(py, name, "must be a path"))?;
            builder.ca_file(path)
        }
        "allow_http" => builder.allow_http(flag(name, value)?),
        "headers" => mapping(name, value)?
            .into_iter()
            .fold(builder, |builder, (name, value)| builder.header(name, value)),
        "user_agent" => builder.user_agent(text(name, value)?),
        "max_response_bytes" => builder.max_response_bytes(whole(name, value)? as usize),
        "endpoints" => mapping(name, value)?
            .into_iter()
            .fold(builder, |builder, (name, path)| builder.endpoint(name, path)),
        _ => return Err(unknown(name)),
    })
}

/// Checks what is to be told of events.
pub(crate) fn callback(py: Python<'_>, on_event: Option<&Value<'_>>) -> PyResult<()> {
    match on_event {
        Some(given) if !given.is_callable() => Err(bad_option(py, "on_event", "must be callable")),
        _ => Ok(()),
    }
}

/// The options of one call.
pub(crate) fn call(
    timeout: Option<&Value<'_>>,
    max_retries: Option<&Value<'_>>,
    headers: Option<&Value<'_>>,
) -> PyResult<CallOptions> {
    let mut options = CallOptions::new();
    if let Some(timeout) = timeout {
        options = options.timeout(duration("timeout", timeout)?);
    }
    if let Some(retries) = max_retries {
        options = options.max_retries(whole("max_retries", retries)?);
    }
    if let Some(given) = headers {
        options = mapping("headers", given)?
            .into_iter()
            .fold(options, |options, (name, value)| options.header(name, value));
    }
    Ok(options)
}

pub(crate) fn text(field: &str, value: &Value<'_>) -> PyResult<String> {
    let text = value.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
    text.map(str::to_owned).ok_or_else(|| bad_option(value.py(), field, "must be a text"))
}

pub(crate) fn flag(field: &str, value: &Value<'_>) -> PyResult<bool> {
    match value.cast::<PyBool>() {
        Ok(flag) => Ok(flag.is_true()),
        Err(_) => Err(bad_option(value.py(), field, "must be True or False")),
    }
}

/// A number that is no truth value, which Python counts among them.
fn number(field: &str, value: &Value<'_>, problem: &str, float: bool) -> PyResult<f64> {
    let fits = value.is_instance_of::<PyInt>() || (float && value.is_instance_of::<PyFloat>());
    if !fits || value.is_instance_of::<PyBool>() {
        return Err(bad_option(value.py(), field, problem));
    }
    // An integer too large for a float is too large for any option.
    value.extract::<f64>().map_err(|_| bad_option(value.py(), field, problem))
}

fn duration(field: &str, value: &Value<'_>) -> PyResult<std::time::Duration> {
    let number = number(field, value, "must be a number of seconds", true)?;
    seconds(field, number).map_err(|error| exception(value.py(), &error))
}

pub(crate) fn whole(field: &str, value: &Value<'_>) -> PyResult<u32> {
    let number = number(field, value, "must be a whole number, not negative", false)?;
    count(field, number).map_err(|error| exception(value.py(), &error))
}

pub(crate) fn mapping(field: &str, value: &Value<'_>) -> PyResult<Vec<(String, String)>> {
    let bad = || bad_option(value.py(), field, "must be a mapping whose names and values are texts");
    let items = value.cast::<PyMapping>().map_err(|_| bad())?.items()?;
    items.iter().map(|item| item.extract().map_err(|_| bad())).collect()
}

/// Several texts; one text alone is not taken for its characters.
pub(crate) fn texts(field: &str, value: &Value<'_>) -> PyResult<Vec<String>> {
    let bad = || bad_option(value.py(), field, "must be a list of texts");
    if value.is_instance_of::<PyString>() {
        return Err(bad());
    }
    value.try_iter().map_err(|_| bad())?.map(|item| item?.extract().map_err(|_| bad())).collect()
}
