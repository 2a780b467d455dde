//! Files and folders, with errors that name them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;

pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn write(path: &Path, contents: &str) -> Result<()> {
    fs::write(path, contents).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}

pub(crate) fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn empty_folder(path: &Path) -> Result<()> {
    remove_folder(path)?;
    make_folder(path)
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    make_folder(to)?;
    for entry in fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))? {
        let entry = entry.map_err(|error| format!("{}: {error}", from.display()))?.path();
        let copied = to.join(entry.file_name().unwrap_or_default());
        if entry.is_dir() { copy_folder(&entry, &copied)? } else { copy(&entry, &copied)? }
    }
    Ok(())
}

pub(crate) fn remove_file(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Does `make` unless it was done before with the same `version` of the tool that does it and
/// the same `inputs`, files whose contents decide; `stamp` remembers them.
pub(crate) fn once(
    stamp: &Path,
    version: &str,
    inputs: &[PathBuf],
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut contents = format!("{version}\n");
    for input in inputs {
        contents.push_str(&read(input)?);
    }
    if fs::read_to_string(stamp).is_ok_and(|before| before == contents) {
        return Ok(());
    }
    make()?;
    write(stamp, &contents)
}

/// The one file of a folder whose name ends so.
pub(crate) fn only_file(folder: &Path, ending: &str) -> Result<PathBuf> {
    match files_ending(folder, ending)?.as_slice() {
        [file] => Ok(file.clone()),
        found => {
            Err(format!("{} should hold one {ending} file, and holds {}", folder.display(), found.len()))
        }
    }
}

/// The files of a folder whose names end so, in order.
pub(crate) fn files_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = files(folder)?;
    found.retain(|file| file.to_string_lossy().ends_with(ending));
    Ok(found)
}

/// The files and folders in a folder, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries: std::result::Result<Vec<_>, _> = fs::read_dir(folder).map_err(failed)?.collect();
    let mut files: Vec<PathBuf> = entries.map_err(failed)?.into_iter().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}
