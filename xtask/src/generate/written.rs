//! How generated files are written, and checked.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::files::{read, write};

/// Writes a file unless it is so already; with `check`, fails then instead.
pub(crate) fn write_or_check(root: &Path, name: &str, text: &str, check: bool) -> Result<()> {
    let path = root.join(name);
    let there = fs::read_to_string(&path).unwrap_or_default();
    if there == text {
        return Ok(());
    }
    if check {
        return Err(format!(
            "{name} is not what its source makes; run `cargo xtask generate`.\n{}",
            first_difference(&there, text)
        ));
    }
    write(&path, text)
}

/// A file's text with what stands between two of its lines written anew.
pub(super) fn between(root: &Path, name: &str, begin: &str, end: &str, text: &str) -> Result<String> {
    let there = read(&root.join(name))?;
    let marked = there.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    let (before, after) = marked.ok_or_else(|| format!("{name} has no lines `{begin}` and `{end}`"))?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

/// The first line that differs, of each.
fn first_difference(there: &str, made: &str) -> String {
    let (mut old, mut new) = (there.lines(), made.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (old.next(), new.next()) {
            (None, None) => return "Only line ends differ.".to_owned(),
            (old, new) if old != new => {
                let show = |line: Option<&str>| line.unwrap_or("(end of file)").to_owned();
                return format!("line {number}:\n- {}\n+ {}", show(old), show(new));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), "line 2:\n- b\n+ c");
    }
}
