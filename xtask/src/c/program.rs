//! The command line of the archive: a small program over the shared library beside it, with its
//! pages and completions where systems look for them.

use std::path::Path;

use super::link::SHARED;
use crate::Result;
use crate::files::{copy, files_ending, make_folder};
use crate::process::{program, run};
use crate::toolchain::{self, glibc};
use crate::workspace::Workspace;

/// Where each shell looks for completions, below `share`.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/partner-messaging"),
    ("zsh", "zsh/site-functions/_partner-messaging"),
    ("fish", "fish/vendor_completions.d/partner-messaging.fish"),
];

/// Puts `bin/partner-messaging`, and what belongs to it, into an archive that has its libraries.
pub(super) fn add(workspace: &Workspace, top: &Path) -> Result<()> {
    let root = &workspace.root;
    let made = top.join("bin/partner-messaging");
    make_folder(&top.join("bin"))?;
    run(program(toolchain::linker(workspace)?)
        .args(["-std=c99", "-O2", "-s", "-o"])
        .arg(&made)
        .arg(root.join("bindings-c/program/partner-messaging.c"))
        .arg(top.join("lib").join(SHARED))
        // Wherever it is unpacked, and whatever other copies the machine has.
        .args(["-Wl,-rpath,$ORIGIN/../lib", "-Wl,--disable-new-dtags", "-Wl,-z,relro,-z,now"])
        .arg(glibc::OLD_PROGRAM))?;
    let share = top.join("share");
    let pages = share.join("man/man1");
    make_folder(&pages)?;
    for page in files_ending(&root.join("cli/man"), ".1")? {
        copy(&page, &pages.join(page.file_name().unwrap_or_default()))?;
    }
    // What `completions` prints, without running a program that may be for another machine.
    for (shell, place) in COMPLETIONS {
        let place = share.join(place);
        make_folder(place.parent().unwrap_or(&share))?;
        copy(&root.join("cli/src/commands/completions").join(shell), &place)?;
    }
    Ok(())
}
