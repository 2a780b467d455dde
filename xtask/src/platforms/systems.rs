//! macOS and Windows, which nothing here can run: the sources are compiled for them as far as
//! that goes without their linkers and C libraries, so that every call that a system lacks is found.

use std::path::PathBuf;

use crate::Result;
use crate::files::make_folder;
use crate::process::run;
use crate::toolchain::{add_standard_library, write_script};
use crate::workspace::Workspace;

/// What is for every system.
const EVERYWHERE: [&str; 2] = ["partner-messaging", "partner-messaging-sandbox"];

/// What a journal, whose files need a Unix system, is a part of; and what builds the packages.
const UNIX: [&str; 6] = [
    "partner-messaging-journal",
    "partner-messaging-cli",
    "partner-messaging-python",
    "partner-messaging-node",
    "partner-messaging-c",
    "xtask",
];

/// Both architectures of macOS, whose C types differ.
const SYSTEMS: [(&str, &[&[&str]]); 3] = [
    ("aarch64-apple-darwin", &[&EVERYWHERE, &UNIX]),
    ("x86_64-apple-darwin", &[&EVERYWHERE, &UNIX]),
    ("x86_64-pc-windows-msvc", &[&EVERYWHERE]),
];

/// In place of the system's C compiler and librarian, for the crates that have C in them: it makes
/// the file that it is asked for, without anything in it. Only what links would miss that.
const STAND_IN: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
    case "$1" in
        -o) : > "$2"; shift ;;
        -out:* | -Fo*) : > "${1#-[oF]*[:o]}" ;;
        *.a) : > "$1" ;;
    esac
    shift
done
"#;

/// Tests and examples included, and as strict as where they are run: what is unused on a system
/// is what lacks its other half there.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let stand_in = stand_in(workspace)?;
    for (triple, crates) in SYSTEMS {
        add_standard_library(triple)?;
        let variable = triple.replace('-', "_");
        let mut cargo = workspace.cargo("clippy");
        cargo.env("CARGO_BUILD_TARGET", triple).arg("--all-targets");
        for name in crates.iter().copied().flatten() {
            cargo.args(["-p", name]);
        }
        cargo.env(format!("CC_{variable}"), &stand_in).env(format!("AR_{variable}"), &stand_in);
        // It is asked for where macOS has its headers, which the stand-in does not read.
        cargo.env("SDKROOT", &workspace.target);
        run(cargo.args(["--", "--deny", "warnings"]))?;
    }
    Ok(())
}

fn stand_in(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("stand-in");
    make_folder(&folder)?;
    let file = folder.join("cc");
    write_script(&file, STAND_IN)?;
    Ok(file)
}
