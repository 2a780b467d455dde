//! The binary interface: what programs that were compiled before rely on.
//!
//! The header is the interface (a test holds the library's symbols to it), so
//! the dump is made of a stub of the header: every function with an empty body.
//! It is the same on every machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::files::{empty_folder, read, write};
use crate::machine::{debian_package, machine_compilers};
use crate::process::{program, run};
use crate::workspace::Workspace;

const HEADER: &str = "bindings-c/include/partner_messaging.h";
const DUMP: &str = "bindings-c/abi.xml";

/// Fails when a program compiled with the header of the dump would not go on
/// working. With `update`, writes the dump anew instead.
pub(crate) fn check(workspace: &Workspace, update: bool) -> Result<()> {
    machine_compilers()?;
    for tool in ["abidw", "abidiff"] {
        debian_package(tool, "abigail-tools")?;
    }
    let place = workspace.target.join("abi");
    empty_folder(&place)?;
    let library = compiled_stub(workspace, &place)?;
    let dump = workspace.root.join(DUMP);
    if update {
        return run(abidw(&library).arg("--out-file").arg(&dump));
    }
    // Anything that differs is told, so that the dump is never behind; what
    // breaks programs stands apart in the report.
    let same = run(program("abidiff").arg("--no-added-syms").arg(&dump).arg(&library));
    same.map_err(|problem| format!("{problem}: a change that breaks programs; see CONTRIBUTING.md"))?;
    let added = run(program("abidiff").arg("--harmless").arg(&dump).arg(&library));
    added.map_err(|problem| format!("{problem}: run `cargo xtask abi --update` and commit {DUMP}"))
}

fn compiled_stub(workspace: &Workspace, place: &Path) -> Result<PathBuf> {
    let header = read(&workspace.root.join(HEADER))?;
    let source = place.join("stub.c");
    write(&source, &stub(&header))?;
    // No path of this machine gets into the dump.
    let library = place.join("libpartner_messaging.so");
    run(program("cc")
        .current_dir(place)
        .args(["-std=c99", "-g", "-shared", "-fPIC", "-Wl,-soname,libpartner_messaging.so.0"])
        .arg("-I")
        .arg(workspace.root.join("bindings-c/include"))
        .args(["stub.c", "-o"])
        .arg(&library))?;
    Ok(library)
}

fn abidw(library: &Path) -> Command {
    let mut abidw = program("abidw");
    abidw.args(["--no-show-locs", "--no-corpus-path", "--no-comp-dir-path"]).arg(library);
    abidw
}

/// A C file that defines what the header declares.
fn stub(header: &str) -> String {
    let mut code = String::new();
    for part in header.split("/*") {
        code.push_str(part.split_once("*/").map_or(part, |(_, after)| after));
    }
    // Enums are types of the functions; versions are no promise.
    let plain = |line: &&str| !line.starts_with(['#', '}']) && !line.starts_with("extern");
    let declarations: String = code.lines().filter(plain).flat_map(|line| [line, " "]).collect();
    let mut stub = String::from("#include <partner_messaging.h>\n#include <stdlib.h>\n");
    for declaration in declarations.split(';').map(str::trim) {
        if declaration.contains('(') && !declaration.starts_with("typedef") {
            stub.push_str(&format!("{declaration} {{ abort(); }}\n"));
        }
    }
    stub
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_defines_what_the_header_declares() {
        let stub = stub(
            "/* c; */\n#define PM_VERSION \"1\"\ntypedef struct a a;\n/** d */\nint pm_f(const a *x,\n  int y);\n",
        );
        assert!(stub.contains("int pm_f(const a *x,   int y) { abort(); }"), "{stub}");
        assert!(!stub.contains("VERSION") && !stub.contains("typedef"), "{stub}");
        assert_eq!(stub.matches("abort()").count(), 1);
    }
}
