//! The README's programs are files that tests run: here it is checked that
//! they are the same.

use crate::Result;
use crate::files;
use crate::workspace::Workspace;

/// A program in the README stands below the name of its file, in a comment.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let read = |name: &str| files::read(&workspace.root.join(name));
    let readme = read("README.md")?;
    let mut found = 0;
    for part in readme.split("<!-- ").skip(1) {
        let (file, rest) = part.split_once(" -->\n").ok_or("README.md: a comment does not end")?;
        // Others say what a part is generated from.
        if file.contains(' ') {
            continue;
        }
        let program = rest.split_once('\n').and_then(|(_, rest)| rest.split_once("```\n"));
        let (program, _) = program.ok_or_else(|| format!("README.md: no program below {file}"))?;
        if program != read(file)? {
            return Err(format!("README.md: the program of {file} is not what that file has"));
        }
        found += 1;
    }
    if found == 0 { Err("README.md: no program found".to_owned()) } else { Ok(()) }
}
