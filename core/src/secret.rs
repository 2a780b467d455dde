//! What must not be seen: the API key, and what a message says.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

/// The API key: wiped from memory when dropped, never printed.
#[derive(Clone)]
pub(crate) struct ApiKey(Zeroizing<String>);

impl ApiKey {
    pub(crate) fn new(key: String) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The key itself, for the one header that carries it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// What stands where a secret was.
pub(crate) const REDACTED: &str = "[redacted]";

/// A recipient with only its last four characters left.
///
/// ```
/// assert_eq!(partner_messaging::mask_recipient("+6591234567"), "*******4567");
/// assert_eq!(partner_messaging::mask_recipient("abc"), "***");
/// ```
#[must_use]
pub fn mask_recipient(recipient: &str) -> String {
    let count = recipient.chars().count();
    // A short recipient would be shown whole by its last four characters.
    let hidden = if count > 4 { count - 4 } else { count };
    recipient.chars().enumerate().map(|(i, c)| if i < hidden { '*' } else { c }).collect()
}

/// Shorter texts occur by chance, and taking them out would garble an error.
const SHORTEST_SECRET: usize = 4;

/// Text from the server made fit for an error or a log: at most `limit`
/// bytes, control characters escaped, the given secrets taken out in every
/// form that a service is likely to repeat them in.
pub(crate) fn presentable(text: &[u8], limit: usize, secrets: &[impl AsRef<str>]) -> String {
    // The whole text is searched, not only what will be shown: taking a secret
    // out moves what follows it, and a cut could show half of another.
    let mut shown = String::from_utf8_lossy(text);
    let mut forms: Vec<String> = secrets.iter().flat_map(|secret| forms(secret.as_ref())).collect();
    forms.retain(|form| form.chars().count() >= SHORTEST_SECRET);
    // Longest first, so that a secret inside another doesn't leave the other's rest.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    for form in &forms {
        if let Some(without) = without(&shown, form) {
            shown = Cow::Owned(without);
        }
    }
    escape(&shown, limit)
}

/// The text with `form` taken out wherever it stands, in capitals or not;
/// `None` when it doesn't.
fn without(text: &str, form: &str) -> Option<String> {
    // ASCII letters only: their case doesn't change where a byte stands.
    let (lower, form) = (text.to_ascii_lowercase(), form.to_ascii_lowercase());
    let mut out: Option<String> = None;
    let mut from = 0;
    while let Some(found) = lower[from..].find(&form) {
        let out = out.get_or_insert_default();
        out.push_str(&text[from..from + found]);
        out.push_str(REDACTED);
        from += found + form.len();
    }
    out.map(|mut out| {
        out.push_str(&text[from..]);
        out
    })
}

/// A secret as it is, as JSON writes it (with and without other scripts, slashes
/// and angle brackets escaped), and a phone number without its plus.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let json = json.trim_matches('"').to_owned();
    let mut ascii = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            ascii.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    let slashes = ascii.replace('/', "\\/");
    let brackets = ascii.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let mut forms = vec![secret.to_owned(), json, ascii, slashes, brackets];
    forms.extend(secret.strip_prefix('+').map(str::to_owned));
    forms
}

/// Whatever in a text looks like a phone number in E.164 form.
pub(crate) fn phone_numbers(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices('+').filter_map(|(plus, _)| {
        let rest = &text[plus + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (7..=15).contains(&digits).then(|| text[plus..=plus + digits].to_owned())
    })
}

fn escape(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    for c in text.chars() {
        if out.len() + c.len_utf8() > limit {
            out.push('…');
            break;
        }
        // Besides control characters: marks that reorder or hide what follows them.
        let hides = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || hides {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", ApiKey::new("very-secret".into())), "[redacted]");
    }

    #[test]
    fn server_text_is_bounded_escaped_and_redacted() {
        let text = "to +6591234567: code 123456\r\nfor +6591234567 \u{202e}x";
        let shown = presentable(text.as_bytes(), 200, &["+6591234567", "123456", "ab"]);
        assert_eq!(shown, "to [redacted]: code [redacted]\\r\\nfor [redacted] \\u{202e}x");
        assert_eq!(presentable(b"aaaa", 2, &[""; 0]), "aa…");
        assert_eq!(presentable(&[0xff, b'a'], 10, &[""; 0]), "\u{fffd}a");
    }

    #[test]
    fn phone_numbers_are_found() {
        let found: Vec<String> = phone_numbers("to +6591234567, not +123 or 1+1; +15551234567\"").collect();
        assert_eq!(found, ["+6591234567", "+15551234567"]);
    }

    #[test]
    fn a_secret_across_the_cut_does_not_leak_its_beginning() {
        for limit in 0..40 {
            let shown = presentable(b"xx+6591234567 +6591234567", limit, &["+6591234567"]);
            assert!(!shown.contains("65"), "{shown}");
        }
    }

    #[test]
    fn a_secret_is_found_in_the_forms_that_a_service_repeats_it_in() {
        let secret = "say \"hi\" 你好 👍";
        for said in [secret, "say \\\"hi\\\" 你好 👍", "say \\\"hi\\\" \\u4f60\\u597d \\ud83d\\udc4d"] {
            assert_eq!(presentable(said.as_bytes(), 100, &[secret]), "[redacted]");
        }
        assert_eq!(presentable(b"6591234567", 100, &["+6591234567"]), "[redacted]");
        assert_eq!(presentable(b"to Me@Example.com.", 100, &["me@example.com"]), "to [redacted].");
        let html = "<p>A/B</p>";
        for said in ["<p>a/b</p>", "<p>A\\/B<\\/p>", "\\u003Cp\\u003EA/B\\u003C/p\\u003E"] {
            assert_eq!(presentable(said.as_bytes(), 100, &[html]), "[redacted]", "{said}");
        }
    }
}
