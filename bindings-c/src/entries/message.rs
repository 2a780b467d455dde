//! The builders of messages.

use std::ffi::c_char;

use partner_messaging::{Email, Sms, WhatsApp, WireMessage};

use crate::ffi::entry;
use crate::handles::argument::{ArgumentErrors, Problem};
use crate::handles::message::{Form, pm_message};

fn boxed(errors: ArgumentErrors, form: Form) -> Option<Box<pm_message>> {
    Some(Box::new(pm_message { form, errors }))
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
    entry(None, || {
        let mut errors = ArgumentErrors::default();
        let to = errors.string_or_empty("to", to);
        let from = errors.string_or_empty("from", from);
        let template_id = errors.string_or_empty("templateId", template_id);
        boxed(errors, Form::WhatsApp(WhatsApp::new(to, from, template_id)))
    })
}

/// An SMS with free text. It needs no sender; pm_message_set_sender_id() names
/// one. Free it with pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_sms(to: *const c_char, content: *const c_char) -> Option<Box<pm_message>> {
    entry(None, || {
        let mut errors = ArgumentErrors::default();
        let to = errors.string_or_empty("to", to);
        let content = errors.string_or_empty("content", content);
        boxed(errors, Form::Sms(Sms::text(to, content)))
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
    entry(None, || {
        let mut errors = ArgumentErrors::default();
        let to = errors.string_or_empty("to", to);
        let sender_id = errors.string_or_empty("senderId", sender_id);
        let template_id = errors.string_or_empty("templateId", template_id);
        boxed(errors, Form::Sms(Sms::template(to, sender_id, template_id)))
    })
}

/// An email with an HTML body. Free it with pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_email(
    to: *const c_char,
    subject: *const c_char,
    html_content: *const c_char,
) -> Option<Box<pm_message>> {
    entry(None, || {
        let mut errors = ArgumentErrors::default();
        let to = errors.string_or_empty("to", to);
        let subject = errors.string_or_empty("subject", subject);
        let html_content = errors.string_or_empty("htmlContent", html_content);
        boxed(errors, Form::Email(Email::new(to, subject, html_content)))
    })
}

/// A message in its wire form: a JSON object with any channel and any field,
/// for example {"channel": "SMS", "to": "+6591234567", "content": "Hello"}.
/// Documented fields are checked, all others pass as they are. Free it with
/// pm_message_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_new_json(json: *const c_char) -> Option<Box<pm_message>> {
    entry(None, || {
        let mut errors = ArgumentErrors::default();
        let json = errors.string_or_empty("message", json);
        boxed(errors, Form::Wire(WireMessage::from_json(json)))
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
    entry((), || {
        let Some(message) = message else { return };
        let variables = match &mut message.form {
            Form::WhatsApp(whatsapp) => &mut whatsapp.template_variables,
            Form::Sms(sms) => &mut sms.template_variables,
            Form::Email(_) => return message.errors.add(FIELD, Problem::NotOfEmail),
            Form::Wire(_) => return message.errors.add(FIELD, Problem::InJson),
        };
        if let Some(name) = message.errors.string(FIELD, name)
            && let Some(value) = message.errors.string(FIELD, value)
        {
            variables.insert(name.to_owned(), value.to_owned());
        }
    });
}

/// Names the sender of an SMS.
#[unsafe(no_mangle)]
pub extern "C" fn pm_message_set_sender_id(message: Option<&mut pm_message>, sender_id: *const c_char) {
    const FIELD: &str = "senderId";
    entry((), || {
        let Some(message) = message else { return };
        match &mut message.form {
            Form::Sms(sms) => {
                if let Some(sender_id) = message.errors.string(FIELD, sender_id) {
                    sms.sender_id = Some(sender_id.to_owned());
                }
            }
            Form::WhatsApp(_) | Form::Email(_) => message.errors.add(FIELD, Problem::OnlyOfSms),
            Form::Wire(_) => message.errors.add(FIELD, Problem::InJson),
        }
    });
}
