//! A Python for musl, which nobody gives out as a program: built of its sources.

use std::path::Path;

use super::debian::Debian;
use crate::Result;
use crate::files::make_folder;
use crate::process::{program, run};
use crate::toolchain::write_script;

/// As the release of Debian has it.
const PACKAGE: &str = "python3.13";

/// Builds it in `out`, where it runs. What it lacks is what other libraries are needed for.
pub(super) fn build(debian: &Debian, place: &Path, out: &Path) -> Result<()> {
    make_folder(place)?;
    debian.source(PACKAGE, out)?;
    // It says of itself, too, that it compiles for glibc.
    let compiler = place.join("cc");
    write_script(
        &compiler,
        "#!/bin/sh\ncase \"$*\" in --print-multiarch) exit 1 ;; esac\nexec musl-gcc \"$@\"\n",
    )?;
    run(program(out.join("configure"))
        .current_dir(out)
        .args(["--quiet", "--without-ensurepip", "--disable-test-modules", "OPT=-O1 -w"])
        // Of the machine, nothing.
        .env("PKG_CONFIG", "false")
        .env("CC", &compiler))?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    run(program("make").current_dir(out).args(["--silent", &format!("--jobs={processors}")]))
}
