//! Reading chosen fields of a JSON object without giving the rest a shape.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What a value is refused with that has no JSON; for bindings, which write the caller's own.
pub const NOT_JSON: &str = "can't be written as JSON";

/// The fields called `names`, each as its own JSON text; the rest is skipped.
///
/// Fields keep their exact text, so that a decimal number loses no digit.
/// A name that stands twice makes the whole object unreadable: two readers
/// could see two different answers in it.
pub(crate) fn fields<'a, const N: usize>(
    json: &'a str,
    names: [&'static str; N],
) -> Result<[Option<&'a RawValue>; N], serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let found = reader.deserialize_map(Fields { names })?;
    reader.end()?;
    Ok(found)
}

struct Fields<const N: usize> {
    names: [&'static str; N],
}

impl<'de, const N: usize> Visitor<'de> for Fields<N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(Name(name)) = map.next_key()? {
            match self.names.iter().position(|wanted| *wanted == name) {
                Some(at) if found[at].is_some() => return Err(A::Error::custom("a name stands twice")),
                Some(at) => found[at] = Some(map.next_value::<&RawValue>()?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// The fields that are lists, with their names.
pub(crate) fn lists(json: &str) -> Result<Vec<(String, &RawValue)>, serde_json::Error> {
    let members: std::collections::BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json)?;
    let lists = members.into_iter().filter(|(_, value)| value.get().starts_with('['));
    Ok(lists.map(|(name, value)| (name.into_owned(), value)).collect())
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The field's text, if it is a JSON string.
pub(crate) fn text(member: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(member?.get()).ok()
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

/// The field's text if it is a JSON string, or the digits of a number as written.
pub(crate) fn text_or_number(field: Option<&RawValue>) -> Option<String> {
    let json = field?.get();
    match json.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => Some(json.to_owned()),
        _ => text(field),
    }
}

/// What is in a value, for saying what is there instead of what is missing: the names
/// of an object's fields, as far as they are plain words, or the value's type.
pub(crate) fn describe(json: &str) -> String {
    const MAX_NAMES: usize = 12;
    let is_plain = |name: &&String| {
        name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    let members: Result<std::collections::BTreeMap<String, IgnoredAny>, _> = serde_json::from_str(json);
    match members {
        Ok(members) if members.is_empty() => "it is empty".to_owned(),
        Ok(members) => {
            let names: Vec<&str> =
                members.keys().filter(is_plain).take(MAX_NAMES).map(String::as_str).collect();
            let more = if members.len() > names.len() { ", and others" } else { "" };
            format!("it has {}{more}", names.join(", "))
        }
        Err(_) => format!("it is {}", type_of(json)),
    }
}

/// What a JSON value is, with its article: "a number".
pub(crate) fn type_of(json: &str) -> &'static str {
    match json.trim_start().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// How deep arrays and objects may lie in each other, in answers as in messages:
/// a document nested deeper would exhaust the stack of a reader in another language.
pub(crate) const MAX_DEPTH: usize = 64;

/// Whether arrays and objects lie at most [`MAX_DEPTH`] deep in each other.
pub(crate) fn within_max_depth(json: &[u8]) -> bool {
    // Hardly any document has so many brackets at all, and those are counted fast.
    if json.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() <= MAX_DEPTH {
        return true;
    }
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in json {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return false;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_text() {
        let [b, c] = fields(r#"{"a":[1,{"b":2}],"b":0.10,"\u0063":null}"#, ["b", "c"]).unwrap();
        assert_eq!(b.unwrap().get(), "0.10");
        assert_eq!(c.unwrap().get(), "null");
    }

    #[test]
    fn what_is_no_single_object_is_refused() {
        for bad in ["", "[]", "null", "{\"a\":1", "{\"a\":1,\"a\":2}", "{} x", "{\"a\":}"] {
            assert!(fields(bad, ["a"]).is_err(), "{bad}");
        }
    }

    #[test]
    fn depth_is_counted_outside_of_strings() {
        assert!(within_max_depth(br#"{"a":"[[[[\"[[[["}"#));
        assert!(within_max_depth("[".repeat(MAX_DEPTH).as_bytes()));
        assert!(!within_max_depth("[".repeat(MAX_DEPTH + 1).as_bytes()));
    }
}
