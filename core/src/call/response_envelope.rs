//! The documented envelopes of the service's answers, and what else answers say.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::util::json;

/// What the service answered, if its answer is a documented envelope.
pub(crate) enum ResponseEnvelope<'a> {
    Success { data: Option<&'a RawValue>, message: Option<String> },
    Failure { reason: Option<String>, code: Option<String> },
}

impl<'a> ResponseEnvelope<'a> {
    /// Reads an answer's body. One leading byte-order mark is forgiven;
    /// whatever else is not the documented envelope is `None`.
    pub(crate) fn parse(body: &'a [u8]) -> Option<Self> {
        let text = json_text(body)?;
        let [success, data, message, error, code] =
            json::fields(text, ["success", "data", "message", "error", "code"]).ok()?;
        match success?.get() {
            "true" => Some(Self::Success { data, message: json::text(message) }),
            "false" => {
                let inner = |name| json::fields(error?.get(), [name]).ok().and_then(|[it]| it);
                let code = json::text_or_number(code).or_else(|| json::text_or_number(inner("code")));
                Some(Self::Failure { reason: reason(text), code })
            }
            _ => None,
        }
    }
}

fn json_text(body: &[u8]) -> Option<&str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if !json::within_max_depth(body) {
        return None;
    }
    std::str::from_utf8(body).ok()
}

/// So much of an answer is looked through for a reason.
const MAX_REASON: usize = 1_000;

/// What a body that is no envelope says: its reason where it has one, else the
/// beginning of its text, without markup.
pub(crate) fn foreign_reason(body: &[u8]) -> Option<String> {
    if let Some(text) = json_text(body)
        && text.trim_start().starts_with('{')
    {
        return reason(text);
    }
    let beginning = String::from_utf8_lossy(&body[..body.len().min(4 * MAX_REASON)]);
    let mut text = String::new();
    let (mut in_tag, mut blank) = (false, false);
    for c in beginning.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => (in_tag, blank) = (false, true),
            _ if in_tag => {}
            _ if c.is_whitespace() => blank = true,
            _ => {
                if std::mem::take(&mut blank) && !text.is_empty() {
                    text.push(' ');
                }
                text.push(c);
            }
        }
    }
    Some(text).filter(|text| !text.is_empty())
}

/// The members that services put their reason in, the more telling first.
const REASONS: [&str; 6] = ["error", "message", "detail", "description", "errors", "details"];

/// The reason in a JSON object, wherever it stands.
fn reason(json: &str) -> Option<String> {
    let Ok(Value::Object(members)) = serde_json::from_str(json) else { return None };
    let mut said = Vec::new();
    for name in REASONS {
        // One sentence is enough, but what is wrong with each field belongs to it.
        if said.is_empty() || matches!(name, "errors" | "details") {
            collect_reasons(members.get(name), None, &mut said);
        }
    }
    said.dedup();
    let reason: String = said.join("; ").chars().take(MAX_REASON).collect();
    Some(reason).filter(|reason| !reason.is_empty())
}

fn collect_reasons(value: Option<&Value>, about: Option<&str>, said: &mut Vec<String>) {
    let mut say = |text: &str| {
        if !text.trim().is_empty() {
            said.push(about.map_or_else(|| text.to_owned(), |about| format!("{about}: {text}")));
        }
    };
    match value {
        Some(Value::String(text)) => say(text),
        Some(Value::Number(number)) => say(&number.to_string()),
        Some(Value::Array(items)) => items.iter().for_each(|item| collect_reasons(Some(item), about, said)),
        Some(Value::Object(members)) => {
            let field =
                ["field", "path", "param", "property"].iter().find_map(|name| members.get(*name)?.as_str());
            let before = said.len();
            for name in REASONS {
                if said.len() == before || matches!(name, "errors" | "details") {
                    collect_reasons(members.get(name), field.or(about), said);
                }
            }
            if said.len() == before {
                // What is wrong by the names of the fields.
                for (name, value) in members.iter().filter(|(name, _)| *name != "code") {
                    collect_reasons(Some(value), Some(name), said);
                }
            }
        }
        Some(Value::Bool(_) | Value::Null) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_envelope_is_one() {
        assert!(matches!(
            ResponseEnvelope::parse(b"\xef\xbb\xbf{\"success\":true}"),
            Some(ResponseEnvelope::Success { .. })
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
            assert!(ResponseEnvelope::parse(bad.as_bytes()).is_none(), "{bad}");
        }
        let deep = format!("{{\"success\":true,\"data\":{}{}}}", "[".repeat(100), "]".repeat(100));
        assert!(ResponseEnvelope::parse(deep.as_bytes()).is_none());
    }

    #[test]
    fn the_reason_is_found_wherever_it_stands() {
        for (body, reason, code) in [
            (r#"{"success":false,"error":"no","code":"X"}"#, Some("no"), Some("X")),
            (r#"{"success":false,"error":"no","code":40013}"#, Some("no"), Some("40013")),
            (r#"{"success":false,"error":{"message":"no","code":"Y"}}"#, Some("no"), Some("Y")),
            (r#"{"success":false,"message":"no"}"#, Some("no"), None),
            (r#"{"success":false,"error":"no","errors":["a","b"]}"#, Some("no; a; b"), None),
            (
                r#"{"success":false,"details":[{"field":"to","message":"bad"},{"path":"x","error":"odd"}]}"#,
                Some("to: bad; x: odd"),
                None,
            ),
            (r#"{"success":false,"errors":{"to":["bad","short"]}}"#, Some("to: bad; to: short"), None),
            (r#"{"success":false,"error":null,"code":""}"#, None, Some("")),
            (r#"{"success":false}"#, None, None),
        ] {
            let Some(ResponseEnvelope::Failure { reason: found, code: found_code }) =
                ResponseEnvelope::parse(body.as_bytes())
            else {
                panic!("{body}")
            };
            assert_eq!((found.as_deref(), found_code.as_deref()), (reason, code), "{body}");
        }
    }

    #[test]
    fn a_body_that_is_no_envelope_still_says_something() {
        for (body, reason) in [
            ("<html>\n<h1>502 Bad\nGateway</h1><hr>nginx</html>", Some("502 Bad Gateway nginx")),
            (r#"{"error":{"message":"no such key"}}"#, Some("no such key")),
            (r#"{"detail":"Not Found"}"#, Some("Not Found")),
            ("", None),
            ("{}", None),
        ] {
            assert_eq!(foreign_reason(body.as_bytes()).as_deref(), reason, "{body}");
        }
    }
}
