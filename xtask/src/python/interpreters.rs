//! The one wheel and its whole suite on every CPython of the machine that it is for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::environment::{environment_for, install};
use super::wheel;
use crate::Result;
use crate::process::{folders, program, run};
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

/// Makes an interpreter say its version and where it is, if the wheel is for it:
/// free-threaded ones can't load it.
const PROBE: &str = "
import os, sys, sysconfig
if sys.implementation.name == 'cpython' and sys.version_info >= (3, 10) and not sysconfig.get_config_var('Py_GIL_DISABLED'):
    print(*sys.version_info[:3], os.path.realpath(sys.executable), sep='\\t')
";

type Version = (u32, u32, u32);

/// Every version once, found in PATH and where pyenv keeps them.
fn found() -> BTreeMap<Version, PathBuf> {
    let mut candidates = Vec::new();
    for folder in folders() {
        candidates.extend((10..=14).map(|minor| folder.join(format!("python3.{minor}"))));
    }
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv")));
    if let Some(versions) = pyenv.and_then(|root| fs::read_dir(root.join("versions")).ok()) {
        candidates.extend(versions.flatten().map(|version| version.path().join("bin/python")));
    }
    let mut found = BTreeMap::new();
    for candidate in candidates.iter().filter(|path| path.exists()) {
        if let Some((version, path)) = probe(candidate) {
            found.entry(version).or_insert(path);
        }
    }
    found
}

/// `None` for a Python that the wheel is not for, and for a name that leads to none:
/// pyenv has some for versions that are not chosen.
fn probe(python: &Path) -> Option<(Version, PathBuf)> {
    let output = program(python).args(["-c", PROBE]).stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let mut words = said.trim().splitn(4, '\t');
    let mut number = || words.next()?.parse().ok();
    let version = (number()?, number()?, number()?);
    Some((version, PathBuf::from(words.next()?)))
}

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let found = found();
    for ((major, minor, patch), python) in &found {
        println!("CPython {major}.{minor}.{patch}: {}", python.display());
    }
    let minors: Vec<u32> =
        (10..=14).filter(|minor| found.keys().any(|version| version.1 == *minor)).collect();
    if minors.len() < 2 {
        return Err(format!(
            "one version of CPython from 3.10 on is what every test has already: this needs more ({} found); \
             get them from https://www.python.org/downloads/ or by pyenv",
            minors.len()
        ));
    }
    let wheel = wheel::wheel(workspace)?;
    // The machines' journal.
    let server = Postgres::start(workspace)?;
    let mut table = String::from("interpreter  passed  failed\n");
    let mut failures = Vec::new();
    for ((major, minor, patch), python) in found {
        let name = format!("{major}.{minor}.{patch}");
        let row = match suite(workspace, &server, &name, &python, &wheel) {
            Ok(Counts { passed, failed }) => {
                if failed > 0 {
                    failures.push(name.clone());
                }
                format!("{name:<11}  {passed:>6}  {failed:>6}\n")
            }
            Err(problem) => {
                failures.push(name.clone());
                format!("{name:<11}  {problem}\n")
            }
        };
        table += &row;
    }
    print!("{table}");
    for missing in (10..=14).filter(|minor| !minors.contains(minor)) {
        println!("3.{missing}         not on this machine");
    }
    if failures.is_empty() { Ok(()) } else { Err(format!("failed on {}", failures.join(", "))) }
}

struct Counts {
    passed: u32,
    failed: u32,
}

/// Runs the suite on one interpreter, in a virtual environment that it keeps.
fn suite(
    workspace: &Workspace,
    server: &Postgres,
    name: &str,
    python: &Path,
    wheel: &Path,
) -> Result<Counts> {
    eprintln!("== CPython {name}");
    let venv = environment_for(workspace, python, &format!("interpreters/{name}"))?;
    install(&venv, wheel)?;
    let results = venv.join("results.xml");
    if results.exists() {
        fs::remove_file(&results).map_err(|error| format!("{}: {error}", results.display()))?;
    }
    let mut tests = workspace.command(venv.join("bin/python"));
    tests.args(["-m", "pytest", "bindings-python/tests", "--junitxml"]).arg(&results);
    let ended = run(server.points(&mut tests));
    match counts(&results) {
        // What the tests themselves say tells more than how their process ended.
        Some(counts) if counts.failed > 0 || ended.is_ok() => Ok(counts),
        _ => Err(ended.err().unwrap_or_else(|| "no results were written".to_owned())),
    }
}

/// As the results' first element has them; a test that was skipped did not pass.
fn counts(results: &Path) -> Option<Counts> {
    let text = fs::read_to_string(results).ok()?;
    let suite = &text[text.find("<testsuite ")?..];
    let count = |name: &str| {
        let (_, rest) = suite.split_once(&format!(" {name}=\""))?;
        rest.split_once('"')?.0.parse::<u32>().ok()
    };
    let failed = count("errors")? + count("failures")? + count("skipped")?;
    Some(Counts { passed: count("tests")?.checked_sub(failed)?, failed })
}
