//! The recipes of bindings-c/README.md, each done as it stands.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::c_tools::tool;
use crate::sandbox::Sandbox;
use crate::workspace::{Result, Workspace, empty_folder, output, write};

/// A recipe is a heading, files in blocks, and what to do with them in a block of `sh`.
pub(crate) fn test(workspace: &Workspace, tools: &Path, installed: &Path, place: &Path) -> Result<()> {
    let readme = workspace.root.join("bindings-c/README.md");
    let readme = fs::read_to_string(&readme).map_err(|error| format!("{}: {error}", readme.display()))?;
    let section = readme.split_once("\n## Recipes\n").ok_or("bindings-c/README.md has no recipes")?.1;
    let section = section.split("\n## ").next().unwrap_or(section);
    let sandbox = Sandbox::start(workspace, "{}")?;
    let mut done = 0;
    for recipe in section.split("\n### ").skip(1) {
        let (name, text) = recipe.split_once('\n').ok_or("a recipe is empty")?;
        let folder = place.join("recipes").join(done.to_string());
        empty_folder(&folder)?;
        if let Some(project) = block(text, "cmake") {
            write(&folder.join("CMakeLists.txt"), project)?;
        }
        let steps = block(text, "sh").ok_or_else(|| format!("{name}: a recipe without steps"))?;
        let said = output(sandbox.points(&mut shell(tools, installed, &folder, steps)))?;
        if !said.contains("sent") {
            return Err(format!("{name}: the recipe's program said: {said}"));
        }
        println!("{name}: {}", said.trim());
        done += 1;
    }
    if done == 4 {
        Ok(())
    } else {
        Err(format!("bindings-c/README.md should have 4 recipes, and has {done}"))
    }
}

/// The text of the first block in this language.
fn block<'a>(text: &'a str, language: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("```{language}\n"))?;
    rest.split_once("```").map(|(block, _)| block)
}

fn shell(tools: &Path, installed: &Path, folder: &Path, steps: &str) -> Command {
    let paths = tool(tools, "cmake");
    let path = paths.get_envs().find_map(|(name, value)| (name == "PATH").then_some(value)?);
    let mut shell = Command::new("bash");
    shell
        .current_dir(folder)
        .args(["-e", "-u", "-o", "pipefail", "-c", steps])
        .env("PREFIX", installed)
        .env("PKG_CONFIG_PATH", installed.join("lib/pkgconfig"))
        .env("CMAKE_GENERATOR", "Ninja");
    if let Some(path) = path {
        shell.env("PATH", path);
    }
    shell
}
