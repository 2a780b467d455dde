//! Messages and their builders.

use std::ffi::c_char;

use partner_messaging::{Email, Envelope, Message, Sms, WhatsApp, WireMessage};

use crate::error::pm_error;
use crate::fault::{Fault, Faults};
use crate::ffi;

/// A message to send, any number of times; a send doesn't change it. Each
/// pm_message_new_...() gives one that is to be freed with pm_message_free().
///
/// A builder never fails: an argument that can't be used is kept, and the send
/// refuses the message with PM_INVALID_MESSAGE, naming the field at fault.
pub struct pm_message {
    form: Form,
    faults: Faults,
}

enum Form {
    WhatsApp(WhatsApp),
    Sms(Sms),
    Email(Email),
    Wire(WireMessage),
}

impl pm_message {
    fn boxed(faults: Faults, form: Form) -> Option<Box<Self>> {
        Some(Box::new(Self { form, faults }))
    }

    /// The message as the core sends it.
    pub(crate) fn envelope(message: Option<&Self>) -> Result<Envelope, pm_error> {
        let Some(message) = message else {
            let fault = Fault { field: "message", problem: "must be a message, and is NULL" };
            return Err(pm_error::invalid_message(fault));
        };
        match message.faults.first() {
            Some(fault) => Err(pm_error::invalid_message(fault)),
            None => Ok(message.core().envelope()?),
        }
    }

    /// The same for several messages, whose errors name the one at fault.
    pub(crate) fn envelopes(messages: &[Option<&Self>]) -> Result<Vec<Envelope>, pm_error> {
        let envelope = |(index, message): (usize, &Option<&Self>)| {
            let Some(message) = message else {
                let fault = Fault { field: "message", problem: "must be a message, and is NULL" };
                return Err(pm_error::invalid_message_of(index, fault));
            };
            match message.faults.first() {
                Some(fault) => Err(pm_error::invalid_message_of(index, fault)),
                None => message.core().envelope().map_err(|error| error.of_message(index).into()),
            }
        };
        messages.iter().enumerate().map(envelope).collect()
    }

    fn core(&self) -> &dyn Message {
        match &self.form {
            Form::WhatsApp(message) => message,
            Form::Sms(message) => message,
            Form::Email(message) => message,
            Form::Wire(message) => message,
        }
    }
}

/// A WhatsApp message by a template: recipient and sender are phone numbers in
/// E.164 form ("+6591234567"). Add the template's variables with
/// pm_message_set_variable(). Free it with pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_whatsapp(
    to: *const c_char,
    from: *const c_char,
    template_id: *const c_char,
) -> Option<Box<pm_message>> {
    ffi::entry(None, || {
        let mut faults = Faults::default();
        let to = faults.text_or_empty("to", to);
        let from = faults.text_or_empty("from", from);
        let template_id = faults.text_or_empty("templateId", template_id);
        pm_message::boxed(faults, Form::WhatsApp(WhatsApp::new(to, from, template_id)))
    })
}

/// An SMS with free text. It needs no sender; pm_message_set_sender_id() names
/// one. Free it with pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_sms(to: *const c_char, content: *const c_char) -> Option<Box<pm_message>> {
    ffi::entry(None, || {
        let mut faults = Faults::default();
        let to = faults.text_or_empty("to", to);
        let content = faults.text_or_empty("content", content);
        pm_message::boxed(faults, Form::Sms(Sms::text(to, content)))
    })
}

/// An SMS by a template. Add the template's variables with
/// pm_message_set_variable(). Free it with pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_sms_template(
    to: *const c_char,
    sender_id: *const c_char,
    template_id: *const c_char,
) -> Option<Box<pm_message>> {
    ffi::entry(None, || {
        let mut faults = Faults::default();
        let to = faults.text_or_empty("to", to);
        let sender_id = faults.text_or_empty("senderId", sender_id);
        let template_id = faults.text_or_empty("templateId", template_id);
        pm_message::boxed(faults, Form::Sms(Sms::template(to, sender_id, template_id)))
    })
}

/// An email with an HTML body. Free it with pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_email(
    to: *const c_char,
    subject: *const c_char,
    html_content: *const c_char,
) -> Option<Box<pm_message>> {
    ffi::entry(None, || {
        let mut faults = Faults::default();
        let to = faults.text_or_empty("to", to);
        let subject = faults.text_or_empty("subject", subject);
        let html_content = faults.text_or_empty("htmlContent", html_content);
        pm_message::boxed(faults, Form::Email(Email::new(to, subject, html_content)))
    })
}

/// A message in its wire form: a JSON object with any channel and any field,
/// for example {"channel": "SMS", "to": "+6591234567", "content": "Hello"}.
/// Documented fields are checked, all others pass as they are. Free it with
/// pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_json(json: *const c_char) -> Option<Box<pm_message>> {
    ffi::entry(None, || {
        let mut faults = Faults::default();
        let json = faults.text_or_empty("message", json);
        pm_message::boxed(faults, Form::Wire(WireMessage::from_json(json)))
    })
}

/// Puts a value in a template's place, called "1", "2" and so on; a second
/// value for the same place replaces the first. For WhatsApp and SMS messages.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_set_variable(
    message: Option<&mut pm_message>,
    name: *const c_char,
    value: *const c_char,
) {
    const FIELD: &str = "templateVariables";
    ffi::entry((), || {
        let Some(message) = message else { return };
        let variables = match &mut message.form {
            Form::WhatsApp(whatsapp) => &mut whatsapp.template_variables,
            Form::Sms(sms) => &mut sms.template_variables,
            Form::Email(_) => return message.faults.add(FIELD, "is no field of an email"),
            Form::Wire(_) => return message.faults.add(FIELD, "belongs in the JSON of a message made of it"),
        };
        if let Some(name) = message.faults.text(FIELD, name)
            && let Some(value) = message.faults.text(FIELD, value)
        {
            variables.insert(name.to_owned(), value.to_owned());
        }
    });
}

/// Names the sender of an SMS.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_set_sender_id(message: Option<&mut pm_message>, sender_id: *const c_char) {
    const FIELD: &str = "senderId";
    ffi::entry((), || {
        let Some(message) = message else { return };
        match &mut message.form {
            Form::Sms(sms) => {
                if let Some(sender_id) = message.faults.text(FIELD, sender_id) {
                    sms.sender_id = Some(sender_id.to_owned());
                }
            }
            Form::WhatsApp(_) | Form::Email(_) => message.faults.add(FIELD, "is a field of an SMS only"),
            Form::Wire(_) => message.faults.add(FIELD, "belongs in the JSON of a message made of it"),
        }
    });
}

/// Frees a message; NULL is fine. Sends that were submitted don't need it any more.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_free(message: Option<Box<pm_message>>) {
    ffi::entry((), || drop(message));
}
