//! Whether a panic can leave the library: in Python it would be no `Exception`, in Node it would
//! end the process. So every entry of the Python module consists of a call that catches panics,
//! and every export of the Node addon has napi do that.

use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::source::{Sources, sources};
use crate::Result;
use crate::workspace::Workspace;

/// What an entry of the Python module consists of.
const GUARDS: [&str; 2] = ["catch_panics", "catch_panics_of"];
/// The macros of the Python module whose input has entries.
const MACROS_WITH_ENTRIES: [&str; 1] = ["record"];
/// What pyo3 may be asked for a class: any more would be code of ours without a guard.
const OF_A_CLASS: [&str; 3] = ["frozen", "module", "name"];

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let of = |name: &str| sources(&workspace.root.join(name).join("src"));
    let mut problems = unguarded(&of("bindings-python")?, python)?;
    problems.extend(unguarded(&of("bindings-node")?, node)?);
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// A place in a file, and what is wrong there.
type Problem = (usize, String);

fn unguarded(sources: &Sources, look: fn(&[TokenTree], &mut Vec<Problem>)) -> Result<Vec<String>> {
    let mut told = Vec::new();
    for (file, text) in sources {
        let mut problems = Vec::new();
        everywhere(parsed(file, text)?, &mut |tokens| look(tokens, &mut problems));
        told.extend(problems.iter().map(|(line, problem)| format!("{}:{line}: {problem}", file.display())));
    }
    Ok(told)
}

fn parsed(file: &Path, text: &str) -> Result<TokenStream> {
    text.parse().map_err(|error| format!("{}: {error}", file.display()))
}

/// Shows the tokens of a file and those of every group in it, macros included.
fn everywhere(tokens: TokenStream, look: &mut impl FnMut(&[TokenTree])) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    look(&tokens);
    for token in tokens {
        if let TokenTree::Group(group) = token {
            everywhere(group.stream(), look);
        }
    }
}

fn python(tokens: &[TokenTree], problems: &mut Vec<Problem>) {
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        if let Some((name, arguments)) = attribute(tokens, at) {
            match name.as_str() {
                "pyfunction" | "pymodule_init" => functions(rest, Some(1), problems),
                "pymethods" => in_braces(rest, problems),
                "pyclass" | "pyo3" => problems.extend(made_by_pyo3(&name, &arguments)),
                _ => {}
            }
        } else if begins_entries(token, rest) {
            in_braces(rest, problems);
        }
    }
}

/// Whether the next braces have entries, for all that an attribute says.
fn begins_entries(token: &TokenTree, rest: &[TokenTree]) -> bool {
    let is_macro = MACROS_WITH_ENTRIES.iter().any(|name| is_ident(token, name));
    is_macro && rest.first().is_some_and(|next| is_punct(next, '!'))
        || is_ident(token, "impl") && implements(rest, "FromPyObject")
}

fn node(tokens: &[TokenTree], problems: &mut Vec<Problem>) {
    for at in 0..tokens.len() {
        let Some((name, arguments)) = attribute(tokens, at).filter(|(name, _)| name == "napi") else {
            continue;
        };
        let item = tokens[at + 2..].iter().find_map(|token| match token {
            TokenTree::Ident(ident) if ["fn", "impl", "struct", "enum"].iter().any(|it| ident == it) => {
                Some(ident.to_string())
            }
            _ => None,
        });
        let catches = arguments.iter().any(|argument| is_ident(argument, "catch_unwind"));
        if item.as_deref() == Some("fn") && !catches {
            problems.push((line(&tokens[at]), format!("#[{name}] lacks catch_unwind")));
        }
    }
}

/// The attribute that begins here: its name, and what stands in its parentheses.
fn attribute(tokens: &[TokenTree], at: usize) -> Option<(String, Vec<TokenTree>)> {
    let TokenTree::Group(group) = tokens.get(at + 1).filter(|_| is_punct(&tokens[at], '#'))? else {
        return None;
    };
    let mut words = group.stream().into_iter();
    // The last of a path, such as pyo3::pymethods.
    let mut name = None;
    let arguments = words.by_ref().find_map(|word| match word {
        TokenTree::Ident(ident) => {
            name = Some(ident.to_string());
            None
        }
        TokenTree::Group(arguments) => Some(arguments),
        _ => None,
    });
    let arguments = arguments.map(|arguments| arguments.stream().into_iter().collect());
    Some((name?, arguments.unwrap_or_default()))
}

/// What pyo3 would make for a class or a field without a guard.
fn made_by_pyo3(attribute: &str, arguments: &[TokenTree]) -> Vec<Problem> {
    let of_a_class = attribute == "pyclass";
    let words = arguments.split(|token| is_punct(token, ',')).filter_map(|word| word.first());
    words
        .filter(|word| match of_a_class {
            true => !OF_A_CLASS.iter().any(|allowed| is_ident(word, allowed)),
            false => ["get", "set"].iter().any(|made| is_ident(word, made)),
        })
        .map(|word| (line(word), format!("#[{attribute}({word})] makes an entry that catches no panics")))
        .collect()
}

/// Checks the functions in the next braces.
fn in_braces(tokens: &[TokenTree], problems: &mut Vec<Problem>) {
    if let Some(group) = tokens.iter().find_map(|token| braces(token)) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        functions(&tokens, None, problems);
    }
}

/// Checks so many functions, or all; those too that a macro repeats.
fn functions(tokens: &[TokenTree], most: Option<usize>, problems: &mut Vec<Problem>) {
    let mut left = most.unwrap_or(usize::MAX);
    let mut function: Option<(String, usize)> = None;
    let mut before = None;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "fn" => function = Some((String::new(), line(token))),
            TokenTree::Ident(ident) => {
                if let Some((name, _)) = function.as_mut().filter(|(name, _)| name.is_empty()) {
                    *name = ident.to_string();
                }
            }
            TokenTree::Group(group) => {
                let repeated = before.is_some_and(|it: &TokenTree| is_punct(it, '$'));
                if function.is_none() && repeated && group.delimiter() == Delimiter::Parenthesis {
                    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
                    functions(&tokens, None, problems);
                }
                if let Some(body) = braces(token)
                    && let Some((name, line)) = function.take()
                {
                    if !is_guarded(body) {
                        let guards = GUARDS.join(" or ");
                        problems.push((line, format!("{name} must consist of a call of {guards}")));
                    }
                    left -= 1;
                    if left == 0 {
                        return;
                    }
                }
            }
            _ => {}
        }
        before = Some(token);
    }
}

/// Whether a function's body is a call of a guard, and nothing else.
fn is_guarded(body: &Group) -> bool {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let Some((TokenTree::Group(call), path)) = tokens.split_last() else { return false };
    let is_path = path.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(mark) => [':', '$'].contains(&mark.as_char()),
        _ => false,
    });
    let last = path.last().is_some_and(|name| GUARDS.iter().any(|guard| is_ident(name, guard)));
    call.delimiter() == Delimiter::Parenthesis && is_path && last
}

/// Whether what follows `impl` implements this trait.
fn implements(tokens: &[TokenTree], name: &str) -> bool {
    let head = tokens.iter().take_while(|token| !is_ident(token, "for") && braces(token).is_none());
    head.into_iter().any(|token| is_ident(token, name))
}

fn braces(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(look: fn(&[TokenTree], &mut Vec<Problem>), text: &str) -> Vec<String> {
        unguarded(&Sources::from([("file.rs".into(), text.to_owned())]), look).unwrap()
    }

    #[test]
    fn a_guarded_entry_is_right() {
        for text in [
            "#[pyfunction] fn f(n: u8) -> PyResult<u8> { catch_panics(|| Ok(n)) } fn g() { h() }",
            "#[pyfunction] #[pyo3(name = \"_f\")] pub(crate) fn f() -> R { crate::failure::catch_panics_of(e, || { x() }) }",
            "#[pymethods] impl S { #[new] fn new() -> R { catch_panics(|| Ok(Self)) } } impl S { fn f() {} }",
            "macro_rules! m { () => { #[pymethods] impl $n { $(#[getter] fn $f(&self) -> R { $crate::catch_panics(|| f()) })* } } }",
            "impl<'py> FromPyObject<'_, 'py> for T { fn extract(v: V) -> R { catch_panics(|| v) } }",
            "record! { T(py) { a: b = c; } fn __str__(&self) -> R { catch_panics(|| t()) } }",
            "#[pyclass(frozen, module = \"m\")] struct S; plain! { fn f() {} }",
            "#[pymodule] mod m { #[pymodule_init] fn init() -> R { catch_panics(|| x()) } fn f() {} }",
        ] {
            assert_eq!(problems(python, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_entry_without_a_guard_is_told() {
        let guards = "must consist of a call of catch_panics or catch_panics_of";
        for (text, problem) in [
            ("#[pyfunction]\nfn f() -> u8 { 1 }", format!("2: f {guards}")),
            ("#[pyo3::pyfunction] fn f() { g()?; catch_panics(|| x()) }", format!("1: f {guards}")),
            ("#[pyfunction] fn f() { catch_panics(|| x())?.y() }", format!("1: f {guards}")),
            (
                "#[pymethods] impl S { fn f() { catch_panics(|| x()) }\nfn __repr__(&self) -> S { s() } }",
                format!("2: __repr__ {guards}"),
            ),
            (
                "macro_rules! m { () => { #[pymethods] impl $n { $(\nfn $f(&self) -> R { f() })* } } }",
                format!("2: f {guards}"),
            ),
            (
                "impl FromPyObject<'_, 'py> for T { fn extract(v: V) -> R { v } }",
                format!("1: extract {guards}"),
            ),
            (
                "record! { T(py) { a: b = c; } fn __str__(&self) -> S { s() } }",
                format!("1: __str__ {guards}"),
            ),
            ("mod m { #[pymodule_init] fn init() -> R { x() } }", format!("1: init {guards}")),
            (
                "#[pyclass(frozen, eq)] struct S;",
                "1: #[pyclass(eq)] makes an entry that catches no panics".to_owned(),
            ),
            (
                "#[pyclass] struct S { #[pyo3(get)] url: String }",
                "1: #[pyo3(get)] makes an entry that catches no panics".to_owned(),
            ),
        ] {
            assert_eq!(problems(python, text), [format!("file.rs:{problem}")], "{text}");
        }
    }

    #[test]
    fn exports_of_the_addon_catch_panics() {
        for text in [
            "#[napi(catch_unwind)] pub fn f() {}",
            "#[napi] impl S { #[napi(getter, catch_unwind)] pub fn f(&self) {} fn g() {} }",
            "#[napi(object)] pub struct S { pub f: u8 } fn g() {}",
        ] {
            assert_eq!(problems(node, text), [""; 0], "{text}");
        }
        for text in ["#[napi] pub fn f() {}", "#[napi(constructor)] pub async fn f() {}"] {
            let problem = "file.rs:1: #[napi] lacks catch_unwind";
            assert_eq!(problems(node, text), [problem], "{text}");
            let in_a_macro = format!("macro_rules! m {{ () => {{ #[napi] impl $s {{ {text} }} }} }}");
            assert_eq!(problems(node, &in_a_macro), [problem], "{text}");
        }
    }
}
