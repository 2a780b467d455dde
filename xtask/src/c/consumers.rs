//! The examples, built from the unpacked archive as users build theirs: with
//! make and pkg-config, with CMake and with Meson, shared and static.

use std::path::Path;
use std::process::Command;

use super::tools::{cmake, tool};
use crate::Result;
use crate::files::empty_folder;
use crate::machine::debian_program;
use crate::process::{output, program, run};
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

/// What each way of building makes of the examples, and runs them.
pub(crate) fn test(workspace: &Workspace, tools: &Path, installed: &Path, place: &Path) -> Result<()> {
    let sandbox = Sandbox::start(workspace, QUICK)?;
    let examples = installed.join("share/partner-messaging/examples");
    for library in ["shared", "static"] {
        let made = place.join("make").join(library);
        by_make(tools, installed, &made, library)?;
        run_all(&sandbox, &made, library, installed)?;

        let built = place.join("cmake").join(library);
        empty_folder(&built)?;
        let prefix = format!("-DCMAKE_PREFIX_PATH={}", installed.display());
        cmake(tools, &examples, &built, &[prefix, format!("-DLIBRARY={library}")])?;
        run_all(&sandbox, &built, library, installed)?;

        let built = place.join("meson").join(library);
        empty_folder(&built)?;
        run(tool(tools, "meson")
            .arg("setup")
            .args([&built, &examples])
            .arg(format!("-Dprefer_static={}", library == "static"))
            .env("PKG_CONFIG", tools.join("pkg-config"))
            .env("PKG_CONFIG_PATH", installed.join("lib/pkgconfig")))?;
        run(tool(tools, "ninja").arg("--quiet").arg("-C").arg(&built))?;
        run_all(&sandbox, &built, library, installed)?;
    }
    in_loops(&sandbox, tools, installed, &place.join("make/shared"))?;
    what_cmake_finds(workspace, tools, installed, &place.join("cmake/package"))
}

/// What the CMake package takes and refuses.
fn what_cmake_finds(workspace: &Workspace, tools: &Path, installed: &Path, out: &Path) -> Result<()> {
    empty_folder(out)?;
    let settings =
        [format!("-DPM_PREFIX={}", installed.display()), format!("-DPM_VERSION={}", workspace.version())];
    cmake(tools, &workspace.root.join("bindings-c/tests/cmake"), out, &settings)
}

/// The examples with loops of other projects, whose headers are packages of the machine.
fn in_loops(sandbox: &Sandbox, tools: &Path, installed: &Path, out: &Path) -> Result<()> {
    for (header, package) in [("asio.hpp", "libasio-dev"), ("uv.h", "libuv1-dev")] {
        let find = || {
            let folders = ["/usr/include", "/usr/local/include"].map(Path::new);
            folders.into_iter().map(|folder| folder.join(header)).find(|path| path.is_file())
        };
        debian_program(header, package, find)?;
    }
    run(make(tools, installed, out, "shared").arg("loops"))?;
    for name in ["asio_cpp", "libuv_cpp"] {
        let mut example = program(out.join(name));
        example.args(["+6591234567", "none", "+6591234568"]).env("LD_LIBRARY_PATH", installed.join("lib"));
        let said = output(sandbox.points(&mut example))?;
        if said.matches(": sent as msg_").count() != 2 || !said.contains("none: not_sent, ") {
            return Err(format!("{name} said: {said}"));
        }
    }
    Ok(())
}

/// Builds the examples in `out` with make and pkg-config.
pub(crate) fn by_make(tools: &Path, installed: &Path, out: &Path, library: &str) -> Result<()> {
    empty_folder(out)?;
    run(&mut make(tools, installed, out, library))
}

fn make(tools: &Path, installed: &Path, out: &Path, library: &str) -> Command {
    let mut make = program("make");
    make.args(["--silent", "-C"])
        .arg(installed.join("share/partner-messaging/examples"))
        .arg(format!("OUT={}", out.display()))
        .arg(format!("LIBRARY={library}"))
        .arg(format!("PKG_CONFIG={}", tools.join("pkg-config").display()))
        .env("PKG_CONFIG_PATH", installed.join("lib/pkgconfig"));
    make
}

/// The state of a service whose messages arrive soon, for those who wait for that.
pub(crate) const QUICK: &str = r#"{"delivery": {"after_ms": 20}}"#;

/// The examples and what they are told.
pub(crate) const PROGRAMS: [(&str, &[&str]); 7] = [
    ("first", &["+6591234567"]),
    ("first_cpp", &["+6591234567"]),
    ("demo", &[]),
    ("demo_cpp", &[]),
    ("tour", &[]),
    ("tour_cpp", &[]),
    ("epoll", &["200"]),
];

/// Every example sends for real, and a static one needs no library to run.
fn run_all(sandbox: &Sandbox, folder: &Path, library: &str, installed: &Path) -> Result<()> {
    for (name, arguments) in PROGRAMS {
        let mut example = program(folder.join(name));
        if library == "shared" {
            example.env("LD_LIBRARY_PATH", installed.join("lib"));
        }
        let said = output(sandbox.points(example.args(arguments)))?;
        if !said.contains("sent") {
            return Err(format!("{} said: {said}", folder.join(name).display()));
        }
    }
    println!("{}: every example sent", folder.display());
    Ok(())
}
