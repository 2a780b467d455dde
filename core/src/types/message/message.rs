//! The messages that can be sent: the four documented shapes and the open wire form.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

use super::prepared::{Message, PreparedMessage, sealed::Sealed};
use super::validate::{self, EMAIL, Fields, SMS, WHATSAPP};
use crate::error::Error;
use crate::util::{NOT_JSON, json, mask_recipient};

/// A WhatsApp message made of a template (API document, "WhatsApp Example").
///
/// ```
/// use partner_messaging::{Message, WhatsApp};
/// let otp = WhatsApp::new("+6591234567", "+6581234567", "HXf8aa5a783ac6df54b1d28473f2de4c75")
///     .variable("1", "123456");
/// assert!(otp.prepare().is_ok());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "channel", rename = "WHATSAPP", rename_all = "camelCase")]
pub struct WhatsApp {
    /// The recipient's phone number in E.164 form.
    pub to: String,
    /// The sender's phone number in E.164 form.
    pub from: String,
    /// The template's id.
    pub template_id: String,
    /// What goes in the template's places, by their names (`"1"`, `"2"`, …).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub template_variables: BTreeMap<String, String>,
}

impl WhatsApp {
    /// A message from `from` to `to` by a template without variables; add them with [`variable`](Self::variable).
    pub fn new(to: impl Into<String>, from: impl Into<String>, template_id: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            from: from.into(),
            template_id: template_id.into(),
            template_variables: BTreeMap::new(),
        }
    }

    /// Puts `value` in the template's place called `name`.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.template_variables.insert(name.into(), value.into());
        self
    }
}

impl Sealed for WhatsApp {}

impl Message for WhatsApp {
    fn prepare(&self) -> Result<PreparedMessage, Error> {
        validate::check(&Fields {
            channel: WHATSAPP,
            to: Some(&self.to),
            from: Some(&self.from),
            template_id: Some(&self.template_id),
            template_variables: Some(&self.template_variables),
            ..Fields::default()
        })?;
        PreparedMessage::new(WHATSAPP, self)
    }
}

impl fmt::Debug for WhatsApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WhatsApp")
            .field("to", &mask_recipient(&self.to))
            .field("template_id", &self.template_id)
            .finish_non_exhaustive()
    }
}

/// An SMS: free text (API document, "Python Example") or a template ("SMS Example").
///
/// ```
/// use partner_messaging::{Message, Sms};
/// assert!(Sms::text("+6591234567", "Hello").prepare().is_ok());
/// let otp = Sms::template("+6591234567", "Pathomics", "HXf8aa5a783ac6df54b1d28473f2de4c75").variable("1", "123456");
/// assert!(otp.prepare().is_ok());
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "channel", rename = "SMS", rename_all = "camelCase")]
pub struct Sms {
    /// The recipient's phone number in E.164 form.
    pub to: String,
    /// The sender's name; needed with a template, optional with free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<String>,
    /// The template's id, for an SMS by template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// What goes in the template's places, by their names (`"1"`, `"2"`, …).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub template_variables: BTreeMap<String, String>,
    /// The text itself, for an SMS with free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

impl Sms {
    /// An SMS with free text.
    pub fn text(to: impl Into<String>, content: impl Into<String>) -> Self {
        Self { to: to.into(), content: Some(content.into()), ..Self::default() }
    }

    /// An SMS by a template without variables; add them with [`variable`](Self::variable).
    pub fn template(
        to: impl Into<String>,
        sender_id: impl Into<String>,
        template_id: impl Into<String>,
    ) -> Self {
        Self {
            to: to.into(),
            sender_id: Some(sender_id.into()),
            template_id: Some(template_id.into()),
            ..Self::default()
        }
    }

    /// Puts `value` in the template's place called `name`.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.template_variables.insert(name.into(), value.into());
        self
    }

    /// Names the sender.
    #[must_use]
    pub fn sender_id(mut self, sender_id: impl Into<String>) -> Self {
        self.sender_id = Some(sender_id.into());
        self
    }
}

impl Sealed for Sms {}

impl Message for Sms {
    fn prepare(&self) -> Result<PreparedMessage, Error> {
        validate::check(&Fields {
            channel: SMS,
            to: Some(&self.to),
            sender_id: self.sender_id.as_deref(),
            template_id: self.template_id.as_deref(),
            template_variables: Some(&self.template_variables),
            content: self.content.as_deref(),
            ..Fields::default()
        })?;
        PreparedMessage::new(SMS, self)
    }
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms")
            .field("to", &mask_recipient(&self.to))
            .field("sender_id", &self.sender_id)
            .field("template_id", &self.template_id)
            .finish_non_exhaustive()
    }
}

/// An email (API document, "Node.js Example").
///
/// ```
/// use partner_messaging::{Email, Message};
/// assert!(Email::new("a@example.com", "Hi", "<p>Hi</p>").prepare().is_ok());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "channel", rename = "EMAIL", rename_all = "camelCase")]
pub struct Email {
    /// The recipient's address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The body, as HTML.
    pub html_content: String,
}

impl Email {
    /// An email to one address.
    pub fn new(to: impl Into<String>, subject: impl Into<String>, html_content: impl Into<String>) -> Self {
        Self { to: to.into(), subject: subject.into(), html_content: html_content.into() }
    }
}

impl Sealed for Email {}

impl Message for Email {
    fn prepare(&self) -> Result<PreparedMessage, Error> {
        validate::check(&Fields {
            channel: EMAIL,
            to: Some(&self.to),
            subject: Some(&self.subject),
            html_content: Some(&self.html_content),
            ..Fields::default()
        })?;
        PreparedMessage::new(EMAIL, self)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("to", &mask_recipient(&self.to)).finish_non_exhaustive()
    }
}

/// A message in its wire form: the object that goes under the key `request`,
/// with any channel and any field. What it says of the documented fields is
/// checked; everything else passes as it is, to the byte.
///
/// ```
/// use partner_messaging::{Message, WireMessage};
/// let message = WireMessage::from_json(r#"{"channel":"SMS","to":"+6591234567","content":"Hello","tag":7}"#);
/// assert!(message.prepare().is_ok());
/// assert_eq!(WireMessage::from_json("[]").prepare().unwrap_err().field(), Some("message"));
/// ```
#[derive(Clone)]
pub struct WireMessage {
    json: String,
}

impl WireMessage {
    /// A message from the text of a JSON object. The text is checked when the
    /// message is sent.
    pub fn from_json(json: impl Into<String>) -> Self {
        Self { json: json.into() }
    }

    /// A message from any value that serialises to a JSON object.
    ///
    /// # Errors
    /// [`ErrorClass::InvalidMessage`](crate::ErrorClass::InvalidMessage) with the field `message`
    /// when the value can't be written as JSON.
    pub fn from_value(value: &impl Serialize) -> Result<Self, Error> {
        match serde_json::to_string(value) {
            Ok(json) => Ok(Self { json }),
            Err(_) => Err(Error::invalid_message("message", NOT_JSON)),
        }
    }
}

/// Names of the documented fields as other languages write them.
const MISWRITTEN: [(&str, &str); 4] = [
    ("template_id", "templateId"),
    ("template_variables", "templateVariables"),
    ("sender_id", "senderId"),
    ("html_content", "htmlContent"),
];

/// Refuses what is not meant as it is written: further fields pass, but not a documented
/// one by another name, nor the whole request in place of its message.
fn check_names(
    channel: Option<&str>,
    request: Option<&RawValue>,
    miswritten: &[Option<&RawValue>],
) -> Result<(), Error> {
    if channel.is_none() && request.is_some() {
        return Err(Error::invalid_message(
            "message",
            "must be the object that stands under `request`, which is added when it is sent",
        ));
    }
    let is_documented = channel.is_some_and(|channel| [WHATSAPP, SMS, EMAIL].contains(&channel));
    match MISWRITTEN.iter().zip(miswritten).find(|(_, member)| is_documented && member.is_some()) {
        Some(((written, meant), _)) => {
            Err(Error::invalid_message(written, format!("is written {meant} in a message's wire form")))
        }
        None => Ok(()),
    }
}

impl Sealed for WireMessage {}

impl Message for WireMessage {
    fn prepare(&self) -> Result<PreparedMessage, Error> {
        if !json::within_max_depth(self.json.as_bytes()) {
            return Err(Error::invalid_message("message", "is nested too deep"));
        }
        let names = [
            "channel",
            "to",
            "from",
            "senderId",
            "templateId",
            "content",
            "subject",
            "htmlContent",
            "templateVariables",
            "request",
            MISWRITTEN[0].0,
            MISWRITTEN[1].0,
            MISWRITTEN[2].0,
            MISWRITTEN[3].0,
        ];
        let members = json::fields(&self.json, names)
            .map_err(|_| Error::invalid_message("message", "must be one JSON object, with no name twice"))?;
        let mut texts: [Option<String>; 8] = Default::default();
        for ((text, member), name) in texts.iter_mut().zip(&members).zip(names) {
            *text = string(*member, name)?;
        }
        let [channel, to, from, sender_id, template_id, content, subject, html_content] = texts;
        let template_variables = variables(members[8])?;
        check_names(channel.as_deref(), members[9], &members[10..])?;
        let Some(channel) = channel else {
            return Err(Error::invalid_message("channel", "is required, for example SMS"));
        };
        validate::check(&Fields {
            channel: &channel,
            to: to.as_deref(),
            from: from.as_deref(),
            sender_id: sender_id.as_deref(),
            template_id: template_id.as_deref(),
            template_variables: template_variables.as_ref(),
            content: content.as_deref(),
            subject: subject.as_deref(),
            html_content: html_content.as_deref(),
        })?;
        Ok(PreparedMessage::from_json(&channel, &self.json))
    }
}

/// A documented member that is a string; `null` is as good as absent.
fn string(member: Option<&RawValue>, name: &str) -> Result<Option<String>, Error> {
    let Some(member) = member else { return Ok(None) };
    let json = member.get();
    match serde_json::from_str(json) {
        Ok(text) => Ok(text),
        Err(_) if json.starts_with('"') => {
            Err(Error::invalid_message(name, "has half of a surrogate pair in it, which is no character"))
        }
        Err(_) => {
            Err(Error::invalid_message(name, format!("must be a string, and is {}", json::type_of(json))))
        }
    }
}

/// The template's variables: an object whose values are strings.
fn variables(member: Option<&RawValue>) -> Result<Option<BTreeMap<String, String>>, Error> {
    let Some(json) = member.map(RawValue::get).filter(|json| *json != "null") else { return Ok(None) };
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) else {
        let problem = format!("must be an object whose values are strings, and is {}", json::type_of(json));
        return Err(Error::invalid_message("templateVariables", problem));
    };
    let mut variables = BTreeMap::new();
    for (name, value) in members {
        let field = format!("templateVariables.{name}");
        match string(Some(value), &field)? {
            Some(text) => variables.insert(name, text),
            None => return Err(Error::invalid_message(&field, "must be a string, and is null")),
        };
    }
    Ok(Some(variables))
}

impl fmt::Debug for WireMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireMessage").finish_non_exhaustive()
    }
}
