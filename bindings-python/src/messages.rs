//! The message classes, and what else `send` takes.

use std::collections::BTreeMap;

use partner_messaging::{
    BatchMessage, Effect, Error, Message, NOT_JSON, PreparedMessage, WireMessage, mask_recipient,
};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyTuple};

use crate::convert::{Value, json_text, string, string_items, text, usable};
use crate::failure::{CallFailure, catch_panics, catch_panics_of};
use crate::fields::hash;
use crate::problems;

/// Anything that can be sent.
pub(crate) fn prepare(message: &Value<'_>) -> Result<PreparedMessage, CallFailure> {
    Ok(if let Ok(sms) = message.cast::<Sms>() {
        sms.get().0.prepare()?
    } else if let Ok(whatsapp) = message.cast::<WhatsApp>() {
        whatsapp.get().0.prepare()?
    } else if let Ok(email) = message.cast::<Email>() {
        email.get().0.prepare()?
    } else if let Ok(mapping) = message.cast::<PyMapping>() {
        let json = json_text(&dict(mapping)?)?;
        let json = json.ok_or_else(|| Error::invalid_message("message", NOT_JSON))?;
        WireMessage::from_json(json).prepare()?
    } else {
        return Err(Error::invalid_message("message", problems::MESSAGE).into());
    })
}

/// Several of them.
pub(crate) fn prepare_all(messages: &Value<'_>) -> Result<Vec<PreparedMessage>, CallFailure> {
    let refused = || CallFailure::from(Error::invalid_message("messages", problems::MESSAGES));
    // A mapping is one message in wire form.
    let items = match messages.cast::<PyMapping>() {
        Ok(_) => return Err(refused()),
        Err(_) => usable(messages.try_iter(), messages)?.ok_or_else(refused)?,
    };
    items.enumerate().map(|(index, message)| prepare_numbered(index, &message?)).collect()
}

/// What `send_many` takes: a message, or a pair of a key, or of none, and a message. What
/// can't be sent is that message's result.
pub(crate) fn prepare_item(item: &Value<'_>) -> Result<BatchMessage, PyErr> {
    let (key, message) = match item.cast::<PyTuple>() {
        Ok(pair) if pair.len() == 2 => {
            let key = pair.get_item(0)?;
            (if key.is_none() { Ok(None) } else { key_of(&key).map(Some) }, pair.get_item(1)?)
        }
        _ => (Ok(None), item.clone()),
    };
    let (key, message) = match key {
        Ok(key) => (key, prepare(&message)),
        Err(refused) => (None, Err(refused.into())),
    };
    match message {
        Ok(message) => Ok(BatchMessage::new(key, Ok(message))),
        Err(CallFailure::Error(error)) => Ok(BatchMessage::new(key, Err(error))),
        Err(CallFailure::Exception(raised)) => Err(raised),
    }
}

fn key_of(key: &Value<'_>) -> Result<String, Error> {
    string(key).ok_or_else(|| Error::invalid_message("key", problems::STRING))
}

/// The messages of keys, from a mapping.
pub(crate) fn prepare_keyed(messages: &Value<'_>) -> Result<Vec<(String, PreparedMessage)>, CallFailure> {
    let mapping = messages
        .cast::<PyMapping>()
        .map_err(|_| Error::invalid_message("messages", problems::KEYED_MESSAGES))?;
    let prepare = |(index, item): (usize, Value<'_>)| {
        let (key, message): (Value<'_>, Value<'_>) = item.extract()?;
        Ok((text("key", &key)?, prepare_numbered(index, &message)?))
    };
    mapping.items()?.iter().enumerate().map(prepare).collect()
}

/// One of several; an error names it.
fn prepare_numbered(index: usize, message: &Value<'_>) -> Result<PreparedMessage, CallFailure> {
    prepare(message).map_err(|failure| match failure {
        CallFailure::Error(error) => error.with_message_index(index).into(),
        exception => exception,
    })
}

/// A mapping of another kind than dict is copied: `json.dumps` takes only dicts.
fn dict<'py>(mapping: &Bound<'py, PyMapping>) -> PyResult<Value<'py>> {
    if mapping.is_instance_of::<PyDict>() {
        return Ok(mapping.clone().into_any());
    }
    let dict = PyDict::new(mapping.py());
    dict.update(mapping)?;
    Ok(dict.into_any())
}

/// A field of a message class; `field` is its name on the wire.
trait Field: Sized {
    fn from_value(field: &str, value: &Value<'_>) -> Result<Self, CallFailure>;

    fn value<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>>;

    /// Whether it is left out on the wire.
    fn is_absent(&self) -> bool;
}

impl Field for String {
    fn from_value(field: &str, value: &Value<'_>) -> Result<Self, CallFailure> {
        string(value).ok_or_else(|| Error::invalid_message(field, problems::STRING).into())
    }

    fn value<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.into_bound_py_any(py)
    }

    fn is_absent(&self) -> bool {
        false
    }
}

impl Field for Option<String> {
    fn from_value(field: &str, value: &Value<'_>) -> Result<Self, CallFailure> {
        String::from_value(field, value).map(Some)
    }

    fn value<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.into_bound_py_any(py)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// A template's variables.
impl Field for BTreeMap<String, String> {
    fn from_value(field: &str, value: &Value<'_>) -> Result<Self, CallFailure> {
        string_items(value)?.ok_or_else(|| Error::invalid_message(field, problems::STRING_MAPPING).into())
    }

    fn value<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
        self.into_bound_py_any(py)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Makes a message class from the list of its fields, the required ones before the `;`. A
/// field has its name in Python, after the `=` its name in the core and its name on the wire.
macro_rules! message {
    (
        $(#[$about:meta])*
        $name:ident, $channel:literal, $repr:expr;
        $($(#[$rdoc:meta])* $required:ident = $rcore:ident, $rwire:literal;)*
        ?
        $($(#[$odoc:meta])* $optional:ident = $ocore:ident, $owire:literal;)*
    ) => {
        $(#[$about])*
        #[pyclass(frozen, module = "partner_messaging")]
        pub(crate) struct $name(partner_messaging::$name);

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(signature = (*, $($required,)* $($optional = None,)*))]
            fn new($($required: &Value<'_>,)* $($optional: Option<&Value<'_>>,)*) -> PyResult<Self> {
                catch_panics_of(Effect::Read, || {
                    Ok(Self(partner_messaging::$name {
                        $($rcore: Field::from_value($rwire, $required)?,)*
                        $($ocore: $optional.map(|it| Field::from_value($owire, it)).transpose()?.unwrap_or_default(),)*
                    }))
                })
            }

            $(
                $(#[$rdoc])*
                #[getter]
                fn $required<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
                    catch_panics(|| self.0.$rcore.value(py))
                }
            )*

            $(
                $(#[$odoc])*
                #[getter]
                fn $optional<'py>(&self, py: Python<'py>) -> PyResult<Value<'py>> {
                    catch_panics(|| self.0.$ocore.value(py))
                }
            )*

            /// The message in its wire form.
            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                catch_panics(|| {
                    let dict = PyDict::new(py);
                    dict.set_item("channel", $channel)?;
                    $(dict.set_item($rwire, self.0.$rcore.value(py)?)?;)*
                    $(if !self.0.$ocore.is_absent() {
                        dict.set_item($owire, self.0.$ocore.value(py)?)?;
                    })*
                    Ok(dict)
                })
            }

            /// The arguments that make an equal object, for ``copy`` and ``pickle``.
            fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<((), Bound<'py, PyDict>)> {
                catch_panics(|| {
                    let dict = PyDict::new(py);
                    $(dict.set_item(stringify!($required), self.0.$rcore.value(py)?)?;)*
                    $(dict.set_item(stringify!($optional), self.0.$ocore.value(py)?)?;)*
                    Ok(((), dict))
                })
            }

            fn __eq__(&self, other: &Bound<'_, Self>) -> PyResult<bool> {
                catch_panics(|| Ok(self.0 == other.get().0))
            }

            fn __hash__(&self) -> PyResult<u64> {
                catch_panics(|| Ok(hash(&self.0)))
            }

            fn __repr__(&self) -> PyResult<String> {
                catch_panics(|| {
                    let repr: fn(&partner_messaging::$name) -> String = $repr;
                    Ok(repr(&self.0))
                })
            }
        }
    };
}

message! {
    /// A WhatsApp message made of a template.
    ///
    /// Args:
    ///     to: The recipient's phone number in E.164 form.
    ///     from_: The sender's phone number in E.164 form.
    ///     template_id: The template's id.
    ///     template_variables: What goes in the template's places, by their names.
    ///
    /// Raises:
    ///     InvalidMessageError: A value has no usable type; the rest is checked when it is sent.
    ///
    /// Example:
    ///     >>> from partner_messaging import WhatsApp
    ///     >>> WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1", template_variables={"1": "123456"})
    ///     WhatsApp(to='*******4567', template_id='HX1')
    WhatsApp, "WHATSAPP", |it| {
        format!("WhatsApp(to='{}', template_id='{}')", mask_recipient(&it.to), it.template_id.escape_default())
    };
    /// The recipient's phone number.
    to = to, "to";
    /// The sender's phone number.
    from_ = from, "from";
    /// The template's id.
    template_id = template_id, "templateId";
    ?
    /// A copy of the template's variables.
    template_variables = template_variables, "templateVariables";
}

message! {
    /// An SMS: free text in `content`, or a template with its sender.
    ///
    /// Args:
    ///     to: The recipient's phone number in E.164 form.
    ///     content: The text itself, for an SMS with free text.
    ///     sender_id: The sender's name; needed with a template.
    ///     template_id: The template's id, for an SMS by template.
    ///     template_variables: What goes in the template's places, by their names.
    ///
    /// Raises:
    ///     InvalidMessageError: A value has no usable type; the rest is checked when it is sent.
    ///
    /// Example:
    ///     >>> from partner_messaging import Sms
    ///     >>> Sms(to="+6591234567", content="Hello")
    ///     Sms(to='*******4567')
    Sms, "SMS", |it| format!("Sms(to='{}')", mask_recipient(&it.to));
    /// The recipient's phone number.
    to = to, "to";
    ?
    /// The text, if it has one of its own.
    content = content, "content";
    /// The sender's name.
    sender_id = sender_id, "senderId";
    /// The template's id.
    template_id = template_id, "templateId";
    /// A copy of the template's variables.
    template_variables = template_variables, "templateVariables";
}

message! {
    /// An email to one address.
    ///
    /// Args:
    ///     to: The recipient's address.
    ///     subject: The subject line.
    ///     html_content: The body, as HTML.
    ///
    /// Raises:
    ///     InvalidMessageError: A value has no usable type; the rest is checked when it is sent.
    ///
    /// Example:
    ///     >>> from partner_messaging import Email
    ///     >>> Email(to="a@example.com", subject="Hi", html_content="<p>Hi</p>")
    ///     Email(to='*********.com')
    Email, "EMAIL", |it| format!("Email(to='{}')", mask_recipient(&it.to));
    /// The recipient's address.
    to = to, "to";
    /// The subject line.
    subject = subject, "subject";
    /// The body, as HTML.
    html_content = html_content, "htmlContent";
    ?
}
