//! A message's words in one short text, for the list and for its search.

use serde_json::{Map, Value};

/// How many characters of a message's words are shown in the list; the rest is in the details.
const MAX_CHARS: usize = 2000;

/// The beginning of a text, and whether it is not all.
pub(crate) struct Preview {
    pub(crate) text: String,
    pub(crate) cut: bool,
    chars: usize,
}

impl Preview {
    /// What a message says: its content, subject, template and variables, and the words of its
    /// HTML.
    pub(crate) fn new(message: &Map<String, Value>) -> Preview {
        let mut preview = Preview { text: String::new(), cut: false, chars: 0 };
        let text = |field| message.get(field).and_then(Value::as_str);
        for part in ["content", "subject", "templateId"].into_iter().filter_map(text) {
            preview.part(part.chars());
        }
        if let Some(Value::Object(variables)) = message.get("templateVariables") {
            for (name, value) in variables {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                preview.part(name.chars().chain("=".chars()).chain(value.chars()));
            }
        }
        if let Some(html) = text("htmlContent") {
            preview.part(words(html));
        }
        preview
    }

    fn part(&mut self, characters: impl Iterator<Item = char>) {
        if !self.text.is_empty() {
            self.text.push_str(" · ");
        }
        for character in characters {
            if self.chars == MAX_CHARS {
                self.cut = true;
                return;
            }
            self.text.push(character);
            self.chars += 1;
        }
    }
}

/// The words of HTML: a space in place of each tag and of what stands between, nothing of styles
/// and scripts.
fn words(html: &str) -> impl Iterator<Item = char> {
    let mut rest = html;
    let text = std::iter::from_fn(move || {
        let next = rest.chars().next()?;
        rest = match next {
            '<' => after_tag(rest),
            _ => &rest[next.len_utf8()..],
        };
        Some(if next == '<' || next.is_whitespace() { ' ' } else { next })
    });
    let mut spaced = true;
    text.filter(move |character| {
        let repeated = spaced && *character == ' ';
        spaced = *character == ' ';
        !repeated
    })
}

/// What follows the tag with which the text begins, and the element if it is one without words.
fn after_tag(html: &str) -> &str {
    let after = |text: &'_ str| html.len() - text.len();
    let named =
        |text: &str, name: &str| text.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
    let mut end = html.find('>').map_or(html.len(), |end| end + 1);
    for (open, close) in [("<style", "</style"), ("<script", "</script")] {
        if named(html, open) {
            let mut tags = html[end..].match_indices('<').map(|(at, _)| &html[end + at..]);
            end = tags.find(|tag| named(tag, close)).map_or(html.len(), after);
        }
    }
    &html[end..]
}

/// At most so many characters of a text.
pub(crate) fn beginning(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn preview(message: Value) -> (String, bool) {
        let preview = Preview::new(message.as_object().unwrap());
        (preview.text, preview.cut)
    }

    #[test]
    fn all_words_of_a_message_are_in_its_preview() {
        let whole = |text: &str| (text.to_owned(), false);
        assert_eq!(preview(json!({"content": "Hello\n<b>"})), whole("Hello\n<b>"));
        assert_eq!(
            preview(json!({"templateId": "HX1", "templateVariables": {"1": "123456", "n": 5}})),
            whole("HX1 · 1=123456 · n=5")
        );
        assert_eq!(
            preview(json!({"subject": "Hi", "htmlContent": "<p>One</p>\n <p class='a'>two > 1</p>"})),
            whole("Hi · One two > 1 ")
        );
        let styled = "<STYLE>p > a { color: red }</Style><p>One<script>if (1<2) {}</script>";
        assert_eq!(preview(json!({"htmlContent": styled})), whole("One "));
        assert_eq!(preview(json!({"htmlContent": "<style>p{}"})), whole(""));
        assert_eq!(preview(json!({"htmlContent": "a <b"})), whole("a "));
        assert_eq!(preview(json!({"content": 5, "templateVariables": []})), whole(""));
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let (text, cut) = preview(json!({"content": "é".repeat(MAX_CHARS + 1)}));
        assert_eq!((text.chars().count(), cut), (MAX_CHARS, true));
        assert!(!preview(json!({"content": "é".repeat(MAX_CHARS)})).1);
        assert_eq!(beginning("äöü", 2), "äö");
        assert_eq!(beginning("äöü", 3), "äöü");
    }
}
