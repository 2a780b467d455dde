//! A message that was checked, written as the request that sends it: `{"request": …}`.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;
use crate::util::{NOT_JSON, json, mask_recipient};

/// Anything that can be sent: [`WhatsApp`](crate::WhatsApp), [`Sms`](crate::Sms),
/// [`Email`](crate::Email), [`WireMessage`](crate::WireMessage),
/// or a [`PreparedMessage`] made of one of them before.
pub trait Message: sealed::Sealed + Sync {
    /// Checks the message and writes the request that sends it.
    ///
    /// # Errors
    /// [`ErrorClass::InvalidMessage`](crate::ErrorClass::InvalidMessage), naming the field at fault.
    fn prepare(&self) -> Result<PreparedMessage, Error>;
}

/// Only the messages of this crate can be sent: their checks are what sending relies on.
pub(super) mod sealed {
    pub trait Sealed {}
    impl Sealed for super::PreparedMessage {}
}

/// A checked message, written as the request that sends it.
///
/// Cheap to clone; sending it skips the checks that it has passed.
#[derive(Clone)]
pub struct PreparedMessage {
    channel: Box<str>,
    body: Bytes,
}

/// A request's, in bytes: most need no more room.
const USUAL_LENGTH: usize = 512;

#[derive(Serialize)]
struct Outgoing<'a, T> {
    request: &'a T,
}

impl PreparedMessage {
    /// `message` names its channel itself.
    pub(super) fn new<T: Serialize>(channel: &str, message: &T) -> Result<Self, Error> {
        let mut body = Vec::with_capacity(USUAL_LENGTH);
        serde_json::to_writer(&mut body, &Outgoing { request: message })
            .map_err(|_| Error::invalid_message("message", NOT_JSON))?;
        Ok(Self { channel: channel.into(), body: body.into() })
    }

    /// `json` is the text of an object that was checked before.
    pub(super) fn from_json(channel: &str, json: &str) -> Self {
        Self { channel: channel.into(), body: format!(r#"{{"request":{}}}"#, json.trim()).into() }
    }

    /// The channel that the message goes by.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The message's wire form: the object that stands under `request`.
    pub(crate) fn wire_form(&self) -> &str {
        let body = std::str::from_utf8(&self.body).unwrap_or_default();
        body.strip_prefix(r#"{"request":"#).and_then(|rest| rest.strip_suffix('}')).unwrap_or_default()
    }

    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }

    /// The recipient with only its last four characters left, if there is one.
    pub(crate) fn masked_recipient(&self) -> Option<String> {
        self.recipient().map(|to| mask_recipient(&to))
    }

    /// The recipient, if there is one.
    pub(crate) fn recipient(&self) -> Option<String> {
        let body = std::str::from_utf8(&self.body).ok()?;
        let [request] = json::fields(body, ["request"]).ok()?;
        let [to] = json::fields(request?.get(), ["to"]).ok()?;
        json::text(to)
    }

    /// Every text and number of the message that must not reach an error: all
    /// but its channel, its sender's and its template's names. `None` when they
    /// can't be told: the open wire form may hold what this reader can't read
    /// (half a surrogate pair, a number beyond all bounds).
    pub(crate) fn secrets(&self) -> Option<Vec<String>> {
        let value: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let mut texts = Vec::new();
        for (name, member) in value["request"].as_object()? {
            if !matches!(name.as_str(), "channel" | "senderId" | "templateId") {
                json::collect_texts(member, &mut texts);
            }
        }
        Some(texts)
    }
}

impl Message for PreparedMessage {
    fn prepare(&self) -> Result<PreparedMessage, Error> {
        Ok(self.clone())
    }
}

impl fmt::Debug for PreparedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedMessage").field("channel", &self.channel).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Email, Sms, WhatsApp, WireMessage};

    fn written(message: &impl Message) -> String {
        String::from_utf8(message.prepare().unwrap().body.to_vec()).unwrap()
    }

    #[test]
    fn documented_shapes_are_written_as_documented() {
        assert_eq!(
            written(&WhatsApp::new("+1234567890", "+1234567891", "HXf8").variable("1", "OTP_CODE")),
            r#"{"request":{"channel":"WHATSAPP","to":"+1234567890","from":"+1234567891","templateId":"HXf8","templateVariables":{"1":"OTP_CODE"}}}"#
        );
        assert_eq!(
            written(&Sms::template("+1234567890", "Pathomics", "HXf8").variable("1", "OTP_CODE")),
            r#"{"request":{"channel":"SMS","to":"+1234567890","senderId":"Pathomics","templateId":"HXf8","templateVariables":{"1":"OTP_CODE"}}}"#
        );
        assert_eq!(
            written(&Sms::text("+1234567890", "Hello from API!")),
            r#"{"request":{"channel":"SMS","to":"+1234567890","content":"Hello from API!"}}"#
        );
        assert_eq!(
            written(&Email::new("user@example.com", "Test", "<h1>Hello</h1>")),
            r#"{"request":{"channel":"EMAIL","to":"user@example.com","subject":"Test","htmlContent":"<h1>Hello</h1>"}}"#
        );
    }

    #[test]
    fn the_wire_form_passes_to_the_byte() {
        let json = r#"{"channel":"FAX","n":0.10,"deep":{"x":[1e400]}}"#;
        assert_eq!(
            written(&WireMessage::from_json(format!(" {json}\n"))),
            format!(r#"{{"request":{json}}}"#)
        );
    }

    #[test]
    fn a_message_keeps_its_texts_to_itself() {
        let message = Sms::text("+6591234567", "code 123456").variable("1", "987654").sender_id("Me & co");
        let secrets = message.prepare().unwrap().secrets().unwrap();
        assert_eq!(secrets, ["code 123456", "987654", "+6591234567"]);
        let odd = WireMessage::from_json(r#"{"channel":"FAX","pin":123456,"x":{"channel":"inner"}}"#);
        assert_eq!(odd.prepare().unwrap().secrets().unwrap(), ["123456", "inner"]);
        let unreadable = WireMessage::from_json(r#"{"channel":"FAX","x":"\ud83d"}"#);
        assert!(unreadable.prepare().unwrap().secrets().is_none());
        let shown = format!("{message:?} {:?}", message.prepare().unwrap());
        assert!(!shown.contains("123456") && !shown.contains("+659") && shown.contains("4567"), "{shown}");
    }
}
