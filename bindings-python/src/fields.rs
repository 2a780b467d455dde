//! What the classes of results consist of. A field has a form in Python, one in JSON, one
//! that its class's constructor takes, and one in a `repr`.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use partner_messaging::mask_recipient;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::True;
use pyo3::types::{PyDict, PyFloat, PyList, PyTuple};
use pyo3::{IntoPyObjectExt, PyClass};

use crate::convert::{Value, decimal, default_json_text, from_json_text};
use crate::failure::catch_panics;

/// A class of results.
pub(crate) trait Record:
    PyClass<Frozen = True> + Into<PyClassInitializer<Self>> + Sync + Sized
{
    /// The core's own.
    type Core;

    fn from_core(py: Python<'_>, core: Self::Core) -> PyResult<Self>;

    /// All fields in the form that `json.dumps` takes.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>>;

    fn repr(&self) -> String;
}

/// A field of a class of results.
pub(crate) trait Field: Sized {
    /// What the constructor takes for it.
    type Argument;

    fn from_argument(argument: Self::Argument) -> Self;

    /// Its value in Python.
    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>>;

    /// Its value in what `json.dumps` takes.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.get(py)
    }

    /// The argument that makes an equal one.
    fn argument<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.get(py)
    }

    /// `None` where it may be private.
    fn repr(&self) -> Option<String>;
}

/// For types that Python has as they are.
macro_rules! plain {
    ($($type:ty: $repr:expr;)*) => {$(
        impl Field for $type {
            type Argument = Self;

            fn from_argument(argument: Self) -> Self {
                argument
            }

            fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
                self.clone().into_bound_py_any(py)
            }

            fn repr(&self) -> Option<String> {
                let repr: fn(&$type) -> Option<String> = $repr;
                repr(self)
            }
        }
    )*};
}

plain! {
    String: |text| Some(quoted(text));
    u16: |number| Some(number.to_string());
    u32: |number| Some(number.to_string());
    u64: |number| Some(number.to_string());
    bool: |flag| Some(if *flag { "True" } else { "False" }.to_owned());
}

impl<T: Field> Field for Option<T> {
    type Argument = Option<T::Argument>;

    fn from_argument(argument: Self::Argument) -> Self {
        argument.map(T::from_argument)
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.as_ref().map_or_else(|| Ok(py.None().into_bound(py)), |field| field.get(py))
    }

    fn json<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.as_ref().map_or_else(|| Ok(py.None().into_bound(py)), |field| field.json(py))
    }

    fn argument<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.as_ref().map_or_else(|| Ok(py.None().into_bound(py)), |field| field.argument(py))
    }

    fn repr(&self) -> Option<String> {
        self.as_ref().map_or_else(|| Some("None".to_owned()), Field::repr)
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.escape_default())
}

/// A phone number or an email address, whose `repr` shows its last four characters.
#[derive(Clone, PartialEq, Eq, Hash, FromPyObject)]
#[pyo3(transparent)]
pub(crate) struct Recipient(pub(crate) String);

impl Field for Recipient {
    type Argument = Self;

    fn from_argument(argument: Self) -> Self {
        argument
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        (&self.0).into_bound_py_any(py)
    }

    fn repr(&self) -> Option<String> {
        Some(quoted(&mask_recipient(&self.0)))
    }
}

/// Words of the service, which may quote a message.
#[derive(PartialEq, Hash)]
pub(crate) struct Private(pub(crate) Option<String>);

impl Field for Private {
    type Argument = Option<String>;

    fn from_argument(argument: Option<String>) -> Self {
        Self(argument)
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        (&self.0).into_bound_py_any(py)
    }

    fn repr(&self) -> Option<String> {
        None
    }
}

/// An exact amount: `Decimal` in Python, its text here and in JSON.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Amount(String);

impl From<partner_messaging::Decimal> for Amount {
    fn from(amount: partner_messaging::Decimal) -> Self {
        Self(amount.to_string())
    }
}

impl<'py> FromPyObject<'_, 'py> for Amount {
    type Error = PyErr;

    fn extract(amount: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        catch_panics(|| {
            // A float has lost digits already.
            if amount.is_instance_of::<PyFloat>() {
                return Err(PyTypeError::new_err("must be a Decimal or a string: a float is not exact"));
            }
            Ok(Self(decimal(&amount)?.str()?.to_string()))
        })
    }
}

impl Field for Amount {
    type Argument = Self;

    fn from_argument(argument: Self) -> Self {
        argument
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        decimal(&(&self.0).into_bound_py_any(py)?)
    }

    fn json<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        (&self.0).into_bound_py_any(py)
    }

    fn repr(&self) -> Option<String> {
        Some(quoted(&self.0))
    }
}

/// Exact amounts by currency.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Amounts(BTreeMap<String, Amount>);

impl From<BTreeMap<String, partner_messaging::Decimal>> for Amounts {
    fn from(amounts: BTreeMap<String, partner_messaging::Decimal>) -> Self {
        Self(amounts.into_iter().map(|(currency, amount)| (currency, amount.into())).collect())
    }
}

impl Field for Amounts {
    type Argument = Option<BTreeMap<String, Amount>>;

    fn from_argument(argument: Self::Argument) -> Self {
        Self(argument.unwrap_or_default())
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        let dict = PyDict::new(py);
        for (currency, amount) in &self.0 {
            dict.set_item(currency, amount.get(py)?)?;
        }
        Ok(dict.into_any())
    }

    fn json<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        let dict = PyDict::new(py);
        for (currency, amount) in &self.0 {
            dict.set_item(currency, amount.json(py)?)?;
        }
        Ok(dict.into_any())
    }

    fn repr(&self) -> Option<String> {
        let amount =
            |(currency, amount): (&String, &Amount)| format!("{}: {}", quoted(currency), quoted(&amount.0));
        Some(format!("{{{}}}", self.0.iter().map(amount).collect::<Vec<_>>().join(", ")))
    }
}

/// A number of seconds, or one in a second.
#[derive(Clone, Copy)]
pub(crate) struct Seconds(f64);

impl From<Duration> for Seconds {
    fn from(duration: Duration) -> Self {
        Self(duration.as_secs_f64())
    }
}

impl From<f64> for Seconds {
    fn from(number: f64) -> Self {
        Self(number)
    }
}

impl PartialEq for Seconds {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Hash for Seconds {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl Field for Seconds {
    type Argument = f64;

    fn from_argument(argument: f64) -> Self {
        Self(argument)
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.0.into_bound_py_any(py)
    }

    fn repr(&self) -> Option<String> {
        Some(format!("{:?}", self.0))
    }
}

/// A JSON value as the service wrote it: Python's objects in Python, its text here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Json(pub(crate) String);

impl Json {
    /// JSON's `null`.
    pub(crate) fn null() -> Self {
        Self("null".to_owned())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<'py> FromPyObject<'_, 'py> for Json {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        catch_panics(|| match value.cast::<JsonText>() {
            Ok(text) => Ok(Self(text.get().0.clone())),
            Err(_) => default_json_text(&value).map(Self),
        })
    }
}

impl Field for Json {
    type Argument = Option<Self>;

    fn from_argument(argument: Option<Self>) -> Self {
        argument.unwrap_or_else(Self::null)
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        from_json_text(py, &self.0)
    }

    /// The text as it is, so that a copy is equal.
    fn argument<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        JsonText(self.0.clone()).into_bound_py_any(py)
    }

    fn repr(&self) -> Option<String> {
        None
    }
}

/// A JSON value that is an empty object by default.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RawObject(Json);

impl From<&str> for RawObject {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Field for RawObject {
    type Argument = Option<Json>;

    fn from_argument(argument: Option<Json>) -> Self {
        argument.map_or_else(|| "{}".into(), Self)
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.0.get(py)
    }

    fn argument<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.0.argument(py)
    }

    fn repr(&self) -> Option<String> {
        None
    }
}

/// JSON text in a pickle.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct JsonText(String);

#[pymethods]
impl JsonText {
    #[new]
    fn new(text: String) -> PyResult<Self> {
        catch_panics(|| Ok(Self(text)))
    }

    fn __getnewargs__(&self) -> PyResult<(&str,)> {
        catch_panics(|| Ok((&*self.0,)))
    }
}

/// The headers of an answer, by their names in lower case.
#[derive(PartialEq, Hash)]
pub(crate) struct Headers(BTreeMap<String, String>);

impl From<Vec<(String, String)>> for Headers {
    fn from(lines: Vec<(String, String)>) -> Self {
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in lines {
            // RFC 9110, section 5.2: lines of one name are one list.
            let line = headers.entry(name).and_modify(|line| line.push_str(", ")).or_default();
            line.push_str(&value);
        }
        Self(headers)
    }
}

impl Field for Headers {
    type Argument = Option<BTreeMap<String, String>>;

    fn from_argument(argument: Self::Argument) -> Self {
        Self(argument.unwrap_or_default())
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        (&self.0).into_bound_py_any(py)
    }

    fn repr(&self) -> Option<String> {
        None
    }
}

/// The outcome of what has no other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sent;

impl<'py> FromPyObject<'_, 'py> for Sent {
    type Error = PyErr;

    fn extract(outcome: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        catch_panics(|| {
            if outcome.eq("sent")? { Ok(Self) } else { Err(PyValueError::new_err("must be 'sent'")) }
        })
    }
}

impl Field for Sent {
    type Argument = Option<Self>;

    fn from_argument(_: Option<Self>) -> Self {
        Self
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        "sent".into_bound_py_any(py)
    }

    fn repr(&self) -> Option<String> {
        None
    }
}

/// A tuple of results.
pub(crate) struct Tuple<T>(Vec<Py<T>>);

impl<T: Record> Tuple<T> {
    pub(crate) fn from_core(py: Python<'_>, items: Vec<T::Core>) -> PyResult<Self> {
        items.into_iter().map(|item| Py::new(py, T::from_core(py, item)?)).collect::<PyResult<_>>().map(Self)
    }
}

impl<T: PyClass<Frozen = True> + Sync + PartialEq> PartialEq for Tuple<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(Py::get).eq(other.0.iter().map(Py::get))
    }
}

impl<T: PyClass<Frozen = True> + Sync + Hash> Hash for Tuple<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|item| item.get().hash(state));
    }
}

impl<T: Record> Field for Tuple<T> {
    type Argument = Vec<Py<T>>;

    fn from_argument(argument: Vec<Py<T>>) -> Self {
        Self(argument)
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        Ok(PyTuple::new(py, &self.0)?.into_any())
    }

    fn json<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        let items = self.0.iter().map(|item| item.get().to_dict(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(py, items)?.into_any())
    }

    fn repr(&self) -> Option<String> {
        let items: Vec<_> = self.0.iter().map(|item| item.get().repr()).collect();
        let comma = if items.len() == 1 { "," } else { "" };
        Some(format!("({}{comma})", items.join(", ")))
    }
}

/// A result within another.
pub(crate) struct Nested<T>(Py<T>);

impl<T: Record> Nested<T> {
    pub(crate) fn from_core(py: Python<'_>, item: T::Core) -> PyResult<Self> {
        Py::new(py, T::from_core(py, item)?).map(Self)
    }
}

impl<T: PyClass<Frozen = True> + Sync + PartialEq> PartialEq for Nested<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl<T: PyClass<Frozen = True> + Sync + Hash> Hash for Nested<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.get().hash(state);
    }
}

impl<T: Record> Field for Nested<T> {
    type Argument = Py<T>;

    fn from_argument(argument: Py<T>) -> Self {
        Self(argument)
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        Ok(self.0.bind(py).clone().into_any())
    }

    fn json<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        Ok(self.0.get().to_dict(py)?.into_any())
    }

    fn repr(&self) -> Option<String> {
        Some(self.0.get().repr())
    }
}

pub(crate) fn hash(object: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    object.hash(&mut hasher);
    hasher.finish()
}

/// The fields of an object by their names, in the form that `form` takes.
pub(crate) fn dict<'py>(
    py: Python<'py>,
    fields: impl IntoIterator<Item = (&'static str, PyResult<Value<'py>>)>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in fields {
        dict.set_item(name, value?)?;
    }
    Ok(dict)
}
