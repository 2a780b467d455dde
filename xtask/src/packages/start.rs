//! The first steps of the guide, done as they stand, in a folder of their own for each language.

use crate::Result;
use crate::c::tools;
use crate::files::{copy, empty_folder, read};
use crate::process::{first_in_path, output, program};
use crate::workspace::Workspace;

/// A tab of the guide and the program to save. Rust's would build all crates anew; its program is
/// an example of the core's, which its tests run.
const LANGUAGES: [(&str, &str); 4] = [
    ("Python", "bindings-python/examples/first.py"),
    ("Node", "bindings-node/examples/first.mjs"),
    ("C", "bindings-c/examples/first.c"),
    ("C++", "bindings-c/examples/first.cpp"),
];

/// Before the steps: what fails ends them, and what they began in the background ends with them.
const BEGIN: &str = "set -m -e -u -o pipefail\ntrap 'kill -- -$!' EXIT\n";

/// After the sandbox was started: waits for the lines that it says to copy, and obeys them.
const COPY: &str = "for _ in $(seq 300); do grep -q BASE_URL sandbox.txt && break; sleep 0.1; done\n\
                    eval \"$(grep ^export sandbox.txt)\"\n";

/// Follows the guide with what `dist/` holds.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let guide = read(&workspace.root.join("docs/start.md"))?;
    for (language, source) in LANGUAGES {
        let folder = workspace.target.join("start").join(language);
        empty_folder(&folder)?;
        let source = workspace.root.join(source);
        copy(&source, &folder.join(source.file_name().ok_or("a program has no name")?))?;
        let mut shell = program("bash");
        // Its pkg-config.
        first_in_path(&mut shell, &tools::programs(workspace)?);
        shell.current_dir(&folder).env("SOURCES", &workspace.root);
        shell.envs([("npm_config_offline", "true"), ("PIP_NO_INDEX", "1")]);
        let said = output(shell.args(["-c", &script(&guide, language)?]))?;
        println!("the guide's first steps, {language}: {}", said.lines().last().unwrap_or_default());
        if !said.contains("sent as msg_") {
            return Err(format!("docs/start.md: the first program for {language} said: {said}"));
        }
    }
    Ok(())
}

/// The steps as a script, with any free port for the sandbox.
fn script(guide: &str, language: &str) -> Result<String> {
    let mut script = BEGIN.to_owned();
    let mut is_started = false;
    for step in steps(guide, language) {
        let is_of_the_sandbox = step.starts_with("export PARTNER_MESSAGING_");
        if let Some(command) = step.strip_suffix(" sandbox") {
            script += &format!("{command} sandbox --listen 127.0.0.1:0 > sandbox.txt &\n{COPY}");
            is_started = true;
        } else if !is_of_the_sandbox && step != "cargo xtask package" && !step.starts_with("export SOURCES=")
        {
            script += &format!("{step}\n");
        }
    }
    if is_started { Ok(script) } else { Err(format!("docs/start.md starts no sandbox for {language}")) }
}

/// What the guide tells to type: to all, or in the tabs of a language.
fn steps<'a>(guide: &'a str, language: &str) -> Vec<&'a str> {
    let mut tab = None;
    let mut steps = Vec::new();
    for line in guide.lines() {
        if let Some(name) = line.strip_prefix(":::{tab-item} ") {
            tab = Some(name);
        } else if line == ":::" {
            tab = None;
        } else if let Some(step) = line.strip_prefix("$ ")
            && tab.is_none_or(|tab| tab == language)
        {
            steps.push(step);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str =
        "$ one\n:::{tab-item} C\n$ bin/x sandbox\n:::\n:::{tab-item} C++\n$ three\n:::\n$ four\n";

    #[test]
    fn steps_are_those_of_all_and_of_a_language() {
        assert_eq!(steps(GUIDE, "C"), ["one", "bin/x sandbox", "four"]);
        assert_eq!(steps(GUIDE, "C++"), ["one", "three", "four"]);
    }

    #[test]
    fn the_sandbox_runs_beside_the_steps() {
        let script = script(GUIDE, "C").unwrap();
        assert!(script.contains("\nbin/x sandbox --listen 127.0.0.1:0 > sandbox.txt &\n"), "{script}");
        assert!(super::script(GUIDE, "C++").unwrap_err().contains("no sandbox for C++"));
    }
}
