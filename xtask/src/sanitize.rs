//! The C library and its test programs under AddressSanitizer, LeakSanitizer
//! and UndefinedBehaviorSanitizer, and under valgrind.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::Sandbox;
use crate::workspace::{Result, Workspace, machine_compilers, output, run};
use crate::{c, c_archive, c_consumers, c_tools};

/// How long the stress goes on, and in thousands the random arguments, unless told otherwise.
const ROUNDS: &str = "12";

/// The library's thread lives as long as the process: what it holds at the end
/// is reachable, and no leak.
const VALGRIND: &str = "valgrind;--quiet;--leak-check=full;--errors-for-leak-kinds=definite;\
     --show-leak-kinds=definite;--error-exitcode=9;--child-silent-after-fork=yes;--fair-sched=yes";

pub(crate) fn run_all(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let rounds = match options {
        [] => ROUNDS,
        ["--rounds", rounds] if rounds.parse::<u32>().is_ok() => rounds,
        _ => return Err("sanitize takes only --rounds N, of the stress's threads (12)".to_owned()),
    };
    machine_compilers()?;
    if output(Command::new("rustup").args(["run", "nightly", "rustc", "--version"])).is_err() {
        return Err("a nightly Rust is missing; get it with: rustup toolchain install nightly".to_owned());
    }
    if output(Command::new("valgrind").arg("--version")).is_err() {
        return Err("valgrind is missing; get it from your system's packages (Debian: apt install valgrind)"
            .to_owned());
    }
    let place = workspace.target.join("sanitize");
    let tools = c_tools::programs(workspace)?;

    let address = place.join("address");
    run(workspace
        .cargo("build")
        .args(["-p", "partner-messaging-c"])
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .env("RUSTFLAGS", "-Zsanitizer=address -Cforce-frame-pointers=yes")
        .env("CARGO_TARGET_DIR", &address)
        .env_remove("CARGO")
        .env_remove("RUSTC"))?;
    let installed = installed(workspace, &address.join(&workspace.triple).join("debug"), &address)?;
    let out = place.join("address-tests");
    let sanitizers = "-DPM_SANITIZE=address,undefined".to_owned();
    c::programs(workspace, &tools, &installed, &out, &[sanitizers])?;
    c_tools::ctest(&tools, &out, &[])?;
    run(Command::new(out.join("stress")).args([rounds, "7"]))?;
    run(Command::new(out.join("hostile")).args([format!("{rounds}000"), "7".to_owned()]))?;

    // Valgrind takes a library without what a sanitizer puts into it.
    run(workspace.cargo("build").args(["-p", "partner-messaging-c"]))?;
    let installed = self::installed(workspace, &workspace.built("debug"), &place.join("plain"))?;
    let out = place.join("valgrind-tests");
    let settings = [format!("-DPM_LAUNCHER={VALGRIND}"), "-DPM_TIMEOUT=600".to_owned()];
    c::programs(workspace, &tools, &installed, &out, &settings)?;
    // Not those that only make much of what the others do: they are too slow
    // here; nor those that fork: what the parent's threads hold is out of reach
    // in a child, and would count as lost.
    c_tools::ctest(&tools, &out, &["-j2", "-E", "^(sigpipe|stress|hostile|fork|cpp|cpp_static)$"])?;

    let out = place.join("valgrind-examples");
    c_consumers::by_make(&tools, &installed, &out, "shared")?;
    let sandbox = Sandbox::start(workspace, c_consumers::QUICK)?;
    let (program, arguments) = VALGRIND.split_once(';').unwrap_or((VALGRIND, ""));
    for (example, told) in c_consumers::PROGRAMS {
        let mut watched = Command::new(program);
        watched.args(arguments.split(';')).arg(out.join(example)).args(told);
        run(sandbox.points(watched.env("LD_LIBRARY_PATH", installed.join("lib"))))?;
    }
    Ok(())
}

/// What is unpacked from the archive of these libraries, below `place`.
fn installed(workspace: &Workspace, libraries: &Path, place: &Path) -> Result<PathBuf> {
    let installed = place.join("installed");
    c_archive::unpacked(&workspace.root, libraries, &installed, workspace.version())?;
    Ok(installed)
}
