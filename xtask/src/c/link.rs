//! The libraries that users link: made of the archive that cargo leaves, so that nothing but
//! the functions of the header is seen from outside of either.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::files::{empty_folder, write};
use crate::process::{output, program, run};
use crate::toolchain::{binutil, linker};
use crate::workspace::Workspace;

pub(crate) const SHARED: &str = "libpartner_messaging.so";
pub(crate) const STATIC: &str = "libpartner_messaging.a";

/// The number in the SONAME; bindings-c/build.rs sets the same.
pub(crate) const SOVERSION: &str = "0";

/// What the shared library needs, if it does; the compiler adds libgcc and libc.
const NEEDED: [&str; 4] = ["-lpthread", "-lrt", "-lm", "-ldl"];

/// Makes the shared and the static library in `out` of what cargo left in `built`.
pub(crate) fn link(workspace: &Workspace, built: &Path, out: &Path) -> Result<()> {
    empty_folder(out)?;
    let object = one_object(workspace, built, out)?;
    make_static(workspace, &object, &out.join(STATIC))?;
    make_shared(workspace, &object, out)
}

/// All that the library consists of as one object whose only global names are the header's.
///
/// The archive of cargo has all the names of Rust's standard library, of SQLite and of ring,
/// and a program that brings its own of one of them could not be linked with it, or worse,
/// would have this library call that one.
fn one_object(workspace: &Workspace, built: &Path, out: &Path) -> Result<PathBuf> {
    let functions = output(
        binutil(workspace, "nm").args(["-D", "--defined-only", "-f", "just-symbols"]).arg(built.join(SHARED)),
    )?;
    let wanted: String = functions.lines().flat_map(|name| ["--undefined=", name, "\n"]).collect();
    let arguments = out.join("functions");
    write(&arguments, &wanted)?;
    let object = out.join("partner_messaging.o");
    // A group of sections is one of several alike, of which a linker keeps the first: that of
    // another Rust library, which doesn't have our local names.
    run(binutil(workspace, "ld")
        .args(["--relocatable", "--force-group-allocation", "--output"])
        .arg(&object)
        .arg(format!("@{}", arguments.display()))
        .arg(built.join(STATIC)))?;
    // Rust's own parts have their bitcode with them, for which tools that know another LLVM take
    // the whole object.
    run(binutil(workspace, "objcopy")
        .args(["--wildcard", "--keep-global-symbol=pm_*", "--remove-section=.llvm*"])
        .arg(&object))?;
    Ok(object)
}

fn make_static(workspace: &Workspace, object: &Path, library: &Path) -> Result<()> {
    let stripped = object.with_extension("stripped.o");
    run(binutil(workspace, "objcopy").arg("--strip-debug").arg(object).arg(&stripped))?;
    run(binutil(workspace, "ar").args(["rcsD"]).arg(library).arg(&stripped))
}

/// The shared library, and beside it what debuggers want to know of it.
fn make_shared(workspace: &Workspace, object: &Path, out: &Path) -> Result<()> {
    let (library, debug) = (out.join(SHARED), debug_file(out));
    let versions = out.join("versions");
    write(&versions, &format!("PARTNER_MESSAGING_{SOVERSION} {{ global: pm_*; local: *; }};\n"))?;
    run(program(linker(workspace)?)
        .args(["-shared", "-o"])
        .arg(&library)
        .arg(object)
        .arg(format!("-Wl,-soname,{SHARED}.{SOVERSION}"))
        .arg(format!("-Wl,--version-script={}", versions.display()))
        // There may be a background thread: `dlclose` must not unmap its code.
        .args(["-Wl,-z,nodelete", "-Wl,-z,relro,-z,now", "-Wl,--build-id=sha1"])
        .args(["-Wl,--gc-sections", "-Wl,-O1", "-Wl,--as-needed", "-Wl,-z,defs"])
        .args(NEEDED))?;
    run(binutil(workspace, "objcopy").arg("--only-keep-debug").arg(&library).arg(&debug))?;
    run(binutil(workspace, "strip").arg("--strip-all").arg(&library))?;
    run(binutil(workspace, "objcopy").arg(format!("--add-gnu-debuglink={}", debug.display())).arg(&library))
}

/// What debuggers look for when they have read the shared library's link to it.
pub(crate) fn debug_file(libraries: &Path) -> PathBuf {
    libraries.join(format!("{SHARED}.debug"))
}
