//! All tests, or those of some parts.

use crate::workspace::{Result, Workspace};
use crate::{bench, c, install, node, openapi, python, rust};

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

pub(crate) fn run(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    if let Some(unknown) = wanted.iter().find(|name| PARTS.iter().all(|(part, _)| part != *name)) {
        let parts = PARTS.map(|(part, _)| part).join(", ");
        return Err(format!("no such part: {unknown}; there are {parts}"));
    }
    let mut failures = Vec::new();
    for (name, part) in PARTS {
        if wanted.is_empty() || wanted.contains(&name) {
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
