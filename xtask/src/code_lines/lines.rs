//! The lines of a file by what they are. A line with code and a comment is code; a
//! docstring is a comment; of Rust, what is there in tests only is a test.

use std::path::Path;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Lines {
    pub(super) code: usize,
    pub(super) comments: usize,
    pub(super) blank: usize,
    /// Lines of code in tests.
    pub(super) tests: usize,
}

impl Lines {
    pub(super) fn add(&mut self, more: &Self) {
        self.code += more.code;
        self.comments += more.comments;
        self.blank += more.blank;
        self.tests += more.tests;
    }
}

/// Counts a file's lines; `None` if it is no source code.
pub(super) fn of(file: &Path, text: &str) -> Option<Lines> {
    match file.extension()?.to_str()? {
        "rs" | "c" | "h" | "cpp" | "hpp" | "js" | "cjs" | "mjs" | "ts" | "cts" | "mts" => {
            Some(count(text, &mut C::default()))
        }
        "py" | "pyi" => Some(count(text, &mut Python::default())),
        _ => None,
    }
}

/// What tells comments from code, line by line.
trait Syntax {
    fn is_comment(&mut self, line: &str) -> bool;
}

/// `// …` and `/* … */`, in Rust, C, C++, JavaScript and TypeScript.
#[derive(Default)]
struct C {
    in_comment: bool,
}

impl Syntax for C {
    fn is_comment(&mut self, line: &str) -> bool {
        if !self.in_comment && !line.starts_with("/*") {
            return line.starts_with("//");
        }
        let rest = if self.in_comment { line } else { &line[2..] };
        let end = rest.find("*/");
        self.in_comment = end.is_none();
        // What follows a comment's end is code.
        end.is_none_or(|at| rest[at + 2..].trim().is_empty())
    }
}

/// `# …`, and strings that stand by themselves.
#[derive(Default)]
struct Python {
    in_docstring: bool,
}

const QUOTES: &str = "\"\"\"";

impl Syntax for Python {
    fn is_comment(&mut self, line: &str) -> bool {
        let rest = match self.in_docstring {
            true => line,
            false => match line.trim_start_matches('r').strip_prefix(QUOTES) {
                Some(rest) => rest,
                None => return line.starts_with('#'),
            },
        };
        self.in_docstring = !rest.contains(QUOTES);
        true
    }
}

fn count(text: &str, syntax: &mut impl Syntax) -> Lines {
    let mut lines = Lines::default();
    // The indentation of the item for tests that this line is in.
    let mut test: Option<usize> = None;
    for whole in text.lines() {
        let line = whole.trim();
        let indentation = whole.len() - whole.trim_start().len();
        if line.starts_with("#[cfg(test)]") {
            test = Some(indentation);
        }
        if line.is_empty() {
            lines.blank += 1;
        } else if syntax.is_comment(line) {
            lines.comments += 1;
        } else if let Some(of_item) = test {
            lines.tests += 1;
            // As rustfmt writes it, the first such end at its indentation is the item's.
            if indentation == of_item && (line.starts_with('}') || line.ends_with([';', '}'])) {
                test = None;
            }
        } else {
            lines.code += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(file: &str, text: &str) -> [usize; 4] {
        let Lines { code, comments, blank, tests } = of(Path::new(file), text).unwrap();
        [code, comments, blank, tests]
    }

    #[test]
    fn comments_and_blank_lines_are_no_code() {
        let text = "//! a\n\nuse a; // b\n/* c\n\n d */\nfn f() {\n    /* e */ g(\"//\");\n}\n";
        assert_eq!(counted("a.rs", text), [4, 3, 2, 0]);
        assert_eq!(counted("a.d.cts", "/** a */\nexport class A {\n  /** b\n   * c */\n}\n"), [2, 3, 0, 0]);
    }

    #[test]
    fn docstrings_are_comments() {
        let text = "\"\"\"a\"\"\"\ndef f():\n    r\"\"\"b\n    c = 1\n    \"\"\"\n    # d\n    return \"\"\"e\"\"\"\n\nx = 1\n";
        assert_eq!(counted("a.py", text), [3, 5, 1, 0]);
    }

    #[test]
    fn what_is_there_in_tests_only_is_no_code() {
        let module = "fn f() {}\n#[cfg(test)]\nmod tests {\n    // a\n    fn g() {\n    }\n}\nfn h() {}\n";
        assert_eq!(counted("a.rs", module), [2, 1, 0, 5]);
        let beside = "#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;\nfn f() {}\n";
        assert_eq!(counted("a.rs", beside), [1, 0, 0, 3]);
    }

    #[test]
    fn what_is_no_source_is_not_counted() {
        assert_eq!(of(Path::new("abi.xml"), "<abi/>"), None);
        assert_eq!(of(Path::new("py.typed"), ""), None);
    }
}
