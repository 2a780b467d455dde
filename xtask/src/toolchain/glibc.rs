//! Linking for Linux systems older than this one: against the interface of an old glibc.
//!
//! A symbol of glibc has a version, the newest of the library that is linked against, and a
//! system whose glibc is older than that can't load what wants it. Zig's package has what
//! every glibc of the past offered, and makes libraries without code of it. It is they that
//! the machine's own compiler links against; the rest, the unwinder above all, stays the
//! machine's, because Zig's ends a process at its exit in the midst of calls by a crash.

use std::path::{Path, PathBuf};

use super::cross::{binutil, compiler, write_script};
use crate::Result;
use crate::files::{copy, empty_folder, files, once, remove_folder, write};
use crate::process::{program, run};
use crate::python::environment::environment_of;
use crate::workspace::Workspace;

/// The oldest glibc that packages run on: what Rust's own standard library wants.
pub(crate) const OLDEST: &str = "2.17";

/// The systems that this is done for; packages of any other are for such as are as new as it.
const SYSTEMS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

const REQUIREMENTS: &str = "xtask/requirements-zig.txt";

/// What Zig makes, and the name by which a linker looks for it. The C library itself is a
/// script that names it and what of it is linked in.
const LIBRARIES: [(&str, &str); 9] = [
    ("libc.so.6", "libc.so.6"),
    ("libc_nonshared.a", "libc_nonshared.a"),
    ("libld.so.2", "libld.so"),
    ("libdl.so.2", "libdl.so"),
    ("libm.so.6", "libm.so"),
    ("libpthread.so.0", "libpthread.so"),
    ("libresolv.so.2", "libresolv.so"),
    ("librt.so.1", "librt.so"),
    ("libutil.so.1", "libutil.so"),
];

/// What the machine's headers make of calls that the old one has by another name: they have
/// 64 bits for a file's length, and glibc 2.28 got a function of that name for it, which on
/// these machines is the one that was always there.
const RENAMED: &str = "
int fcntl(int, int, ...);
__attribute__((visibility(\"hidden\"))) int fcntl64(int file, int command, void *argument) {
    return fcntl(file, command, argument);
}
";

/// What a program is linked with that is to run on older systems, too.
pub(crate) const OLD_PROGRAM: &str = "-Wl,--allow-shlib-undefined";

/// A C compiler that links for systems that old.
pub(crate) fn linker(workspace: &Workspace, architecture: &str) -> Result<PathBuf> {
    let place = workspace.folder(&format!("glibc-{OLDEST}"));
    let linker = place.join("cc");
    let compiler = compiler(workspace);
    // Its libraries come before the system's. Programs, which run while something is built, want
    // the machine's glibc, which its libgcc_s wants, unless they say that this is no matter.
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' -shared '* | *' {OLD_PROGRAM} '*) exec {compiler} -L'{}' \"$@\" ;; esac\n\
         exec {compiler} \"$@\"\n",
        place.display()
    );
    let made_by = format!("{OLDEST}{RENAMED}{script}");
    once(&place.join("stamp"), &made_by, &[workspace.root.join(REQUIREMENTS)], || {
        empty_folder(&place)?;
        make_libraries(workspace, architecture, &place)?;
        write_script(&linker, &script)
    })?;
    Ok(linker)
}

/// The architecture, if the system is one of those.
pub(crate) fn architecture(workspace: &Workspace) -> Option<&str> {
    let triple = &workspace.triple;
    SYSTEMS.contains(&triple.as_str()).then(|| triple.split('-').next()).flatten()
}

/// What the platform of a wheel is called that is linked so.
pub(crate) fn wheel_tag(architecture: &str) -> String {
    format!("manylinux_{}_{architecture}", OLDEST.replace('.', "_"))
}

/// Of the symbols that `nm` lists as wanted, those that a glibc that old lacks.
pub(crate) fn lacking(wanted: &str) -> Vec<&str> {
    too_new(wanted, OLDEST)
}

/// Of the symbols that `nm` lists as wanted, those that a glibc lacks. What is weak may be
/// missing; what has no version, glibc has not: it is Python's, or nobody's.
fn too_new<'a>(symbols: &'a str, glibc: &str) -> Vec<&'a str> {
    let lacks = |symbol: &str| match symbol.split_once("@GLIBC_") {
        Some((_, version)) => numbers(version) > numbers(glibc),
        None => !symbol.contains('@') && !symbol.starts_with("Py") && !symbol.starts_with("_Py"),
    };
    let wanted = symbols.lines().filter_map(|line| line.trim().strip_prefix("U "));
    wanted.filter(|symbol| lacks(symbol)).collect()
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|number| number.parse().unwrap_or(u32::MAX)).collect()
}

fn make_libraries(workspace: &Workspace, architecture: &str, place: &Path) -> Result<()> {
    let zig = environment_of(workspace, "venv-zig", REQUIREMENTS)?;
    let cache = place.join("cache");
    let (source, out) = (place.join("nothing.c"), place.join("nothing.so"));
    write(&source, "")?;
    // It makes the libraries because this is linked with them. Without optimising it would
    // make a sanitizer's, too.
    run(program(zig.join("bin/python"))
        .args([
            "-m",
            "ziglang",
            "cc",
            "-O2",
            "-shared",
            "-target",
            &format!("{architecture}-linux-gnu.{OLDEST}"),
            "-o",
        ])
        .args([&out, &source])
        .env("ZIG_GLOBAL_CACHE_DIR", &cache)
        .env("ZIG_LOCAL_CACHE_DIR", &cache))?;
    for (made, name) in LIBRARIES {
        let folders = files(&cache.join("o"))?;
        let found = folders.iter().map(|folder| folder.join(made)).find(|file| file.is_file());
        copy(&found.ok_or_else(|| format!("Zig made no {made}"))?, &place.join(name))?;
    }
    let (renamed, object) = (place.join("renamed.c"), place.join("renamed.o"));
    write(&renamed, RENAMED)?;
    run(program(compiler(workspace)).args(["-O2", "-fPIC", "-c", "-o"]).args([&object, &renamed]))?;
    run(binutil(workspace, "ar").arg("rcs").arg(place.join("librenamed.a")).arg(&object))?;
    let [shared, linked_in, renamed, loader] = ["libc.so.6", "libc_nonshared.a", "librenamed.a", "libld.so"]
        .map(|name| format!("\"{}\"", place.join(name).display()));
    write(&place.join("libc.so"), &format!("GROUP({shared} {linked_in} {renamed} AS_NEEDED({loader}))\n"))?;
    // Four hundred megabytes that have done what they were for.
    remove_folder(&cache)?;
    remove_folder(&zig)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_old_glibc_lacks_is_found() {
        let symbols = "                 w __cxa_thread_atexit_impl@GLIBC_2.18\n                 w gettid\n\
                       \x20                U _Unwind_Resume@GCC_3.0\n                 U malloc@GLIBC_2.2.5\n\
                       \x20                U PyErr_Clear\n                 U _Py_Dealloc\n\
                       \x20                U memcpy@GLIBC_2.14\n";
        assert!(too_new(symbols, "2.17").is_empty());
        let newer = format!("{symbols}                 U fcntl64@GLIBC_2.28\n                 U getrandom\n");
        assert_eq!(too_new(&newer, "2.17"), ["fcntl64@GLIBC_2.28", "getrandom"]);
        assert_eq!(too_new(&newer, "2.9").len(), 3);
    }
}
