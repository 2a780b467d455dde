//! Doc comments, read once and written in each language's way.

use syn::{Attribute, Expr, Lit, Meta};

/// What a doc comment says in words: its examples and lists of errors, which are
/// each language's own, are left out.
#[derive(Clone, Default)]
pub(crate) struct Doc {
    paragraphs: Vec<String>,
}

/// How a language writes what stands in backticks in the core.
pub(crate) trait Dialect {
    /// Code: a value, or a name of the core's.
    fn code(&self, code: &str) -> String {
        format!("`{code}`")
    }

    /// A link to an item of the core's, by the last two parts of its path.
    fn link(&self, owner: &str, item: &str) -> String;
}

impl Doc {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let mut paragraphs = vec![String::new()];
        let mut in_example = false;
        for line in attributes.iter().filter_map(line) {
            let line = line.trim();
            if line.starts_with("# ") {
                break;
            }
            if line.starts_with("```") {
                in_example = !in_example;
            } else if line.is_empty() || in_example {
                paragraphs.push(String::new());
            } else if let Some(paragraph) = paragraphs.last_mut() {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(line);
            }
        }
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        Self { paragraphs }
    }

    /// The same with a few words before the end of its first sentence.
    pub(crate) fn measured(mut self, words: &str) -> Self {
        if let Some(first) = self.paragraphs.first_mut() {
            let end = first.find(". ").unwrap_or(first.trim_end_matches('.').len());
            first.insert_str(end, words);
        }
        self
    }

    /// The same with a sentence more.
    pub(crate) fn with(mut self, sentence: &str) -> Self {
        match self.paragraphs.last_mut() {
            Some(last) if !sentence.is_empty() => {
                last.push(' ');
                last.push_str(sentence);
            }
            _ => {}
        }
        self
    }

    /// The paragraphs as a language writes them.
    pub(crate) fn paragraphs(&self, dialect: &dyn Dialect) -> Vec<String> {
        self.paragraphs.iter().map(|paragraph| translate(paragraph, dialect)).collect()
    }

    /// The lines of a comment, each after `prefix` and none longer than `width`;
    /// an empty line has the prefix alone.
    pub(crate) fn lines(&self, dialect: &dyn Dialect, prefix: &str, width: usize) -> String {
        let paragraphs = self.paragraphs(dialect);
        let wrapped = paragraphs.iter().map(|paragraph| wrap(paragraph, prefix, width));
        wrapped.collect::<Vec<_>>().join(&format!("{}\n", prefix.trim_end()))
    }
}

/// Breaks a text into lines, each after `prefix`, and none longer than `width` unless
/// a word is.
pub(crate) fn wrap(text: &str, prefix: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in words(text) {
        if !line.is_empty()
            && prefix.chars().count() + line.chars().count() + 1 + word.chars().count() > width
        {
            lines.push_str(&format!("{prefix}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push_str(&format!("{prefix}{line}\n"));
    lines
}

/// The words of a text; code is one word, whatever blanks it has.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut begin, mut in_code) = (0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            // Of two in a row, as Python's docs have them, the first counts.
            '`' if !text[..at].ends_with('`') => in_code = !in_code,
            ' ' if !in_code => {
                words.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[begin..]);
    words.retain(|word| !word.is_empty());
    words
}

fn translate(paragraph: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    let mut rest = paragraph;
    while let Some(at) = rest.find('`') {
        let is_link = rest[..at].ends_with('[');
        out.push_str(rest[..at].strip_suffix('[').unwrap_or(&rest[..at]));
        let Some((code, after)) = rest[at + 1..].split_once('`') else { break };
        rest = after;
        let (target, after) = match rest.strip_prefix(']') {
            Some(after) if is_link => match after.strip_prefix('(').and_then(|target| target.split_once(')'))
            {
                Some((target, after)) => (target, after),
                None => (code, after),
            },
            _ => {
                out.push_str(&dialect.code(code));
                continue;
            }
        };
        rest = after;
        let mut path = target.rsplit("::");
        let item = path.next().unwrap_or_default();
        out.push_str(&dialect.link(path.next().unwrap_or_default(), item));
    }
    out.push_str(rest);
    out
}

fn line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        Expr::Lit(literal) if pair.path.is_ident("doc") => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Marks;

    impl Dialect for Marks {
        fn code(&self, code: &str) -> String {
            format!("<{code}>")
        }

        fn link(&self, owner: &str, item: &str) -> String {
            format!("{{{owner}.{item}}}")
        }
    }

    fn doc(text: &str) -> Doc {
        let lines: String = text.lines().map(|line| format!("#![doc = {line:?}]\n")).collect();
        Doc::of(&syn::parse_file(&lines).unwrap().attrs)
    }

    #[test]
    fn code_and_links_are_translated() {
        let doc = doc("See [`send`](crate::Client::send), [`Outcome`] and `x y`.");
        assert_eq!(doc.paragraphs(&Marks), ["See {Client.send}, {.Outcome} and <x y>."]);
    }

    #[test]
    fn examples_and_headings_are_left_out() {
        let doc = doc("One\ntwo.\n\nThree.\n```\nlet x = 1;\n```\n# Errors\nNone.");
        assert_eq!(doc.lines(&Marks, "/// ", 80), "/// One two.\n///\n/// Three.\n");
    }

    #[test]
    fn a_unit_stands_in_the_first_sentence() {
        let doc = doc("The pause. Default: none.").measured(", in seconds").with("-1 when absent.");
        assert_eq!(doc.paragraphs(&Marks), ["The pause, in seconds. Default: none. -1 when absent."]);
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one `two three` four", "# ", 14), "# one\n# `two three`\n# four\n");
        assert_eq!(wrap("one ``two three`` four", "# ", 14), "# one\n# ``two three``\n# four\n");
    }
}
