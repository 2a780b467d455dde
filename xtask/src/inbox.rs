//! The sandbox's page: that the built one is what its sources make, and its tests in a real
//! browser.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::{Map, Value, json};

use crate::Result;
use crate::demo;
use crate::files::once;
use crate::machine::{debian_program, machine_node};
use crate::node::addon::npm_ci;
use crate::process::{in_path, run};
use crate::workspace::Workspace;

/// Both the program's name and its package's.
const HEADLESS: &str = "chromium-headless-shell";

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("sandbox/inbox")
}

fn npm(workspace: &Workspace, script: &str) -> Command {
    let mut npm = workspace.command("npm");
    npm.current_dir(folder(workspace)).args(["run", "--silent", script]);
    npm
}

fn install(workspace: &Workspace) -> Result<()> {
    let folder = folder(workspace);
    let lock = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = folder.join("node_modules/.xtask.stamp");
    once(&stamp, &machine_node()?, &lock, || npm_ci(workspace, &folder))
}

/// Builds the page into the sandbox.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    install(workspace)?;
    run(&mut npm(workspace, "build"))
}

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    // A browser that is missing is fetched while the programs are built.
    let (browser, senders) = thread::scope(|scope| {
        let browser = scope.spawn(browser);
        let senders = check(workspace).and_then(|()| json(&demo::senders(workspace, "inbox")?));
        (browser.join(), senders)
    });
    let browser = browser.map_err(|_| "the search for a browser panicked")??;
    run(in_browser(workspace, "test", &browser)?.env("SENDERS", senders?))
}

/// That the built page is what its sources make.
fn check(workspace: &Workspace) -> Result<()> {
    install(workspace)?;
    run(&mut npm(workspace, "check"))
}

/// Has the tests that take pictures take those of the documents anew.
pub(crate) fn take_pictures(workspace: &Workspace) -> Result<()> {
    build(workspace)?;
    run(in_browser(workspace, "pictures", &browser()?)?
        .env("PICTURES", workspace.root.join("sandbox/pictures")))
}

/// A script with a sandbox and a browser for its tests.
fn in_browser(workspace: &Workspace, script: &str, browser: &Path) -> Result<Command> {
    run(workspace.cargo("build").args(["-p", "partner-messaging-sandbox"]))?;
    let sandbox = workspace.built("debug").join("partner-messaging-sandbox");
    let mut tests = npm(workspace, script);
    tests.env("PARTNER_MESSAGING_SANDBOX", sandbox);
    tests.env("CHROMIUM", browser);
    Ok(tests)
}

/// Chromium: that without windows takes half of the processor that the other takes to hide them.
fn browser() -> Result<PathBuf> {
    let find = || in_path(HEADLESS).or_else(|| in_path("chromium"));
    debian_program(HEADLESS, HEADLESS, find)
}

/// How to start programs, for whoever does it in another language: their names, words and
/// environments.
fn json(programs: &demo::Programs) -> Result<String> {
    let text = |text: &OsStr| text.to_str().map(str::to_owned).ok_or("a path that is not UTF-8");
    let programs = programs.iter().map(|(face, command)| {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words = words.map(text).collect::<std::result::Result<Vec<_>, _>>()?;
        let environment = command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?))));
        let environment = environment
            .map(|(name, value)| Ok((name?, Value::String(value?))))
            .collect::<std::result::Result<Map<_, _>, &str>>()?;
        Ok(json!({"face": face, "words": words, "environment": environment}))
    });
    Ok(Value::Array(programs.collect::<std::result::Result<_, &str>>()?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::program;

    #[test]
    fn programs_are_told_with_their_words_and_environments() {
        let mut command = program("node");
        command.args(["a b.mjs", "\"x\""]).env("LD_LIBRARY_PATH", "/lib").env_remove("CI");
        let told: Value = serde_json::from_str(&json(&vec![("Node", command)]).unwrap()).unwrap();
        assert_eq!(told[0]["face"], "Node");
        assert_eq!(told[0]["words"], json!(["node", "a b.mjs", "\"x\""]));
        let environment = told[0]["environment"].as_object().unwrap();
        assert_eq!(environment["LD_LIBRARY_PATH"], "/lib");
        assert!(environment.contains_key("PATH") && !environment.contains_key("CI"), "{environment:?}");
    }
}
