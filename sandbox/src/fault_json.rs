//! The JSON form of a fault: one flat object whose `kind` says which fields it may have.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::error::ControlError;
use crate::fault::{Fault, FaultKind};

/// All fields of all kinds. Values whose digits matter stay raw text, which is also why
/// this is not an internally tagged enum: serde would take their numbers apart.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultFields {
    #[serde(default)]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    envelope: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_second: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ms_per_byte: Option<u64>,
}

const KINDS: &str = "respond, code, html502, rate_limit, limit, redirect, close_before_read, \
    close_after_read, reset, stall, truncate, garbage, slow, unreadable, refuse";

impl TryFrom<FaultFields> for Fault {
    type Error = ControlError;

    fn try_from(mut fields: FaultFields) -> Result<Fault, ControlError> {
        let times = fields.times.take().unwrap_or(1);
        if times == 0 {
            return Err(ControlError::at("times", "must be 1 or more"));
        }
        let kind = fields.take_kind()?;
        if times > 1 && matches!(kind, FaultKind::Refuse { .. } | FaultKind::Limit { .. }) {
            let problem = format!("{} is taken by no request", fields.kind);
            return Err(ControlError::at("times", problem));
        }
        // Whatever the kind did not take does not belong to it.
        if let Some(field) = fields.first_present() {
            let problem = format!("is not a field of {}", fields.kind);
            return Err(ControlError::at(field, problem));
        }
        Ok(Fault { kind, times })
    }
}

impl FaultFields {
    fn take_kind(&mut self) -> Result<FaultKind, ControlError> {
        Ok(match self.kind.as_str() {
            "respond" => FaultKind::Respond {
                status: status(required(self.status.take(), "status")?, 200..=599)?,
                headers: headers(self.headers.take().unwrap_or_default())?,
                body: self.body.take().map(|raw| text_of(&raw)).unwrap_or_default(),
            },
            "code" => FaultKind::Code { code: required(self.code.take(), "code")? },
            "html502" => FaultKind::Html502,
            "rate_limit" => FaultKind::RateLimit {
                retry_after: self.retry_after.take().map(retry_after).transpose()?,
                envelope: self.envelope.take().unwrap_or(false),
            },
            "limit" => FaultKind::Limit {
                per_second: match required(self.per_second.take(), "per_second")? {
                    0 => return Err(ControlError::at("per_second", "must be 1 or more")),
                    per_second => per_second,
                },
                envelope: self.envelope.take().unwrap_or(false),
            },
            "redirect" => FaultKind::Redirect {
                status: status(self.status.take().unwrap_or(307), 300..=399)?,
                location: match self.location.take() {
                    Some(location) => Some(header_value(location, "location")?),
                    None => None,
                },
            },
            "close_before_read" => FaultKind::CloseBeforeRead,
            "close_after_read" => FaultKind::CloseAfterRead,
            "reset" => FaultKind::Reset,
            "stall" => FaultKind::Stall { ms: self.ms.take() },
            "truncate" => FaultKind::Truncate { after: self.after.take() },
            "garbage" => FaultKind::Garbage,
            "slow" => FaultKind::Slow { ms_per_byte: required(self.ms_per_byte.take(), "ms_per_byte")? },
            "unreadable" => FaultKind::Unreadable,
            "refuse" => FaultKind::Refuse { ms: self.ms.take() },
            "" => return Err(ControlError::at("kind", format!("is missing; one of {KINDS}"))),
            other => {
                let problem = format!("{other:?} is unknown; one of {KINDS}");
                return Err(ControlError::at("kind", problem));
            }
        })
    }

    fn first_present(&self) -> Option<&'static str> {
        let present = [
            ("status", self.status.is_some()),
            ("headers", self.headers.is_some()),
            ("body", self.body.is_some()),
            ("code", self.code.is_some()),
            ("retry_after", self.retry_after.is_some()),
            ("envelope", self.envelope.is_some()),
            ("per_second", self.per_second.is_some()),
            ("location", self.location.is_some()),
            ("ms", self.ms.is_some()),
            ("after", self.after.is_some()),
            ("ms_per_byte", self.ms_per_byte.is_some()),
        ];
        present.iter().find(|(_, is)| *is).map(|(name, _)| *name)
    }
}

impl From<Fault> for FaultFields {
    fn from(fault: Fault) -> FaultFields {
        let mut fields =
            FaultFields { times: (fault.times != 1).then_some(fault.times), ..FaultFields::default() };
        fields.kind = match fault.kind {
            FaultKind::Respond { status, headers, body } => {
                fields.status = Some(status);
                fields.headers = Some(headers);
                fields.body = to_raw_value(&body).ok();
                "respond"
            }
            FaultKind::Code { code } => {
                fields.code = Some(code);
                "code"
            }
            FaultKind::Html502 => "html502",
            FaultKind::RateLimit { retry_after, envelope } => {
                fields.retry_after = retry_after.and_then(|text| to_raw_value(&text).ok());
                fields.envelope = Some(envelope);
                "rate_limit"
            }
            FaultKind::Limit { per_second, envelope } => {
                fields.per_second = Some(per_second);
                fields.envelope = Some(envelope);
                "limit"
            }
            FaultKind::Redirect { status, location } => {
                fields.status = Some(status);
                fields.location = location;
                "redirect"
            }
            FaultKind::CloseBeforeRead => "close_before_read",
            FaultKind::CloseAfterRead => "close_after_read",
            FaultKind::Reset => "reset",
            FaultKind::Stall { ms } => {
                fields.ms = ms;
                "stall"
            }
            FaultKind::Truncate { after } => {
                fields.after = after;
                "truncate"
            }
            FaultKind::Garbage => "garbage",
            FaultKind::Slow { ms_per_byte } => {
                fields.ms_per_byte = Some(ms_per_byte);
                "slow"
            }
            FaultKind::Unreadable => "unreadable",
            FaultKind::Refuse { ms } => {
                fields.ms = ms;
                "refuse"
            }
        }
        .to_owned();
        fields
    }
}

fn required<T>(value: Option<T>, field: &str) -> Result<T, ControlError> {
    value.ok_or_else(|| ControlError::at(field, "is missing"))
}

fn status(status: u16, range: std::ops::RangeInclusive<u16>) -> Result<u16, ControlError> {
    if range.contains(&status) {
        return Ok(status);
    }
    let problem = format!("must be {} to {}", range.start(), range.end());
    Err(ControlError::at("status", problem))
}

fn headers(headers: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, ControlError> {
    for (name, value) in &headers {
        let field = format!("headers.{name}");
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| ControlError::at(&field, "is not a header name"))?;
        if parsed == http::header::CONTENT_LENGTH || parsed == http::header::TRANSFER_ENCODING {
            return Err(ControlError::at(
                &field,
                "is set by the server; use truncate for an answer that ends too early",
            ));
        }
        header_value(value.clone(), &field)?;
    }
    Ok(headers)
}

fn header_value(text: String, field: &str) -> Result<String, ControlError> {
    match HeaderValue::from_str(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(ControlError::at(field, "is not a header value")),
    }
}

fn retry_after(raw: Box<RawValue>) -> Result<String, ControlError> {
    let is_text_or_number = raw.get().starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit());
    if !is_text_or_number {
        return Err(ControlError::at("retry_after", "must be text or a number"));
    }
    header_value(text_of(&raw), "retry_after")
}

/// JSON text gives the text, any other value its JSON without white space, its digits
/// untouched.
fn text_of(raw: &RawValue) -> String {
    if let Ok(text) = serde_json::from_str::<String>(raw.get()) {
        return text;
    }
    let mut compact = String::with_capacity(raw.get().len());
    let mut quoted = false;
    let mut escaped = false;
    for c in raw.get().chars() {
        if quoted || !c.is_ascii_whitespace() {
            compact.push(c);
        }
        match c {
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    compact
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        match Fault::from_json(text).unwrap().kind {
            FaultKind::Respond { body, .. } => body,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_keeps_its_digits_and_its_text() {
        let text =
            r#"{"kind":"respond","status":200,"body":{ "cost": 0.10, "t": "a \" b\\" , "x": [1, 2] }}"#;
        assert_eq!(body(text), r#"{"cost":0.10,"t":"a \" b\\","x":[1,2]}"#);
        assert_eq!(body(r#"{"kind":"respond","status":200,"body":"a\n b"}"#), "a\n b");
        assert_eq!(body(r#"{"kind":"respond","status":200}"#), "");
    }

    #[test]
    fn every_kind_survives_the_round_trip() {
        for text in [
            r#"{"kind":"respond","status":503,"headers":{"x-a":"b"},"body":"x","times":3}"#,
            r#"{"kind":"code","code":"ORG_INACTIVE"}"#,
            r#"{"kind":"html502"}"#,
            r#"{"kind":"rate_limit","retry_after":3,"envelope":true}"#,
            r#"{"kind":"rate_limit"}"#,
            r#"{"kind":"limit","per_second":200,"envelope":true}"#,
            r#"{"kind":"redirect","status":301,"location":"http://127.0.0.1:1/"}"#,
            r#"{"kind":"close_before_read"}"#,
            r#"{"kind":"close_after_read"}"#,
            r#"{"kind":"reset"}"#,
            r#"{"kind":"stall","ms":5}"#,
            r#"{"kind":"truncate","after":0}"#,
            r#"{"kind":"garbage"}"#,
            r#"{"kind":"slow","ms_per_byte":1}"#,
            r#"{"kind":"unreadable"}"#,
            r#"{"kind":"refuse","ms":10}"#,
        ] {
            let fault = Fault::from_json(text).unwrap();
            let again = serde_json::to_string(&fault).unwrap();
            assert_eq!(Fault::from_json(&again).unwrap(), fault, "{text}");
            let plain: Fault = serde_json::from_str(text).unwrap();
            assert_eq!(plain, fault);
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (text, field) in [
            (r#"{}"#, "kind"),
            (r#"{"kind":"explode"}"#, "kind"),
            (r#"{"kind":"respond"}"#, "status"),
            (r#"{"kind":"respond","status":101}"#, "status"),
            (r#"{"kind":"respond","status":"x"}"#, "status"),
            (r#"{"kind":"respond","status":200,"headers":{"a b":"c"}}"#, "headers.a b"),
            (r#"{"kind":"respond","status":200,"headers":{"Content-Length":"3"}}"#, "headers.Content-Length"),
            (r#"{"kind":"code"}"#, "code"),
            (r#"{"kind":"slow"}"#, "ms_per_byte"),
            (r#"{"kind":"stall","ms":-1}"#, "ms"),
            (r#"{"kind":"stall","after":1}"#, "after"),
            (r#"{"kind":"redirect","status":200}"#, "status"),
            (r#"{"kind":"rate_limit","retry_after":[1]}"#, "retry_after"),
            (r#"{"kind":"limit"}"#, "per_second"),
            (r#"{"kind":"limit","per_second":0}"#, "per_second"),
            (r#"{"kind":"limit","per_second":0.5}"#, "per_second"),
            (r#"{"kind":"limit","per_second":1,"times":2}"#, "times"),
            (r#"{"kind":"rate_limit","per_second":1}"#, "per_second"),
            (r#"{"kind":"reset","times":0}"#, "times"),
            (r#"{"kind":"refuse","times":2}"#, "times"),
        ] {
            let error = Fault::from_json(text).unwrap_err();
            assert_eq!(error.field(), Some(field), "{text}: {error}");
        }
        let error = Fault::from_json(r#"{"kind":"stall","seconds":1}"#).unwrap_err();
        assert!(error.to_string().contains("seconds"), "{error}");
    }
}
