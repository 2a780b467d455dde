//! Linking for Linux with musl on a machine with glibc: by its own compiler, which Debian's
//! `musl-gcc` shows the headers and the libraries of musl.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::cross::{MUSL, compiler, standard_library, write_script};
use crate::Result;
use crate::files::{empty_folder, once, write};
use crate::machine::debian_package;
use crate::process::{output, program, run};
use crate::workspace::Workspace;

/// What such a wheel is called: for the first musl that can do what newer ones can, of the
/// interfaces that are used.
pub(crate) const WHEEL_TAG: &str = "musllinux_1_2_x86_64";

/// What Python and Node load is a shared library, which on musl Rust makes only when asked.
pub(crate) const RUSTFLAGS: &str = "-C target-feature=-crt-static";

/// The C library, which is the loader, too.
const LIBRARY: &str = "/lib/ld-musl-x86_64.so.1";

/// What the C library is called by what is linked on Alpine Linux, and so by every wheel. Debian's
/// has a name that glibc has, too; any musl knows that both are itself.
const NAME: &str = "libc.musl-x86_64.so.1";

/// A C compiler that links so.
///
/// The unwinder is the one that Rust brings for programs of one file. Of the machine's compiler,
/// the shared one is for glibc, and the static one, too, calls functions that musl has not.
pub(crate) fn linker(workspace: &Workspace) -> Result<PathBuf> {
    let place = workspace.folder("musl");
    let linker = place.join("cc");
    let unwinder = standard_library(MUSL)?.join("self-contained/libunwind.a");
    let compiler = compiler(workspace);
    let script = format!("#!/bin/sh\nexec {compiler} -L'{}' \"$@\" -lgcc_s\n", place.display());
    let library = format!("INPUT(\"{}\" -lgcc)\n", unwinder.display());
    once(&place.join("stamp"), &format!("{script}{library}{NAME}"), &[], || {
        empty_folder(&place)?;
        debian_package("patchelf", "patchelf")?;
        run(program("patchelf")
            .args(["--set-soname", NAME, "--output"])
            .arg(place.join("libc.so"))
            .arg(LIBRARY))?;
        for name in ["libgcc_s.so", "libgcc_s.a"] {
            write(&place.join(name), &library)?;
        }
        write_script(&linker, &script)
    })?;
    Ok(linker)
}

/// Of the symbols that `nm` lists as wanted, those that neither musl has nor Python.
pub(crate) fn lacking(wanted: &str) -> Result<Vec<&str>> {
    let listed = output(program("nm").args(["--dynamic", "--defined-only", "-f", "just-symbols", LIBRARY]))?;
    Ok(without(wanted, &listed.lines().collect()))
}

fn without<'a>(wanted: &'a str, there: &BTreeSet<&str>) -> Vec<&'a str> {
    let is_there =
        |symbol: &str| there.contains(symbol) || symbol.starts_with("Py") || symbol.starts_with("_Py");
    let wanted = wanted.lines().filter_map(|line| line.trim().strip_prefix("U "));
    wanted.filter(|symbol| !is_there(symbol)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_musl_lacks_is_found() {
        let there = BTreeSet::from(["malloc", "free"]);
        let wanted = "                 U malloc\n                 U PyErr_Clear\n                 w gettid\n";
        assert!(without(wanted, &there).is_empty());
        let more =
            format!("{wanted}                 U _dl_find_object\n                 U free@GLIBC_2.2.5\n");
        assert_eq!(without(&more, &there), ["_dl_find_object", "free@GLIBC_2.2.5"]);
    }
}
