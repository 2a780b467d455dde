//! The recipes of bindings-c/README.md, each done as it stands.

use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::files::{empty_folder, read, write};
use crate::process::{first_in_path, output, program};
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

/// A recipe is a heading, files in blocks, and what to do with them in a block of `sh`.
pub(crate) fn test(workspace: &Workspace, tools: &Path, installed: &Path, place: &Path) -> Result<()> {
    let readme = read(&workspace.root.join("bindings-c/README.md"))?;
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
    if done == 5 {
        Ok(())
    } else {
        Err(format!("bindings-c/README.md should have 5 recipes, and has {done}"))
    }
}

/// The text of the first block in this language.
fn block<'a>(text: &'a str, language: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("```{language}\n"))?;
    rest.split_once("```").map(|(block, _)| block)
}

fn shell(tools: &Path, installed: &Path, folder: &Path, steps: &str) -> Command {
    let mut shell = program("bash");
    first_in_path(&mut shell, tools);
    shell
        .current_dir(folder)
        .args(["-e", "-u", "-o", "pipefail", "-c", steps])
        .env("PREFIX", installed)
        .env("PKG_CONFIG_PATH", installed.join("lib/pkgconfig"))
        .env("CMAKE_GENERATOR", "Ninja");
    shell
}
