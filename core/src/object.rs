//! Reading chosen members of a JSON object without giving the rest a shape.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members called `names`, each as its own JSON text; the rest is skipped.
///
/// Members keep their exact text, so that a decimal number loses no digit.
/// A name that stands twice makes the whole object unreadable: two readers
/// could see two different answers in it.
pub(crate) fn members<'a, const N: usize>(
    json: &'a str,
    names: [&'static str; N],
) -> Result<[Option<&'a RawValue>; N], serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let found = reader.deserialize_map(Members { names })?;
    reader.end()?;
    Ok(found)
}

struct Members<const N: usize> {
    names: [&'static str; N],
}

impl<'de, const N: usize> Visitor<'de> for Members<N> {
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

/// The members that are lists, with their names.
pub(crate) fn lists(json: &str) -> Result<Vec<(String, &RawValue)>, serde_json::Error> {
    let members: std::collections::BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json)?;
    let lists = members.into_iter().filter(|(_, value)| value.get().starts_with('['));
    Ok(lists.map(|(name, value)| (name.into_owned(), value)).collect())
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The member's text, if it is a JSON string.
pub(crate) fn text(member: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(member?.get()).ok()
}

/// How deep arrays and objects may lie in each other, in answers as in messages:
/// a document nested deeper would exhaust the stack of a reader in another language.
pub(crate) const DEEPEST: usize = 64;

/// Whether arrays and objects lie at most [`DEEPEST`] deep in each other.
pub(crate) fn is_shallow(json: &[u8]) -> bool {
    // Hardly any document has so many brackets at all, and those are counted fast.
    if json.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() <= DEEPEST {
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
                if depth > DEEPEST {
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
    fn members_keep_their_text() {
        let [b, c] = members(r#"{"a":[1,{"b":2}],"b":0.10,"\u0063":null}"#, ["b", "c"]).unwrap();
        assert_eq!(b.unwrap().get(), "0.10");
        assert_eq!(c.unwrap().get(), "null");
    }

    #[test]
    fn what_is_no_single_object_is_refused() {
        for bad in ["", "[]", "null", "{\"a\":1", "{\"a\":1,\"a\":2}", "{} x", "{\"a\":}"] {
            assert!(members(bad, ["a"]).is_err(), "{bad}");
        }
    }

    #[test]
    fn depth_is_counted_outside_of_strings() {
        assert!(is_shallow(br#"{"a":"[[[[\"[[[["}"#));
        assert!(is_shallow("[".repeat(DEEPEST).as_bytes()));
        assert!(!is_shallow("[".repeat(DEEPEST + 1).as_bytes()));
    }
}
