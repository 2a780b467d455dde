//! A text as a reader would understand it, however it is escaped.

use std::ops::Range;

/// The characters that a text stands for, in lower case, each with its place in the
/// text: escapes of JSON (also of JSON in JSON), HTML and URLs are resolved, invisible
/// characters left out. Only for comparing: what can't be decoded stands for itself.
pub(super) struct Decoded {
    pub(super) chars: Vec<char>,
    places: Vec<Range<usize>>,
}

impl Decoded {
    pub(super) fn new(text: &str) -> Self {
        let mut decoded =
            Self { chars: Vec::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let (c, length) = escape(&text[at..]).unwrap_or((c, c.len_utf8()));
            let place = at..at + length;
            at += length;
            if is_invisible(c) {
                continue;
            }
            for lower in c.to_lowercase() {
                decoded.chars.push(lower);
                decoded.places.push(place.clone());
            }
        }
        decoded
    }

    /// Where the characters `from..to` stand in the text.
    pub(super) fn place(&self, chars: Range<usize>) -> Option<Range<usize>> {
        let (first, last) = (self.places.get(chars.start)?, self.places.get(chars.end.checked_sub(1)?)?);
        Some(first.start..last.end)
    }
}

/// Characters that nobody sees, and that reorder or hide what follows them.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// The character that an escape at the beginning of `text` stands for, and its length.
fn escape(text: &str) -> Option<(char, usize)> {
    match text.as_bytes().first()? {
        b'\\' => backslash(text),
        b'&' => entity(text),
        b'%' => Some((char::from(u8::from_str_radix(text.get(1..3)?, 16).ok().filter(u8::is_ascii)?), 3)),
        _ => None,
    }
}

/// `\n`, `\"`, `\u0031`, `\ud83d\udc4d`, and the same behind several backslashes.
fn backslash(text: &str) -> Option<(char, usize)> {
    let slashes = text.bytes().take_while(|byte| *byte == b'\\').count();
    let c = text[slashes..].chars().next()?;
    let simple = |c: char| Some((c, slashes + 1));
    match c {
        'n' | 'r' | 't' | 'f' | 'b' => simple(' '),
        '"' | '/' | '\'' => simple(c),
        'u' => {
            let unit = unit(&text[slashes + 1..])?;
            if let Some(c) = char::from_u32(unit) {
                return Some((c, slashes + 5));
            }
            let low = text[slashes + 5..].strip_prefix(&text[..slashes])?.strip_prefix('u')?;
            let pair = [u16::try_from(unit).ok()?, u16::try_from(self::unit(low)?).ok()?];
            let c = char::decode_utf16(pair).next()?.ok()?;
            Some((c, 2 * (slashes + 5)))
        }
        _ => None,
    }
}

fn unit(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits.get(..4)?, 16).ok()
}

/// `&amp;`, `&#43;`, `&#x2b;`, and what was escaped twice: `&amp;#43;`.
fn entity(text: &str) -> Option<(char, usize)> {
    /// The longest name here, with room for a number.
    const MAX_NAME: usize = 10;
    let end = text.bytes().take(MAX_NAME).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => char::from_u32(match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        })?,
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "plus" => '+',
            _ => return None,
        },
    };
    if c == '&' {
        // The rest may be an entity, now that its `&` is there. Once only: that is linear.
        let rest = text.get(end + 1..)?;
        let inner_end = rest.bytes().take(MAX_NAME).position(|byte| byte == b';');
        if let Some(inner_end) = inner_end
            && !rest.starts_with("amp;")
            && let Some((inner, _)) = entity(&format!("&{}", rest.get(..=inner_end)?))
        {
            return Some((inner, end + 1 + inner_end + 1));
        }
    }
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_their_characters() {
        for (text, plain) in [
            (r"a\nb\\nc\\\\nd", "a b c d"),
            (r#"say \"hi\" and \\\"ho\\\""#, "say \"hi\" and \"ho\""),
            (r"\u0031\\u0032\u4f60 \ud83d\udc4d \\ud83d\\udc4d", "12你 👍 👍"),
            (r"\u00", r"\u00"),
            (r"\ud83d x", r"\ud83d x"),
            ("&lt;p&gt; &#43;65 &#x2B;65 &amp;#43;65 &bogus; & &;", "<p> +65 +65 +65 &bogus; & &;"),
            ("%2B65%2 %zz é%C3", "+65%2 %zz é%c3"),
            ("4\u{200b}2\u{ad}8", "428"),
            ("ÄB", "äb"),
        ] {
            assert_eq!(Decoded::new(text).chars.iter().collect::<String>(), plain, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = r"x\u0031é&amp;y";
        let decoded = Decoded::new(text);
        assert_eq!(&text[decoded.place(1..2).unwrap()], r"\u0031");
        assert_eq!(&text[decoded.place(2..4).unwrap()], "é&amp;");
        assert_eq!(decoded.place(4..9), None);
    }
}
