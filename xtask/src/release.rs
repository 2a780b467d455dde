//! A release: the changelog and the version, wherever it stands, by one command.

mod changelog;
pub(crate) mod places;
mod version;

use std::path::Path;

use crate::Result;
use crate::files::{empty_folder, read, write};
use crate::packages::crates;
use crate::process::{output, program, run as run_program};
use crate::workspace::Workspace;
use version::Version;

const CHANGELOG: &str = "CHANGELOG.md";

/// A file that a release alters.
struct Change {
    file: &'static str,
    before: String,
    after: String,
}

/// Moves everything to `version`, commits that and tags it; with `dry_run` it shows what
/// would change.
pub(crate) fn run(workspace: &Workspace, version: &str, dry_run: bool) -> Result<()> {
    let root = &workspace.root;
    let version = Version::parse(version)?;
    let current = places::current(root)?;
    if version <= current {
        return Err(format!("{version} is not later than {current}, the present version"));
    }
    let tag = format!("v{version}");
    if !output(git(root).args(["status", "--porcelain"]))?.is_empty() {
        return Err("a release begins with nothing uncommitted: see git status".to_owned());
    }
    if !output(git(root).args(["tag", "--list", &tag]))?.is_empty() {
        return Err(format!("there is a tag {tag} already"));
    }
    places::check(root)?;
    let date = output(program("date").args(["--utc", "+%F"]))?;
    let changes = changes(root, version, date.trim())?;
    if dry_run {
        return show(&changes, &workspace.target.join("release"));
    }
    crates::verify(workspace)?;
    for change in &changes {
        write(&root.join(change.file), &change.after)?;
    }
    places::check(root)?;
    run_program(git(root).args(["commit", "--quiet", "--all", "--message", &format!("Release {version}")]))?;
    run_program(git(root).args(["tag", "--annotate", &tag, "--message", &format!("Release {version}")]))?;
    println!("{tag} is committed and tagged here; pushing the branch and the tag publishes it");
    Ok(())
}

fn git(root: &Path) -> std::process::Command {
    let mut git = program("git");
    git.current_dir(root);
    git
}

/// What a release of `version` on this day makes of the files.
fn changes(root: &Path, version: Version, date: &str) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for file in places::files() {
        let before = read(&root.join(file))?;
        let after = places::moved(file, &before, version)?;
        changes.push(Change { file, before, after });
    }
    let before = read(&root.join(CHANGELOG))?;
    let after = changelog::released(&before, version, date)?;
    changes.push(Change { file: CHANGELOG, before, after });
    Ok(changes)
}

/// Prints the differences, as `patch` takes them.
fn show(changes: &[Change], place: &Path) -> Result<()> {
    empty_folder(place)?;
    for Change { file, before, after } in changes {
        let (old, new) = (place.join("old"), place.join("new"));
        write(&old, before)?;
        write(&new, after)?;
        let mut diff = program("diff");
        diff.args(["--unified=1", &format!("--label=a/{file}"), &format!("--label=b/{file}")]);
        let shown =
            diff.args([old, new]).output().map_err(|error| format!("diff can't be started: {error}"))?;
        // 1: there are differences.
        if shown.status.code() != Some(1) {
            return Err(format!("{file}: {}", String::from_utf8_lossy(&shown.stderr)));
        }
        print!("{}", String::from_utf8_lossy(&shown.stdout));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{copy, make_folder};

    /// A copy of what is committed, or would be.
    fn copied(root: &Path, place: &Path) {
        empty_folder(place).unwrap();
        let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        for file in output(git(root).args(listed)).unwrap().split_terminator('\0') {
            let (from, to) = (root.join(file), place.join(file));
            make_folder(to.parent().unwrap()).unwrap();
            // A file that is gone and not committed so yet.
            if from.exists() {
                copy(&from, &to).unwrap();
            }
        }
    }

    #[test]
    fn after_a_release_every_file_has_the_new_version() {
        let workspace = Workspace::find().unwrap();
        let place = workspace.target.join("released");
        copied(&workspace.root, &place);
        let version = Version::parse("98.76.54").unwrap();
        for change in changes(&place, version, "2030-01-02").unwrap() {
            assert_ne!(change.before, change.after, "{}", change.file);
            write(&place.join(change.file), &change.after).unwrap();
        }
        places::check(&place).unwrap();
        assert!(places::current(&place).unwrap() == version);
        let changelog = read(&place.join(CHANGELOG)).unwrap();
        assert!(changelog.contains("\n## 98.76.54 - 2030-01-02\n"), "{changelog}");
        // What cargo and npm make of it.
        let mut cargo = program("cargo");
        cargo.current_dir(&place).args(["metadata", "--format-version=1", "--no-deps"]);
        let metadata = output(cargo.args(["--locked", "--offline"])).unwrap();
        let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
        for member in metadata["packages"].as_array().unwrap() {
            assert_eq!(member["version"], "98.76.54", "{}", member["name"]);
        }
        let mut cargo = program("cargo");
        cargo.current_dir(&place).args([
            "tree",
            "--locked",
            "--offline",
            "--depth=0",
            "-p",
            "partner-messaging",
        ]);
        assert!(output(&mut cargo).unwrap().starts_with("partner-messaging v98.76.54"));
    }
}
