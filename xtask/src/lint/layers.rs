//! The layers of a crate: a folder of its source imports only from those before it; and what
//! is named in one place only.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use super::imports::{Crate, Import, circles};
use super::source::{Sources, sources};
use crate::Result;
use crate::workspace::Workspace;

/// The folders of a crate's source, from the ground up.
type Layers = [&'static str];

const CORE: &Layers = &[
    "util",
    "error",
    "types",
    "telemetry",
    "journal",
    "config",
    "transport",
    "call",
    "operations",
    "client",
];

const LAYERED: [(&str, &Layers); 2] = [("core", CORE), ("bindings-c", &["ffi", "handles", "entries"])];

/// Beside the layers: they import what they like, and nothing imports from them.
const ABOVE: [&str; 2] = ["lib.rs", "fuzzing.rs"];

/// Words that the code of a crate has in one folder only, or nowhere.
const ONE_PLACE: [(&str, &str, Option<&str>); 3] =
    [("core", "reqwest", Some("transport")), ("core", "unsafe", None), ("sandbox", "unsafe", None)];

/// Crates without a circle of files that import each other, and their first files.
const WITHOUT_CIRCLES: [(&str, &str); 5] = [
    ("core", "lib.rs"),
    ("bindings-c", "lib.rs"),
    ("bindings-node", "lib.rs"),
    ("bindings-python", "lib.rs"),
    ("xtask", "main.rs"),
];

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let of = |name: &str| sources(&workspace.root.join(name).join("src"));
    let mut problems = Vec::new();
    for (name, layers) in LAYERED {
        let wrong = named(name, wrong_imports(&of(name)?, layers)?);
        if !wrong.is_empty() {
            problems.extend(wrong);
            problems.push(format!("the layers of {name}/src from the ground up are {}", layers.join(", ")));
        }
    }
    if problems.is_empty() {
        // A wrong import makes circles, too: of many files, which say little.
        for (name, root) in WITHOUT_CIRCLES {
            problems.extend(named(name, import_circles(&of(name)?, root)?));
        }
    }
    for (name, word, place) in ONE_PLACE {
        problems.extend(named(name, misplaced(&of(name)?, word, place)?));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn named(name: &str, problems: Vec<String>) -> Vec<String> {
    problems.into_iter().map(|problem| format!("{name}/src/{problem}")).collect()
}

/// What a layer may not import, and files that are in no layer.
fn wrong_imports(sources: &Sources, layers: &Layers) -> Result<Vec<String>> {
    let strays = sources.keys().filter(|file| layer(file, layers).is_none() && !is_above(file));
    let strays = strays.map(|file| format!("{}: is in none of the layers", file.display()));
    let imports = Crate::read(sources, "lib.rs")?.imports();
    Ok(strays.chain(imports.iter().filter_map(|import| wrong(import, layers))).collect())
}

fn import_circles(sources: &Sources, root: &str) -> Result<Vec<String>> {
    let imports = Crate::read(sources, root)?.imports();
    let told = circles(&imports).into_iter().map(|circle| {
        let files: Vec<String> = circle.iter().map(|file| file.display().to_string()).collect();
        format!("{}: import each other in a circle", files.join(", "))
    });
    Ok(told.collect())
}

/// What is wrong with an import, if anything is.
fn wrong(import: &Import, layers: &Layers) -> Option<String> {
    let (from, to) = (layer(&import.from, layers), layer(&import.to, layers));
    let allowed = match (from, to) {
        (Some(from), Some(to)) => to <= from,
        // A file that is in no layer is told once, and not for each of its imports.
        (None, _) => true,
        (Some(_), None) => !is_above(&import.to),
    };
    (!allowed).then(|| {
        let Import { from, line, path, to, .. } = import;
        format!("{}:{line}: {path} is from {}, which stands above", from.display(), to.display())
    })
}

/// How high a file's folder stands.
fn layer(file: &Path, layers: &Layers) -> Option<usize> {
    let first = Path::new(file.components().next()?.as_os_str());
    // A layer of one file needs no folder.
    let name = if first == file { first.file_stem()? } else { first.as_os_str() };
    layers.iter().position(|layer| *layer == name)
}

fn is_above(file: &Path) -> bool {
    ABOVE.iter().any(|name| file == Path::new(name))
}

/// Where code has a word that belongs into `place` only.
fn misplaced(sources: &Sources, word: &str, place: Option<&str>) -> Result<Vec<String>> {
    let elsewhere = sources.iter().filter(|(file, _)| !place.is_some_and(|place| file.starts_with(place)));
    let mut problems = Vec::new();
    for (file, text) in elsewhere {
        let tokens: TokenStream = text.parse().map_err(|error| format!("{}: {error}", file.display()))?;
        problems.extend(lines_with(tokens, word).into_iter().map(|line| {
            let place =
                place.map_or("has no place here".to_owned(), |place| format!("belongs into {place}/"));
            format!("{}:{line}: {word} {place}", file.display())
        }));
    }
    Ok(problems)
}

fn lines_with(tokens: TokenStream, word: &str) -> Vec<usize> {
    let lines = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(ident) if ident == word => vec![ident.span().start().line],
        TokenTree::Group(group) => lines_with(group.stream(), word),
        _ => Vec::new(),
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str =
        "mod util; mod error; mod config; mod client; pub use client::Client; pub use error::Error;";

    /// The problems of a core that has these files, and small ones for the rest.
    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let plain = [
            ("lib.rs", LIB),
            ("util/mod.rs", "mod json; pub(crate) use json::fields; pub(crate) struct Secret;"),
            ("util/json.rs", "pub(crate) fn fields() {}"),
            ("error/mod.rs", "mod error; mod kind; pub use error::*; pub(crate) use kind::Kind;"),
            ("error/error.rs", "use super::Kind; use crate::util::{Secret, fields}; pub struct Error(Kind);"),
            ("error/kind.rs", "pub(crate) enum Kind { Timeout }"),
            ("config/mod.rs", "pub struct Config; pub(crate) const LIMIT: usize = 1;"),
            (
                "client/mod.rs",
                "use crate::{config::{self, Config}, error}; pub struct Client(config::Config);",
            ),
        ];
        let mut sources: Sources =
            plain.iter().map(|(file, text)| (file.into(), (*text).to_owned())).collect();
        sources.extend(files.iter().map(|(file, text)| (file.into(), (*text).to_owned())));
        wrong_imports(&sources, CORE).unwrap()
    }

    /// The one problem of a core in which the ground layer's file has this text.
    fn problem(text: &str) -> String {
        let problems = problems(&[("util/json.rs", &format!("pub(crate) fn fields() {{}}\n{text}"))]);
        let [problem] = &problems[..] else { panic!("{text}: {problems:?}") };
        problem.clone()
    }

    #[test]
    fn imports_from_the_layers_below_are_right() {
        assert_eq!(problems(&[]), Vec::<String>::new());
    }

    #[test]
    fn every_way_to_write_a_wrong_import_is_found() {
        assert_eq!(
            problem("use crate::config::Config;"),
            "util/json.rs:2: crate::config::Config is from config/mod.rs, which stands above"
        );
        for text in [
            "use crate::{error::{self as failure}, util::Secret};",
            "use super::{Secret, super::error::Kind};",
            "use crate::error::*;",
            "fn f() -> crate::config::Config { loop {} }",
            "fn f() { use super::super::config; }",
            "const N: usize = super::super::config::LIMIT;",
            "fn f() -> [u8; crate::config::LIMIT] { loop {} }",
            "fn f() { println!(\"{}\", crate::config::LIMIT) }",
            "macro_rules! m { () => { $crate::config::LIMIT } }",
            "#[serde(with = \"crate::config::seconds\")] struct S;",
            "#[cfg(test)] mod tests { use super::*; use crate::error::Kind; }",
            "mod inner { pub(super) type C = super::super::super::config::Config; }",
        ] {
            problem(text);
        }
    }

    #[test]
    fn names_are_led_to_where_they_are_defined() {
        assert!(problem("use crate::Client;").contains("is from client/mod.rs"));
        assert!(problem("use crate::Error;").contains("is from error/error.rs"));
        assert!(problem("use crate::config as c; type C = c::Config;").contains("is from config/mod.rs"));
    }

    #[test]
    fn what_only_looks_like_an_import_is_none() {
        for text in [
            "/// Like `crate::config::Config`.\nfn f() {}",
            "// use crate::config::Config;",
            "fn f() -> &'static str { \"crate::config::Config\" }",
            "use ::config::Config;",
            "use other::config::Config;",
            "pub(in crate::util) fn f() {}",
        ] {
            assert_eq!(
                problems(&[("util/json.rs", &format!("pub(crate) fn fields() {{}}\n{text}"))]),
                [""; 0],
                "{text}"
            );
        }
    }

    #[test]
    fn a_file_beside_the_layers_is_told() {
        let stray =
            [("lib.rs", "mod util; mod error; mod config; mod client; mod helpers;"), ("helpers.rs", "")];
        assert_eq!(problems(&stray), ["helpers.rs: is in none of the layers"]);
        let fuzzing =
            [("lib.rs", &*format!("{LIB} pub mod fuzzing;")), ("fuzzing.rs", "use crate::client::Client;")];
        assert_eq!(problems(&fuzzing), [""; 0]);
    }

    #[test]
    fn a_module_is_found_where_its_path_says() {
        let moved = [
            ("util/json.rs", "pub(crate) fn fields() {} #[cfg(test)] #[path = \"json_tests.rs\"] mod tests;"),
            ("util/json_tests.rs", "use super::fields; use crate::error::Kind;"),
        ];
        let problem = "util/json_tests.rs:1: crate::error::Kind is from error/kind.rs, which stands above";
        assert_eq!(problems(&moved), [problem]);
    }

    #[test]
    fn a_circle_is_told_with_its_files() {
        let crate_of = |main: &str, one: &str, two: &str| {
            let files =
                [("main.rs", main), ("one.rs", one), ("two/mod.rs", two), ("three.rs", "use crate::two;")];
            let sources = files.map(|(file, text)| (file.into(), text.to_owned())).into();
            import_circles(&sources, "main.rs").unwrap()
        };
        let main = "mod one; mod two; mod three; use std::sync::atomic;";
        assert_eq!(
            crate_of(
                main,
                "use crate::two::f; pub(crate) fn g() {}",
                "pub(crate) fn f() { super::one::g() }"
            ),
            ["one.rs, two/mod.rs: import each other in a circle"]
        );
        for tested in [
            "pub(crate) fn f() {} #[cfg(test)] mod tests { use crate::one::g; }",
            // What main.rs only has from another crate makes no way back to it.
            "use super::atomic; pub(crate) fn f() {}",
        ] {
            assert_eq!(
                crate_of(main, "use crate::two::f; pub(crate) fn g() {}", tested),
                [""; 0],
                "{tested}"
            );
        }
    }

    #[test]
    fn words_have_their_place() {
        let text = "//! reqwest\nfn f() { reqwest::get(\"\") }\nfn g() { dbg!({ reqwest }) }\n#![forbid(unsafe_code)]".to_owned();
        let sources =
            Sources::from([("call/execute.rs".into(), text.clone()), ("transport/http.rs".into(), text)]);
        let found = misplaced(&sources, "reqwest", Some("transport")).unwrap();
        assert_eq!(
            found,
            [2, 3].map(|line| format!("call/execute.rs:{line}: reqwest belongs into transport/"))
        );
        assert_eq!(misplaced(&sources, "unsafe", None).unwrap(), [""; 0]);
    }
}
