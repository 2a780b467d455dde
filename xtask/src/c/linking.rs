//! The libraries beside what else a program may be made of.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use super::link::{SHARED, SOVERSION, STATIC, debug_file};
use super::{library, reference};
use crate::Result;
use crate::files::{empty_folder, write};
use crate::process::{output, output_bytes, program, run};
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

/// What each library shows, and programs that could not be linked if it showed more.
pub(crate) fn test(workspace: &Workspace, tools: &Path, installed: &Path, place: &Path) -> Result<()> {
    let place = place.join("linking");
    empty_folder(&place)?;
    let libraries = installed.join("lib");
    only_the_header(&names(&["-g"], &libraries.join(STATIC))?)?;
    versions(&names(&["-D"], &libraries.join(SHARED))?)?;
    debug_symbols(workspace, &libraries)?;
    reference::check(&installed.join("share"))?;
    let sandbox = Sandbox::start(workspace, "{}")?;
    let flags = static_flags(tools, installed)?;
    let sends = |program: &mut Command| {
        let said = output(sandbox.points(program))?;
        print!("{said}");
        if said.contains("sent as msg_") { Ok(()) } else { Err(format!("{program:?} said: {said}")) }
    };
    sends(&mut beside_others(workspace, &flags, &libraries.join(STATIC), &place)?)?;
    for (kind, compiler, file) in [
        ("-static", "cc", "first.c"),
        ("-static-pie", "cc", "first.c"),
        ("-static", "c++", "first.cpp"),
        ("-static-pie", "c++", "first.cpp"),
    ] {
        sends(wholly_static(workspace, &flags, &place, [kind, compiler, file])?.arg("+6591234567"))?;
    }
    Ok(())
}

/// The names that a library defines.
fn names(which: &[&str], library: &Path) -> Result<Vec<String>> {
    let listed = output(
        program("nm").args(["--defined-only", "--quiet", "-f", "just-symbols"]).args(which).arg(library),
    )?;
    // An archive's members have their names between those of what is in them.
    let is_name = |line: &&str| !line.is_empty() && !line.ends_with(':');
    Ok(listed.lines().filter(is_name).map(str::to_owned).collect())
}

fn only_the_header(names: &[String]) -> Result<()> {
    let foreign: Vec<&String> = names.iter().filter(|name| !name.starts_with("pm_")).collect();
    match (foreign.is_empty(), names.len()) {
        (true, 60..) => Ok(()),
        _ => Err(format!("{STATIC} defines {} names, among them {foreign:?}", names.len())),
    }
}

/// Each function has the version of its SONAME, so that two of them can live in one process.
fn versions(names: &[String]) -> Result<()> {
    let node = format!("PARTNER_MESSAGING_{SOVERSION}");
    let version = format!("@@{node}");
    match names.iter().find(|name| **name != node && !name.ends_with(&version)) {
        Some(name) => Err(format!("{SHARED} has {name} without the version {node}")),
        None => Ok(()),
    }
}

/// The library's link to its debug symbols leads to those of this very library, which name
/// what it has within.
fn debug_symbols(workspace: &Workspace, libraries: &Path) -> Result<()> {
    let (library, debug) = (libraries.join(SHARED), debug_file(&library::linked(workspace)));
    let read = |options: &[&str], file: &Path| output(program("readelf").args(options).arg(file));
    let build = |notes: String| notes.lines().find(|line| line.contains("Build ID:")).map(str::to_owned);
    let ids = [build(read(&["--notes"], &library)?), build(read(&["--notes"], &debug)?)];
    // The file's name, and then four bytes of a checksum, which may be any.
    let link = output_bytes(program("readelf").arg("--string-dump=.gnu_debuglink").arg(&library))?;
    let link = String::from_utf8_lossy(&link);
    let name = debug.file_name().unwrap_or_default().to_string_lossy();
    let names = output(program("nm").arg("--demangle").arg(&debug))?;
    let is_right = ids[0].is_some() && ids[0] == ids[1] && link.contains(&*name);
    match is_right && names.contains("partner_messaging::") {
        true => Ok(()),
        false => Err(format!("the debug symbols are not those of the library: {ids:?}, {link}")),
    }
}

/// What pkg-config tells a program that is to have no shared library.
fn static_flags(tools: &Path, installed: &Path) -> Result<Vec<String>> {
    let said = output(
        program(tools.join("pkg-config")).env("PKG_CONFIG_PATH", installed.join("lib/pkgconfig")).args([
            "--static",
            "--cflags",
            "--libs",
            "partner-messaging",
        ]),
    )?;
    Ok(said.split_whitespace().map(str::to_owned).collect())
}

fn wholly_static(
    workspace: &Workspace,
    flags: &[String],
    place: &Path,
    [kind, compiler, file]: [&str; 3],
) -> Result<Command> {
    let made = place.join(format!("{file}{kind}"));
    run(program(compiler)
        .arg(workspace.root.join("bindings-c/examples").join(file))
        .args([kind, "-o"])
        .arg(&made)
        .args(flags))?;
    let needed = output(program("readelf").arg("--dynamic").arg(&made))?;
    match needed.contains("(NEEDED)") {
        true => Err(format!("{} needs a shared library:\n{needed}", made.display())),
        false => Ok(program(made)),
    }
}

/// A program that has a static library of Rust besides ours, and defines for itself every name
/// of what ours bundles: to call one of these is its end.
fn beside_others(workspace: &Workspace, flags: &[String], archive: &Path, place: &Path) -> Result<Command> {
    let sources = workspace.root.join("bindings-c/tests/linking");
    let other = place.join("libother.a");
    run(program("rustc")
        .args(["--edition=2024", "--crate-type=staticlib", "-O", "-o"])
        .arg(&other)
        .arg(sources.join("other.rs")))?;
    let own = place.join("own.c");
    write(&own, &own_copies(&names(&["-g"], &library::built(workspace).join(STATIC))?)?)?;
    let made = place.join("beside");
    let ours = flags.iter().map(|flag| match flag.as_str() {
        "-lpartner_messaging" => archive.as_os_str(),
        other => OsStr::new(other),
    });
    run(program("cc")
        .args(["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-fno-builtin", "-o"])
        .arg(&made)
        .arg(sources.join("beside.c"))
        .arg(&own)
        .arg(&other)
        .args(ours))?;
    let mut command = program(made);
    command.arg(place.join("journal.db"));
    Ok(command)
}

/// A function for each name of SQLite's and ring's.
fn own_copies(bundled: &[String]) -> Result<String> {
    let mut code = String::from("#include <stdlib.h>\n");
    let mut of_sqlite = 0;
    let mut bundled: Vec<&String> = bundled.iter().filter(|name| is_bundled(name)).collect();
    bundled.sort();
    bundled.dedup();
    for name in bundled {
        of_sqlite += usize::from(name.starts_with("sqlite3_"));
        code.push_str(&format!("void {name}(void);\nvoid {name}(void) {{ abort(); }}\n"));
    }
    if of_sqlite < 100 { Err(format!("cargo's archive has {of_sqlite} names of SQLite")) } else { Ok(code) }
}

/// Names of C; `beside.c` has one of them itself, and its other library those of Rust.
fn is_bundled(name: &str) -> bool {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_others = ["_", "rust_", "pm_", "sqlite3_libversion"].iter().any(|start| name.starts_with(start));
    is_plain && !is_others
}
