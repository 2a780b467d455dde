//! What users install, in `dist/`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::{Result, Workspace, empty_folder};
use crate::{c, c_archive, node, python};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let dist = workspace.root.join("dist");
    empty_folder(&dist)?;
    let wheel = python::wheel(workspace)?;
    let name = wheel.file_name().ok_or("the wheel has no name")?;
    fs::copy(&wheel, dist.join(name)).map_err(|error| format!("{}: {error}", wheel.display()))?;
    // In a folder of its own: the one archive beside the wheel is the C library's.
    python::sdist(workspace, &dist.join("sdist"))?;
    node::pack(workspace, &dist)?;
    let libraries = c::build(workspace)?;
    c_archive::build(&workspace.root, &libraries, &dist, workspace.version())?;
    for file in files(&dist)?.into_iter().chain(files(&dist.join("sdist"))?).filter(|file| file.is_file()) {
        let size = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?.len();
        println!("{:>9} kB  {}", size / 1000, file.display());
    }
    Ok(())
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

/// The files of a folder whose names end so.
pub(crate) fn files_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = files(folder)?;
    found.retain(|file| file.to_string_lossy().ends_with(ending));
    Ok(found)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries: std::result::Result<Vec<_>, _> = fs::read_dir(folder).map_err(failed)?.collect();
    let mut files: Vec<PathBuf> = entries.map_err(failed)?.into_iter().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}
