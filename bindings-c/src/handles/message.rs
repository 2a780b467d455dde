//! Messages.

use partner_messaging::{Email, Error, Message, PreparedMessage, Sms, WhatsApp, WireMessage};

use super::argument::{ArgumentError, ArgumentErrors};

/// A message to send, any number of times; a send doesn't change it. Each
/// pm_message_new_...() gives one that is to be freed with pm_message_free().
///
/// A builder never fails: an argument that can't be used is kept, and the send
/// refuses the message with PM_INVALID_MESSAGE, naming the field at fault.
pub struct pm_message {
    pub(crate) form: Form,
    pub(crate) errors: ArgumentErrors,
}

pub(crate) enum Form {
    WhatsApp(WhatsApp),
    Sms(Sms),
    Email(Email),
    Wire(WireMessage),
}

impl pm_message {
    /// The message as the core sends it.
    pub(crate) fn prepare(message: Option<&Self>) -> Result<PreparedMessage, Error> {
        Self::require(message)?.core().prepare()
    }

    /// Several messages as the core sends them; an error names the one at fault.
    pub(crate) fn prepare_all(messages: &[Option<&Self>]) -> Result<Vec<PreparedMessage>, Error> {
        let prepare = |(index, message): (usize, &Option<&Self>)| {
            Self::prepare(*message).map_err(|error| error.with_message_index(index))
        };
        messages.iter().enumerate().map(prepare).collect()
    }

    fn require(message: Option<&Self>) -> Result<&Self, Error> {
        let missing = ArgumentError::null("message", "a message");
        let checked = message.ok_or(missing).and_then(|message| message.errors.check().map(|()| message));
        checked.map_err(|error| Error::invalid_message(error.field, error.problem))
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

pub(crate) fn as_messages(messages: &[PreparedMessage]) -> Vec<&dyn Message> {
    messages.iter().map(|message| message as &dyn Message).collect()
}
