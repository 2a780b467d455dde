//! All tests, or those of some parts.

use crate::workspace::{Result, Workspace};
use crate::{bench, c, install, interpreters, node, openapi, python, rust};

type Part = fn(&Workspace) -> Result<()>;

/// In the order they run: what fails soonest comes first.
const PARTS: [(&str, Part); 8] = [
    ("lint", rust::lint),
    ("rust", rust::test),
    ("openapi", openapi::test),
    ("c", c::test),
    ("guard", bench::test),
    ("node", node::test),
    ("install", install::test),
    ("python", python::test),
];

/// Only when they are asked for by name: they fetch hundreds of megabytes.
const ON_DEMAND: [(&str, Part); 2] = [("runtimes", node::runtimes), ("interpreters", interpreters::test)];

pub(crate) fn run(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    let all = || PARTS.into_iter().chain(ON_DEMAND);
    if let Some(unknown) = wanted.iter().find(|name| all().all(|(part, _)| part != **name)) {
        let names: Vec<&str> = all().map(|(name, _)| name).collect();
        return Err(format!("no such part: {unknown}; there are {}", names.join(", ")));
    }
    let by_default = |name| wanted.is_empty() && PARTS.iter().any(|(part, _)| *part == name);
    let mut failures = Vec::new();
    for (name, part) in all() {
        if wanted.contains(&name) || by_default(name) {
            eprintln!("== {name}");
            // The others still have something to tell.
            if let Err(problem) = part(workspace) {
                eprintln!("xtask: {name}: {problem}");
                failures.push(name);
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(format!("failed: {}", failures.join(", "))) }
}
