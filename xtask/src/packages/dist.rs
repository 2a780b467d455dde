//! What users install, in `dist/`.

use std::fs;
use std::path::PathBuf;

use crate::Result;
use crate::c::{archive, library};
use crate::files::{copy, empty_folder, files};
use crate::node::addon;
use crate::python::wheel;
use crate::workspace::Workspace;

/// Tells the folder, which is one within `dist/` for each other system.
pub(crate) fn run(workspace: &Workspace) -> Result<PathBuf> {
    let mut dist = workspace.root.join("dist");
    if workspace.is_cross() {
        dist.push(&workspace.triple);
    }
    empty_folder(&dist)?;
    let wheel = wheel::wheel(workspace)?;
    let name = wheel.file_name().ok_or("the wheel has no name")?;
    copy(&wheel, &dist.join(name))?;
    if !workspace.is_cross() {
        // In a folder of its own: the one archive beside the wheel is the C library's.
        wheel::sdist(workspace, &dist.join("sdist"))?;
    }
    addon::pack(workspace, &dist)?;
    let libraries = library::build(workspace)?;
    archive::build(workspace, &libraries, &dist)?;
    // Likewise.
    archive::debug_symbols(workspace, &libraries, &dist.join("debug"))?;
    let folders = [dist.clone(), dist.join("sdist"), dist.join("debug")];
    let all: Result<Vec<_>> =
        folders.iter().filter(|folder| folder.is_dir()).map(|folder| files(folder)).collect();
    for file in all?.into_iter().flatten().filter(|file| file.is_file()) {
        let size = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?.len();
        println!("{:>9} kB  {}", size / 1000, file.display());
    }
    Ok(dist)
}
