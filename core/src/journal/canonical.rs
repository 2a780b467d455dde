//! The canonical form of what a key stands for, and its digest.
//!
//! Two texts of JSON that mean the same message must have one form, whichever
//! language wrote them: UTF-8, no blanks, names sorted by their bytes at every
//! depth, strings with only the escapes that JSON requires (RFC 8259, section 7;
//! the short ones where there are some), numbers as they were written. Nothing is
//! normalised beyond that, and `null` is kept.
//!
//! What could be read in two ways has no form: a name that stands twice, and half
//! of a surrogate pair.

use std::borrow::Cow;
use std::fmt;

use ring::hmac;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Error;

/// The version of the canonical form, stored beside each digest.
pub const FORM: u32 = 1;

/// HMAC-SHA-256 of a canonical form by the journal's secret.
pub type Digest = [u8; 32];

/// What a key stands for, in its canonical form.
#[derive(Clone, PartialEq, Eq)]
pub struct Canonical(Vec<u8>);

/// Why a text has no canonical form.
#[derive(Debug)]
pub(crate) struct NoForm;

impl From<NoForm> for Error {
    fn from(_: NoForm) -> Self {
        Self::invalid_message(
            "message",
            "can't be sent with a key: a name stands twice in it, or half of a surrogate pair",
        )
    }
}

impl Canonical {
    /// The form of one message; `json` is its wire form.
    pub(crate) fn of_message(json: &str) -> Result<Self, NoForm> {
        let mut form = Vec::with_capacity(json.len());
        write_value(json, &mut form)?;
        Ok(Self(form))
    }

    /// The form of a fallback: the array of its messages.
    pub(crate) fn of_fallback<'a>(messages: impl IntoIterator<Item = &'a str>) -> Result<Self, NoForm> {
        let mut form = Vec::new();
        write_list(messages, &mut form)?;
        Ok(Self(form))
    }

    /// The form of a request: its method, its path with the query, and its body, a line each.
    pub(crate) fn of_request(method: &str, path_and_query: &str, json: &str) -> Result<Self, NoForm> {
        let mut form = format!("{method}\n{path_and_query}\n").into_bytes();
        write_value(json, &mut form)?;
        Ok(Self(form))
    }

    /// The digest by a journal's secret.
    #[must_use]
    pub fn digest(&self, secret: &[u8]) -> Digest {
        self.digest_with(&hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(super) fn digest_with(&self, key: &hmac::Key) -> Digest {
        let mut digest = Digest::default();
        digest.copy_from_slice(hmac::sign(key, &self.0).as_ref());
        digest
    }
}

impl fmt::Debug for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds the message's text and its recipient.
        f.write_str("Canonical([redacted])")
    }
}

fn write_value(json: &str, form: &mut Vec<u8>) -> Result<(), NoForm> {
    let json = json.trim_ascii();
    match json.as_bytes().first() {
        Some(b'{') => {
            let mut members = members(json)?;
            members.sort_unstable_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
            if members.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                return Err(NoForm);
            }
            form.push(b'{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    form.push(b',');
                }
                write_string(&name, form)?;
                form.push(b':');
                write_value(value.get(), form)?;
            }
            form.push(b'}');
            Ok(())
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| NoForm)?;
            write_list(items.into_iter().map(RawValue::get), form)
        }
        Some(b'"') => {
            let text: Text<'_> = serde_json::from_str(json).map_err(|_| NoForm)?;
            write_string(&text.0, form)
        }
        // A number, `true`, `false` or `null`: as it was written.
        Some(_) => {
            form.extend_from_slice(json.as_bytes());
            Ok(())
        }
        None => Err(NoForm),
    }
}

fn write_list<'a>(items: impl IntoIterator<Item = &'a str>, form: &mut Vec<u8>) -> Result<(), NoForm> {
    form.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            form.push(b',');
        }
        write_value(item, form)?;
    }
    form.push(b']');
    Ok(())
}

/// `serde_json` writes exactly the escapes that JSON requires.
fn write_string(text: &str, form: &mut Vec<u8>) -> Result<(), NoForm> {
    serde_json::to_writer(form, text).map_err(|_| NoForm)
}

#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object in their order, doubled names among them.
fn members(json: &str) -> Result<Vec<(Cow<'_, str>, &RawValue)>, NoForm> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((Text(name), value)) = map.next_entry()? {
                members.push((name, value));
            }
            Ok(members)
        }
    }

    serde_json::Deserializer::from_str(json).deserialize_map(Members).map_err(|_| NoForm)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        name: String,
        secret: String,
        message: Option<String>,
        fallback: Option<Vec<String>>,
        request: Option<(String, String, String)>,
        /// Absent: there is no form.
        form: Option<String>,
        digest: Option<String>,
    }

    #[test]
    fn every_language_shares_these_forms_and_digests() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/canonical/digests.json");
        let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert!(cases.len() > 20);
        for case in cases {
            let form = match (&case.message, &case.fallback, &case.request) {
                (Some(json), None, None) => Canonical::of_message(json),
                (None, Some(messages), None) => Canonical::of_fallback(messages.iter().map(String::as_str)),
                (None, None, Some((method, path, json))) => Canonical::of_request(method, path, json),
                _ => panic!("{}: what is it about?", case.name),
            };
            let digest = form.as_ref().ok().map(|form| {
                form.digest(case.secret.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
                    write!(hex, "{byte:02x}").unwrap();
                    hex
                })
            });
            let form = form.ok().map(|form| String::from_utf8(form.0).unwrap());
            assert_eq!((&form, &digest), (&case.form, &case.digest), "{}", case.name);
        }
    }

    #[test]
    fn the_form_is_never_shown() {
        let form = Canonical::of_message(r#"{"to":"+6591234567"}"#).unwrap();
        assert!(!format!("{form:?}").contains("6591234567"));
    }
}
