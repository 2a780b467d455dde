//! The examples, built from the unpacked archive as users build theirs: with
//! make and pkg-config, with CMake and with Meson, shared and static.

use std::path::Path;
use std::process::Command;

use crate::c_tools::{cmake, tool};
use crate::sandbox::Sandbox;
use crate::workspace::{Result, Workspace, empty_folder, output, run};

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
    Ok(())
}

/// Builds the examples in `out` with make and pkg-config.
pub(crate) fn by_make(tools: &Path, installed: &Path, out: &Path, library: &str) -> Result<()> {
    empty_folder(out)?;
    run(Command::new("make")
        .args(["--silent", "-C"])
        .arg(installed.join("share/partner-messaging/examples"))
        .arg(format!("OUT={}", out.display()))
        .arg(format!("LIBRARY={library}"))
        .arg(format!("PKG_CONFIG={}", tools.join("pkg-config").display()))
        .env("PKG_CONFIG_PATH", installed.join("lib/pkgconfig")))
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
        let mut program = Command::new(folder.join(name));
        if library == "shared" {
            program.env("LD_LIBRARY_PATH", installed.join("lib"));
        }
        let said = output(sandbox.points(program.args(arguments)))?;
        if !said.contains("sent") {
            return Err(format!("{} said: {said}", folder.join(name).display()));
        }
    }
    println!("{}: every example sent", folder.display());
    Ok(())
}
