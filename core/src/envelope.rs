//! The envelopes on the wire: `{"request": …}` on the way out, and the
//! documented success and failure envelopes on the way back.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::Error;
use crate::message::Message;
use crate::object;
use crate::secret::mask_recipient;

/// A checked message, written as the request that sends it.
///
/// Cheap to clone; sending it skips the checks that it has passed.
#[derive(Clone)]
pub struct Envelope {
    channel: Box<str>,
    body: Bytes,
}

/// A request's, in bytes: most need no more room.
const USUAL_LENGTH: usize = 512;

#[derive(Serialize)]
struct Outgoing<'a, T> {
    request: &'a T,
}

impl Envelope {
    /// `message` names its channel itself.
    pub(crate) fn of<T: Serialize>(channel: &str, message: &T) -> Result<Self, Error> {
        let mut body = Vec::with_capacity(USUAL_LENGTH);
        serde_json::to_writer(&mut body, &Outgoing { request: message })
            .map_err(|_| Error::invalid_message("message", "can't be written as JSON"))?;
        Ok(Self { channel: channel.into(), body: body.into() })
    }

    /// `json` is the text of an object that was checked before.
    pub(crate) fn of_json(channel: &str, json: &str) -> Self {
        Self { channel: channel.into(), body: format!(r#"{{"request":{}}}"#, json.trim()).into() }
    }

    /// The channel that the message goes by.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }

    /// The recipient with only its last four characters left, if there is one.
    pub(crate) fn masked_recipient(&self) -> Option<String> {
        let body = std::str::from_utf8(&self.body).ok()?;
        let [request] = object::members(body, ["request"]).ok()?;
        let [to] = object::members(request?.get(), ["to"]).ok()?;
        object::text(to).map(|to| mask_recipient(&to))
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
                collect_texts(member, &mut texts);
            }
        }
        Some(texts)
    }
}

/// Every text and number in a JSON value.
pub(crate) fn collect_texts(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        serde_json::Value::Object(members) => {
            members.values().for_each(|member| collect_texts(member, texts))
        }
        serde_json::Value::Number(number) => texts.push(number.to_string()),
        serde_json::Value::Null | serde_json::Value::Bool(_) => {}
    }
}

impl Message for Envelope {
    fn envelope(&self) -> Result<Envelope, Error> {
        Ok(self.clone())
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// What the service answered, if its answer is a documented envelope.
pub(crate) enum Enveloped<'a> {
    Success { data: Option<&'a RawValue>, message: Option<String> },
    Failure { error: Option<String>, code: Option<String> },
}

impl<'a> Enveloped<'a> {
    /// Reads an answer's body. One leading byte-order mark is forgiven;
    /// whatever else is not the documented envelope is `None`.
    pub(crate) fn parse(body: &'a [u8]) -> Option<Self> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        if !object::is_shallow(body) {
            return None;
        }
        let text = std::str::from_utf8(body).ok()?;
        let [success, data, message, error, code] =
            object::members(text, ["success", "data", "message", "error", "code"]).ok()?;
        match success?.get() {
            "true" => Some(Self::Success { data, message: object::text(message) }),
            "false" => Some(Self::Failure { error: object::text(error), code: object::text(code) }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Email, Sms, WhatsApp, WireMessage};

    fn written(message: &impl Message) -> String {
        String::from_utf8(message.envelope().unwrap().body.to_vec()).unwrap()
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
        let secrets = message.envelope().unwrap().secrets().unwrap();
        assert_eq!(secrets, ["code 123456", "987654", "+6591234567"]);
        let odd = WireMessage::from_json(r#"{"channel":"FAX","pin":123456,"x":{"channel":"inner"}}"#);
        assert_eq!(odd.envelope().unwrap().secrets().unwrap(), ["123456", "inner"]);
        let unreadable = WireMessage::from_json(r#"{"channel":"FAX","x":"\ud83d"}"#);
        assert!(unreadable.envelope().unwrap().secrets().is_none());
        let shown = format!("{message:?} {:?}", message.envelope().unwrap());
        assert!(!shown.contains("123456") && !shown.contains("+659") && shown.contains("4567"), "{shown}");
    }

    #[test]
    fn only_the_documented_envelope_is_one() {
        assert!(matches!(
            Enveloped::parse(b"\xef\xbb\xbf{\"success\":true}"),
            Some(Enveloped::Success { .. })
        ));
        for bad in [
            "",
            "{}",
            "[]",
            "{\"success\":1}",
            "{\"success\":\"true\"}",
            "{\"success\":true,\"success\":false}",
            "{\"success\":true} {}",
            "<html>",
        ] {
            assert!(Enveloped::parse(bad.as_bytes()).is_none(), "{bad}");
        }
        let deep = format!("{{\"success\":true,\"data\":{}{}}}", "[".repeat(100), "]".repeat(100));
        assert!(Enveloped::parse(deep.as_bytes()).is_none());
    }
}
