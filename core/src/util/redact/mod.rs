//! Taking out of a text what must not be seen: what a message says, and the key.
//!
//! The service's words reach errors and logs through [`Redactor`] only. What it takes
//! out of them: the texts of the request as a whole, their longer words, every run of
//! digits that shares four with them, and whatever looks like a phone number; however
//! escaped or punctuated, in time linear in what is shown.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

mod decoded;

use decoded::Decoded;
pub(crate) use decoded::is_invisible;

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
const MIN_TEXT_LENGTH: usize = 4;
/// Shorter words of a longer text are those of everybody's language.
const MIN_WORD_LENGTH: usize = 5;
/// So many digits in common make two runs of digits kin.
const KIN_DIGITS: usize = 4;
/// So many digits look like a phone number by themselves.
const PHONE_DIGITS: usize = 7;
/// A piece of the key that is long enough to be no other word.
const MIN_KEY_PIECE: usize = 6;
/// Texts beyond these are only searched word by word.
const MAX_WHOLE_TEXTS: usize = 200;

/// What to take out.
pub(crate) struct Redactor<'a> {
    /// Whole texts, decoded.
    texts: Vec<Vec<char>>,
    words: HashSet<Vec<char>>,
    digits: HashSet<[char; KIN_DIGITS]>,
    /// The key and other headers' values, in lower case.
    keys: Vec<String>,
    /// Words that stay whatever a message says.
    keep: &'a dyn Fn(&str) -> bool,
}

impl<'a> Redactor<'a> {
    /// `texts`: those of the request. `keys`: values of which no piece may be seen.
    /// `keep`: the words that stay readable, such as documented codes.
    pub(crate) fn new<'t, 'k>(
        texts: impl IntoIterator<Item = &'t str>,
        keys: impl IntoIterator<Item = &'k str>,
        keep: &'a dyn Fn(&str) -> bool,
    ) -> Self {
        let keys: Vec<String> = keys.into_iter().map(str::to_lowercase).collect();
        let mut redactor =
            Self { texts: Vec::new(), words: HashSet::new(), digits: HashSet::new(), keys, keep };
        for text in texts {
            redactor.learn(Decoded::new(text).chars);
        }
        // A long text first, so that one inside of it doesn't leave the rest.
        redactor.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        redactor.texts.truncate(MAX_WHOLE_TEXTS);
        let whole_keys = redactor.keys.iter().filter(|key| !key.is_empty());
        redactor.texts.extend(whole_keys.map(|key| key.chars().collect()).collect::<Vec<_>>());
        redactor
    }

    fn learn(&mut self, text: Vec<char>) {
        if text.len() < MIN_TEXT_LENGTH {
            return;
        }
        for run in digit_runs(&text) {
            self.digits.extend(run.kin());
        }
        let all: Vec<Range<usize>> = words(&text).collect();
        for word in &all {
            // A text that is one word is redacted as a word.
            if word.len() >= MIN_WORD_LENGTH || word.len() == text.len() {
                self.words.insert(text[word.clone()].to_vec());
            }
        }
        if all.len() != 1 || all.first().is_some_and(|word| word.len() != text.len()) {
            self.texts.push(text);
        }
    }

    /// The service's text, fit for an error or a log: at most `limit` bytes, control
    /// characters escaped, without what must not be seen.
    pub(crate) fn redact(&self, text: &[u8], limit: usize) -> String {
        // What is redacted makes room for more, but not for ever.
        let (text, is_cut) = prefix(text, limit.saturating_mul(4));
        let decoded = Decoded::new(&text);
        let mut hidden = self.hidden(&decoded, is_cut);
        hidden.sort_by_key(|range| range.start);
        let kept = kept(&text, self.keep);
        let mut out = String::with_capacity(text.len().min(limit));
        let mut shown_to = 0;
        for range in hidden {
            let Some(place) = decoded.place(range) else { continue };
            if place.end <= shown_to || kept.iter().any(|kept| overlap(kept, &place)) {
                continue;
            }
            if place.start >= shown_to {
                out.push_str(&text[shown_to..place.start]);
                if !out.ends_with(REDACTED) || shown_to != place.start {
                    out.push_str(REDACTED);
                }
            }
            shown_to = place.end;
        }
        out.push_str(&text[shown_to..]);
        escape(&out, limit)
    }

    /// A code that is not documented: whole texts and digits of the request are taken
    /// out, but no single words, which codes are made of.
    pub(crate) fn redact_code(&self, code: &str, limit: usize) -> String {
        if (self.keep)(code) {
            return code.to_owned();
        }
        let decoded = Decoded::new(code);
        let quotes = self.words.contains(&decoded.chars)
            || self.quoted_digits(&decoded.chars).next().is_some()
            || self.whole_texts(&decoded.chars).next().is_some();
        if quotes { REDACTED.to_owned() } else { escape(code, limit) }
    }

    /// What names a request, which is never the message's: only the keys are redacted.
    pub(crate) fn redact_id(&self, id: &[u8], limit: usize) -> String {
        let id = String::from_utf8_lossy(id);
        let decoded = Decoded::new(&id);
        let has_key = words(&decoded.chars).any(|word| self.is_of_a_key(&decoded.chars[word]));
        if has_key { REDACTED.to_owned() } else { escape(&id, limit) }
    }

    /// The ranges of characters to take out.
    fn hidden(&self, text: &Decoded, is_cut: bool) -> Vec<Range<usize>> {
        let chars = &text.chars;
        let mut hidden: Vec<Range<usize>> = self.whole_texts(chars).collect();
        hidden.extend(self.quoted_digits(chars));
        for word in words(chars) {
            let is_last = is_cut && word.end == chars.len();
            let letters = &chars[word.clone()];
            if is_last || self.words.contains(letters) || self.is_of_a_key(letters) {
                hidden.push(word);
            }
        }
        hidden
    }

    fn whole_texts<'s>(&'s self, chars: &'s [char]) -> impl Iterator<Item = Range<usize>> + 's {
        self.texts.iter().flat_map(move |text| {
            let mut from = 0;
            std::iter::from_fn(move || {
                let found = find(chars.get(from..)?, text)? + from;
                from = found + text.len();
                Some(found..from)
            })
        })
    }

    fn quoted_digits<'s>(&'s self, chars: &'s [char]) -> impl Iterator<Item = Range<usize>> + 's {
        digit_runs(chars)
            .filter(|run| run.looks_like_a_phone_number() || run.kin().any(|kin| self.digits.contains(&kin)))
            .map(|run| run.place)
    }

    fn is_of_a_key(&self, word: &[char]) -> bool {
        if word.len() < MIN_KEY_PIECE || self.keys.is_empty() {
            return false;
        }
        let word: String = word.iter().collect();
        self.keys.iter().any(|key| key.contains(&word))
    }
}

/// The beginning of a text, and whether there is more.
fn prefix(text: &[u8], length: usize) -> (Cow<'_, str>, bool) {
    if text.len() <= length {
        return (String::from_utf8_lossy(text), false);
    }
    // Back to where a character begins, which the cut may lie in.
    let mut end = length;
    while end > 0 && text[end] & 0b1100_0000 == 0b1000_0000 {
        end -= 1;
    }
    (String::from_utf8_lossy(&text[..end]), true)
}

/// Where `needle` first stands in `text`.
fn find(text: &[char], needle: &[char]) -> Option<usize> {
    let first = needle.first()?;
    let last = text.len().checked_sub(needle.len())?;
    (0..=last).find(|at| text[*at] == *first && text[*at..].starts_with(needle))
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Where the words stand that are kept.
fn kept(text: &str, keep: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| is_part(byte)).count();
        if length > 0 && keep(&text[at..at + length]) {
            found.push(at..at + length);
        }
        at += length.max(1);
    }
    found
}

/// The words of a text: letters and digits that stand together.
fn words(chars: &[char]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += chars.get(at..)?.iter().position(|c| c.is_alphanumeric())?;
        let start = at;
        at += chars[at..].iter().take_while(|c| c.is_alphanumeric()).count();
        Some(start..at)
    })
}

/// Digits with nothing but a little punctuation between them, as people write numbers.
struct DigitRun {
    digits: Vec<char>,
    place: Range<usize>,
    has_plus: bool,
    /// How many digits stand together at most, and don't belong to a word.
    together: usize,
}

impl DigitRun {
    /// Every four digits that follow each other.
    fn kin(&self) -> impl Iterator<Item = [char; KIN_DIGITS]> + '_ {
        self.digits.windows(KIN_DIGITS).filter_map(|kin| kin.try_into().ok())
    }

    fn looks_like_a_phone_number(&self) -> bool {
        if self.has_plus { self.digits.len() >= PHONE_DIGITS } else { self.together >= PHONE_DIGITS }
    }
}

fn digit_runs(chars: &[char]) -> impl Iterator<Item = DigitRun> + '_ {
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut at = 0;
    std::iter::from_fn(move || {
        at += chars.get(at..)?.iter().position(char::is_ascii_digit)?;
        let before = at.checked_sub(1).map(|before| chars[before]);
        let has_plus = before == Some('+');
        let start = if has_plus { at - 1 } else { at };
        let mut run = DigitRun { digits: Vec::new(), place: start..at, has_plus, together: 0 };
        let mut of_a_word = before.is_some_and(|c| c.is_alphabetic() || c == '_');
        loop {
            let from = at;
            while is_digit(at) {
                run.digits.push(chars[at]);
                at += 1;
            }
            of_a_word |= chars.get(at).is_some_and(|c| c.is_alphabetic() || *c == '_');
            if !of_a_word {
                run.together = run.together.max(at - from);
            }
            run.place.end = at;
            of_a_word = false;
            // At most two marks, as in "(65) 9123".
            let marks = (1..=2).find(|marks| {
                (0..*marks).all(|mark| chars.get(at + mark).is_some_and(|c| is_mark(*c)))
                    && is_digit(at + marks)
            });
            match marks {
                Some(marks) => at += marks,
                None => return Some(run),
            }
        }
    })
}

/// What people put between the digits of one number.
fn is_mark(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '_' | '\'' | '\u{a0}' | '\u{2010}'..='\u{2015}' | '*')
}

/// Control characters escaped, `limit` bytes at most.
fn escape(text: &str, limit: usize) -> String {
    const CUT: char = '…';
    let mut out = String::with_capacity(text.len().min(limit));
    // Where the text can be cut so that the sign of it fits, too.
    let mut fits = 0;
    for c in text.chars() {
        let before = out.len();
        if c.is_control() || is_invisible(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        if out.len() > limit {
            out.truncate(fits.min(before));
            if CUT.len_utf8() <= limit {
                out.push(CUT);
            }
            return out;
        }
        if out.len() + CUT.len_utf8() <= limit {
            fits = out.len();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "CHANNEL_CONFIG_NOT_FOUND";

    fn redact(said: &str, texts: &[&str]) -> String {
        Redactor::new(texts.iter().copied(), ["sk_live_abcdefghijklmnop"], &|word| word == CODE)
            .redact(said.as_bytes(), 300)
    }

    #[test]
    fn what_is_quoted_is_taken_out_however_it_is_written() {
        let message = ["+6591234567", "Your code is 428913, dear Zoë-Ann", "482913", "<b>A/B</b>"];
        for (said, shown) in [
            ("to +6591234567: no", "to [redacted]: no"),
            ("contains 428913 which is blocked", "contains [redacted] which is blocked"),
            ("code 482-913 and 428 913.", "code [redacted] and [redacted]."),
            ("+65 9123 4567, 91234567, (65) 9123-4567", "[redacted], [redacted], ([redacted]"),
            (r#"{\"text\":\"Your code is 428913, dear Zo\u00eb-Ann\"}"#, r#"{\"text\":\"[redacted]\"}"#),
            (r#"{\\\"pin\\\":\\\"\\u0034\\u0038\\u0032913\\\"}"#, r#"{\\\"pin\\\":\\\"[redacted]\\\"}"#),
            ("&lt;b&gt;a/b&lt;/b&gt; &#43;6591234567", "[redacted] [redacted]"),
            (r"<b>A\/B<\/b>", "[redacted]"),
            ("to=%2B6591234567", "to=[redacted]"),
            ("4\u{200b}28913", "[redacted]"),
            ("4289", "[redacted]"),
            ("limit 1600, status 422, 2026-11-23", "limit 1600, status 422, 2026-11-23"),
            ("msg_500000001 for +1 555 123 9999", "msg_500000001 for [redacted]"),
            ("subscriber 55512399", "subscriber [redacted]"),
        ] {
            assert_eq!(redact(said, &message), shown, "{said}");
        }
    }

    #[test]
    fn words_and_texts_are_taken_out_and_short_ones_stay() {
        assert_eq!(redact("Hello Wonderland, bad idea", &["hello wonderland"]), "[redacted], bad idea");
        assert_eq!(redact("no Wonderland here", &["Welcome to Wonderland"]), "no [redacted] here");
        assert_eq!(redact("is to be", &["to be or not to be"]), "is to be");
        assert_eq!(redact("Anna is unknown", &["Anna", "is"]), "[redacted] is unknown");
        assert_eq!(redact("to Me@Example.com.", &["me@example.com"]), "to [redacted].");
    }

    #[test]
    fn documented_codes_stay() {
        assert_eq!(redact(&format!("{CODE}: channel"), &["Channel"]), format!("{CODE}: [redacted]"));
        let redactor = Redactor::new(["Channel", "428913"], [], &|word| word == CODE);
        assert_eq!(redactor.redact_code(CODE, 100), CODE);
        assert_eq!(redactor.redact_code("CHANNEL_BUSY", 100), "CHANNEL_BUSY");
        assert_eq!(redactor.redact_code("40013", 100), "40013");
        assert_eq!(redactor.redact_code("428913", 100), REDACTED);
        assert_eq!(redactor.redact_id(b"Request-428913", 100), "Request-428913");
    }

    #[test]
    fn the_key_is_taken_out_also_in_pieces() {
        assert_eq!(redact("key sk_live_abcdefghijklmnop", &[]), "key [redacted]");
        assert_eq!(redact("key ...abcdefghijk", &[]), "key ...[redacted]");
        assert_eq!(redact("abc", &[]), "abc");
    }

    #[test]
    fn a_text_is_bounded_and_escaped() {
        assert_eq!(redact("a\r\nb\u{202e}", &[]), "a\\r\\nb\\u{202e}");
        assert_eq!(escape("aaaa", 4), "aaaa");
        assert_eq!(escape("aaaaa", 4), "a…");
        assert_eq!(escape("aaaaa", 2), "");
        for limit in 0..60 {
            let text = "xx +6591234567 é\r\n".repeat(9);
            let shown = Redactor::new([], [], &|_| false).redact(text.as_bytes(), limit);
            assert!(shown.len() <= limit && !shown.contains("65"), "{limit}: {shown}");
        }
        assert_eq!(Redactor::new([], [], &|_| false).redact(&[0xff, b'a'], 10), "\u{fffd}a");
    }
}
