//! The message classes, and what else `send` takes.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use partner_messaging::{Envelope, Error, Message, WireMessage, mask_recipient};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};

use crate::data::json_text;
use crate::errors::{bad_field, exception};

/// The envelope of anything that can be sent.
pub(crate) fn envelope(message: &Bound<'_, PyAny>) -> PyResult<Envelope> {
    checked(message)?.map_err(|error| exception(message.py(), &error))
}

/// The envelopes of several messages.
pub(crate) fn envelopes(messages: &Bound<'_, PyAny>) -> PyResult<Vec<Envelope>> {
    let py = messages.py();
    let bad = || bad_field(py, "messages", "must be a list of messages");
    // A mapping is one message in wire form.
    let items = match messages.cast::<PyMapping>() {
        Ok(_) => return Err(bad()),
        Err(_) => messages.try_iter().map_err(|_| bad())?,
    };
    let envelope = |(index, message): (usize, PyResult<Bound<'_, PyAny>>)| {
        checked(&message?)?.map_err(|error| exception(py, &error.of_message(index)))
    };
    items.enumerate().map(envelope).collect()
}

/// The inner result is about the message, the outer one about everything else.
fn checked(message: &Bound<'_, PyAny>) -> PyResult<Result<Envelope, Error>> {
    Ok(if let Ok(sms) = message.cast::<Sms>() {
        sms.get().0.envelope()
    } else if let Ok(whatsapp) = message.cast::<WhatsApp>() {
        whatsapp.get().0.envelope()
    } else if let Ok(email) = message.cast::<Email>() {
        email.get().0.envelope()
    } else if let Ok(mapping) = message.cast::<PyMapping>() {
        match json_text(&dict(mapping)?)? {
            Some(json) => WireMessage::from_json(json).envelope(),
            None => Err(Error::invalid_message("message", "can't be written as JSON")),
        }
    } else {
        let problem = "must be a WhatsApp, an Sms, an Email, or a mapping in wire form";
        Err(Error::invalid_message("message", problem))
    })
}

/// A mapping of another kind than dict is copied: `json.dumps` takes only dicts.
fn dict<'py>(mapping: &Bound<'py, PyMapping>) -> PyResult<Bound<'py, PyAny>> {
    if mapping.is_instance_of::<PyDict>() {
        return Ok(mapping.clone().into_any());
    }
    let dict = PyDict::new(mapping.py());
    dict.update(mapping)?;
    Ok(dict.into_any())
}

/// A required text of a message.
fn text(field: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = value.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
    text.map(str::to_owned).ok_or_else(|| bad_field(value.py(), field, "must be a text"))
}

fn optional_text(field: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    value.map(|value| text(field, value)).transpose()
}

fn variables(value: Option<&Bound<'_, PyAny>>) -> PyResult<BTreeMap<String, String>> {
    let Some(value) = value else { return Ok(BTreeMap::new()) };
    let bad =
        || bad_field(value.py(), "templateVariables", "must be a mapping whose names and values are texts");
    let items = value.cast::<PyMapping>().map_err(|_| bad())?.items()?;
    items.iter().map(|item| item.extract::<(String, String)>().map_err(|_| bad())).collect()
}

fn hash(message: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.hash(&mut hasher);
    hasher.finish()
}

/// The wire form as a dict.
fn wire<'py>(
    py: Python<'py>,
    channel: &str,
    members: &[(&str, Option<&str>)],
    variables: &BTreeMap<String, String>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("channel", channel)?;
    for (name, value) in members {
        if let Some(value) = value {
            dict.set_item(name, value)?;
        }
    }
    if !variables.is_empty() {
        dict.set_item("templateVariables", variables)?;
    }
    Ok(dict)
}

/// The arguments that make an equal object, for `copy` and `pickle`.
type NewArguments<'py> = ((), Bound<'py, PyDict>);

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
#[pyclass(frozen, eq, module = "partner_messaging")]
#[derive(PartialEq)]
pub(crate) struct WhatsApp(partner_messaging::WhatsApp);

#[pymethods]
impl WhatsApp {
    #[new]
    #[pyo3(signature = (*, to, from_, template_id, template_variables = None))]
    fn new(
        to: &Bound<'_, PyAny>,
        from_: &Bound<'_, PyAny>,
        template_id: &Bound<'_, PyAny>,
        template_variables: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self(partner_messaging::WhatsApp {
            to: text("to", to)?,
            from: text("from", from_)?,
            template_id: text("templateId", template_id)?,
            template_variables: variables(template_variables)?,
        }))
    }

    /// The recipient's phone number.
    #[getter]
    fn to(&self) -> &str {
        &self.0.to
    }

    /// The sender's phone number.
    #[getter]
    fn from_(&self) -> &str {
        &self.0.from
    }

    /// The template's id.
    #[getter]
    fn template_id(&self) -> &str {
        &self.0.template_id
    }

    /// A copy of the template's variables.
    #[getter]
    fn template_variables(&self) -> BTreeMap<String, String> {
        self.0.template_variables.clone()
    }

    /// The message in its wire form.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let message = &self.0;
        let members = [
            ("to", Some(&*message.to)),
            ("from", Some(&*message.from)),
            ("templateId", Some(&*message.template_id)),
        ];
        wire(py, "WHATSAPP", &members, &message.template_variables)
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = PyDict::new(py);
        arguments.set_item("to", &self.0.to)?;
        arguments.set_item("from_", &self.0.from)?;
        arguments.set_item("template_id", &self.0.template_id)?;
        arguments.set_item("template_variables", &self.0.template_variables)?;
        Ok(((), arguments))
    }

    fn __hash__(&self) -> u64 {
        hash(&self.0)
    }

    fn __repr__(&self) -> String {
        format!(
            "WhatsApp(to='{}', template_id='{}')",
            mask_recipient(&self.0.to),
            self.0.template_id.escape_default()
        )
    }
}

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
#[pyclass(frozen, eq, module = "partner_messaging")]
#[derive(PartialEq)]
pub(crate) struct Sms(partner_messaging::Sms);

#[pymethods]
impl Sms {
    #[new]
    #[pyo3(signature = (*, to, content = None, sender_id = None, template_id = None, template_variables = None))]
    fn new(
        to: &Bound<'_, PyAny>,
        content: Option<&Bound<'_, PyAny>>,
        sender_id: Option<&Bound<'_, PyAny>>,
        template_id: Option<&Bound<'_, PyAny>>,
        template_variables: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self(partner_messaging::Sms {
            to: text("to", to)?,
            sender_id: optional_text("senderId", sender_id)?,
            template_id: optional_text("templateId", template_id)?,
            template_variables: variables(template_variables)?,
            content: optional_text("content", content)?,
        }))
    }

    /// The recipient's phone number.
    #[getter]
    fn to(&self) -> &str {
        &self.0.to
    }

    /// The text, if it has one of its own.
    #[getter]
    fn content(&self) -> Option<&str> {
        self.0.content.as_deref()
    }

    /// The sender's name.
    #[getter]
    fn sender_id(&self) -> Option<&str> {
        self.0.sender_id.as_deref()
    }

    /// The template's id.
    #[getter]
    fn template_id(&self) -> Option<&str> {
        self.0.template_id.as_deref()
    }

    /// A copy of the template's variables.
    #[getter]
    fn template_variables(&self) -> BTreeMap<String, String> {
        self.0.template_variables.clone()
    }

    /// The message in its wire form.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let message = &self.0;
        let members = [
            ("to", Some(&*message.to)),
            ("senderId", message.sender_id.as_deref()),
            ("templateId", message.template_id.as_deref()),
            ("content", message.content.as_deref()),
        ];
        wire(py, "SMS", &members, &message.template_variables)
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = PyDict::new(py);
        arguments.set_item("to", &self.0.to)?;
        arguments.set_item("content", &self.0.content)?;
        arguments.set_item("sender_id", &self.0.sender_id)?;
        arguments.set_item("template_id", &self.0.template_id)?;
        arguments.set_item("template_variables", &self.0.template_variables)?;
        Ok(((), arguments))
    }

    fn __hash__(&self) -> u64 {
        hash(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("Sms(to='{}')", mask_recipient(&self.0.to))
    }
}

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
#[pyclass(frozen, eq, module = "partner_messaging")]
#[derive(PartialEq)]
pub(crate) struct Email(partner_messaging::Email);

#[pymethods]
impl Email {
    #[new]
    #[pyo3(signature = (*, to, subject, html_content))]
    fn new(
        to: &Bound<'_, PyAny>,
        subject: &Bound<'_, PyAny>,
        html_content: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        Ok(Self(partner_messaging::Email {
            to: text("to", to)?,
            subject: text("subject", subject)?,
            html_content: text("htmlContent", html_content)?,
        }))
    }

    /// The recipient's address.
    #[getter]
    fn to(&self) -> &str {
        &self.0.to
    }

    /// The subject line.
    #[getter]
    fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The body, as HTML.
    #[getter]
    fn html_content(&self) -> &str {
        &self.0.html_content
    }

    /// The message in its wire form.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let message = &self.0;
        let members = [
            ("to", Some(&*message.to)),
            ("subject", Some(&*message.subject)),
            ("htmlContent", Some(&*message.html_content)),
        ];
        wire(py, "EMAIL", &members, &BTreeMap::new())
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        let arguments = PyDict::new(py);
        arguments.set_item("to", &self.0.to)?;
        arguments.set_item("subject", &self.0.subject)?;
        arguments.set_item("html_content", &self.0.html_content)?;
        Ok(((), arguments))
    }

    fn __hash__(&self) -> u64 {
        hash(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("Email(to='{}')", mask_recipient(&self.0.to))
    }
}
