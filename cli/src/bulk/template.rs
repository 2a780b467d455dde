//! Texts with columns in them: `Hello {name}`, where `{{` is a brace.

use crate::status::Failure;

/// A text whose columns are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Column(String),
}

impl Template {
    /// Reads the text of an option.
    pub(crate) fn parse(option: &str, text: &str) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            plain.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('{') {
                plain.push('{');
                rest = after;
                continue;
            }
            let Some((column, after)) = rest.split_once('}') else {
                return Err(Failure::usage(format!(
                    "{option}: a column begins with {{ and does not end with }}; a brace is written {{{{"
                )));
            };
            if column.trim().is_empty() {
                return Err(Failure::usage(format!(
                    "{option}: {{}} names no column; a brace is written {{{{"
                )));
            }
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Column(column.trim().to_owned()));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The columns in it.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Writes the text with its columns filled. `Err`: the column that there is no value for.
    pub(crate) fn fill<'t>(
        &'t self,
        out: &mut String,
        mut value: impl FnMut(&str, &mut String) -> bool,
    ) -> Result<(), &'t str> {
        out.clear();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Column(name) => {
                    if !value(name, out) {
                        return Err(name);
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let template = Template::parse("--content", text).unwrap();
        let mut out = String::new();
        let value = |name: &str, out: &mut String| {
            out.push_str(match name {
                "name" => "Ann {x}",
                "first name" => "Bob",
                _ => return false,
            });
            true
        };
        template.fill(&mut out, value).unwrap();
        out
    }

    #[test]
    fn columns_are_filled_once() {
        for (text, expected) in [
            ("", ""),
            ("plain }", "plain }"),
            ("Hi {name}!", "Hi Ann {x}!"),
            ("{name}{first name}", "Ann {x}Bob"),
            ("{ name }", "Ann {x}"),
            ("{{name} costs {{}", "{name} costs {}"),
            ("{{{name}", "{Ann {x}"),
        ] {
            assert_eq!(filled(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_column_is_refused() {
        for text in ["{name", "{", "a {} b", "{ }"] {
            let Err(Failure::Usage(problem)) = Template::parse("--to", text) else { panic!("{text}") };
            assert!(problem.starts_with("--to: "), "{problem}");
        }
    }
}
