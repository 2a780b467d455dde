//! What the fields of a message have to look like.
//!
//! Only what the document shows is required, in the channels it shows; further fields
//! and further channels pass.

use serde_json::{Map, Value};

use crate::api::code::Code;
use crate::api::response::Refusal;

/// The part of a message that the service acts on.
pub(crate) struct Accepted<'a> {
    pub(crate) channel: &'a str,
    pub(crate) to: &'a str,
}

pub(crate) fn message(request: &Map<String, Value>) -> Result<Accepted<'_>, Refusal> {
    let channel = text(request, "channel")?;
    let to = text(request, "to")?;
    match channel {
        "WHATSAPP" => {
            phone_number("to", to)?;
            text(request, "from")?;
            text(request, "templateId")?;
            variables(request)?;
        }
        "SMS" => {
            phone_number("to", to)?;
            sms_content(request)?;
            variables(request)?;
        }
        "EMAIL" => {
            email_address("to", to)?;
            text(request, "subject")?;
            text(request, "htmlContent")?;
            variables(request)?;
        }
        _ => {}
    }
    Ok(Accepted { channel, to })
}

fn invalid(problem: String) -> Refusal {
    Refusal::new(Code::ValidationError, problem)
}

/// A field that has to be there, as text that is not empty.
fn text<'a>(request: &'a Map<String, Value>, field: &str) -> Result<&'a str, Refusal> {
    match request.get(field) {
        None | Some(Value::Null) => Err(invalid(format!("{field} is required"))),
        Some(Value::String(text)) if text.is_empty() => Err(invalid(format!("{field} must not be empty"))),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(invalid(format!("{field} must be text"))),
    }
}

/// Free text, or a template with the sender it goes out under. What is not needed is still
/// text if it is there.
fn sms_content(request: &Map<String, Value>) -> Result<(), Refusal> {
    let has = |field| request.get(field).is_some_and(|value| !value.is_null());
    let text_if_any = |field| match request.get(field) {
        None | Some(Value::Null | Value::String(_)) => Ok(()),
        Some(_) => Err(invalid(format!("{field} must be text"))),
    };
    if has("content") {
        text(request, "content")?;
        text_if_any("templateId")?;
        text_if_any("senderId")?;
    } else if has("templateId") {
        text(request, "templateId")?;
        text(request, "senderId")?;
    } else {
        return Err(invalid("content is required, or templateId with senderId".to_owned()));
    }
    Ok(())
}

fn variables(request: &Map<String, Value>) -> Result<(), Refusal> {
    match request.get("templateVariables") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(variables)) => match variables.iter().find(|(_, it)| !it.is_string()) {
            None => Ok(()),
            Some((name, _)) => Err(invalid(format!("templateVariables.{name} must be text"))),
        },
        Some(_) => Err(invalid("templateVariables must be an object of texts".to_owned())),
    }
}

/// E.164: a plus sign and up to fifteen digits, the first of them not zero.
fn phone_number(field: &str, text: &str) -> Result<(), Refusal> {
    let digits = text.strip_prefix('+').unwrap_or_default().as_bytes();
    let first_is_right = digits.first().is_some_and(|first| *first != b'0');
    if first_is_right && (2..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    Err(invalid(format!("{field} must be a phone number in E.164 form, such as +6591234567")))
}

/// No more than: something, one `@`, something, and nothing that a header would break at.
fn email_address(field: &str, text: &str) -> Result<(), Refusal> {
    let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let parts: Vec<&str> = text.split('@').collect();
    if clean && parts.len() == 2 && parts.iter().all(|part| !part.is_empty()) {
        return Ok(());
    }
    Err(invalid(format!("{field} must be an e-mail address, such as user@example.com")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Response;
    use serde_json::json;

    fn check(request: Value) -> String {
        match message(request.as_object().unwrap()) {
            Ok(_) => "ok".to_owned(),
            Err(refusal) => String::from_utf8(Response::from(refusal).body.to_vec()).unwrap(),
        }
    }

    #[test]
    fn the_documents_messages_pass() {
        for request in [
            json!({"channel": "WHATSAPP", "to": "+1234567890", "from": "+1234567890",
                "templateId": "HX1", "templateVariables": {"1": "OTP_CODE"}}),
            json!({"channel": "SMS", "to": "+1234567890", "senderId": "Pathomics",
                "templateId": "HX1", "templateVariables": {"1": "OTP_CODE"}}),
            json!({"channel": "SMS", "to": "+1234567890", "content": "Hello from API!"}),
            json!({"channel": "EMAIL", "to": "user@example.com", "subject": "Test",
                "htmlContent": "<h1>Hello</h1>"}),
            json!({"channel": "RCS", "to": "anyone", "new": [1]}),
        ] {
            assert_eq!(check(request.clone()), "ok", "{request}");
        }
    }

    #[test]
    fn the_error_names_the_field() {
        let whatsapp = json!({"channel": "WHATSAPP", "to": "+12", "from": "x", "templateId": "t"});
        let sms = json!({"channel": "SMS", "to": "+1234567890", "content": "c"});
        let email = json!({"channel": "EMAIL", "to": "a@b", "subject": "s", "htmlContent": "h"});
        for (base, field, value) in [
            (&sms, "channel", json!(null)),
            (&sms, "channel", json!("")),
            (&sms, "channel", json!(1)),
            (&sms, "to", json!(null)),
            (&sms, "to", json!("91234567")),
            (&sms, "to", json!("+0123456")),
            (&sms, "to", json!("+1234567890123456")),
            (&sms, "to", json!("+12345x")),
            (&sms, "content", json!(null)),
            (&sms, "content", json!("")),
            (&sms, "content", json!(5)),
            (&sms, "templateId", json!({})),
            (&sms, "senderId", json!(5)),
            (&sms, "templateVariables", json!([])),
            (&sms, "templateVariables", json!({"1": 2})),
            (&whatsapp, "to", json!("a@b")),
            (&whatsapp, "from", json!(null)),
            (&whatsapp, "templateId", json!("")),
            (&email, "to", json!("nobody")),
            (&email, "to", json!("a@b@c")),
            (&email, "to", json!("a @b")),
            (&email, "subject", json!(null)),
            (&email, "htmlContent", json!(null)),
        ] {
            let mut request = base.clone();
            request[field] = value;
            let found = check(request.clone());
            assert!(found.contains("VALIDATION_ERROR"), "{request}: {found}");
            assert!(found.contains(&format!("\"error\":\"{field}")), "{request}: {found}");
        }
        let no_sender = json!({"channel": "SMS", "to": "+1234567890", "templateId": "t"});
        assert!(check(no_sender).contains("senderId"));
    }
}
