//! The C library and its test programs under AddressSanitizer, LeakSanitizer
//! and UndefinedBehaviorSanitizer, and under valgrind.

use std::path::{Path, PathBuf};

use super::{archive, consumers, tools};
use crate::Result;
use crate::machine::{debian_package, machine_compilers, machine_nightly};
use crate::process::{program, run};
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

/// How long the stress goes on, and in thousands the random arguments, unless told otherwise.
const ROUNDS: &str = "12";

/// With its default idea of what a leak is: each program ends the library's threads
/// before it ends itself.
const VALGRIND: &str = "valgrind;--quiet;--leak-check=full;--error-exitcode=9;\
     --child-silent-after-fork=yes;--fair-sched=yes";

pub(crate) fn run_all(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let rounds = match options {
        [] => ROUNDS,
        ["--rounds", rounds] if rounds.parse::<u32>().is_ok() => rounds,
        _ => return Err("sanitize takes only --rounds N, of the stress's threads (12)".to_owned()),
    };
    machine_compilers()?;
    machine_nightly()?;
    debian_package("valgrind", "valgrind")?;
    let place = workspace.target.join("sanitize");
    let programs = tools::programs(workspace)?;

    let address = place.join("address");
    run(workspace
        .cargo("build")
        .args(["-p", "partner-messaging-c"])
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .env("RUSTFLAGS", "-Zsanitizer=address -Cforce-frame-pointers=yes")
        .env("CARGO_TARGET_DIR", &address))?;
    let installed = installed(workspace, &address.join(&workspace.triple).join("debug"), &address)?;
    let out = place.join("address-tests");
    let sanitizers = "-DPM_SANITIZE=address,undefined".to_owned();
    tools::test_programs(workspace, &programs, &installed, &out, &[sanitizers])?;
    // Not with a debug build: it needs more stack, and its standard library ends the program where
    // descriptors were closed.
    tools::ctest(&programs, &out, &["-E", "^(closed_descriptors|small_stack)$"])?;
    run(program(out.join("stress")).args([rounds, "7"]))?;
    run(program(out.join("hostile")).args([format!("{rounds}000"), "7".to_owned()]))?;

    // Valgrind takes a library without what a sanitizer puts into it.
    run(workspace.cargo("build").args(["-p", "partner-messaging-c"]))?;
    let installed = self::installed(workspace, &workspace.built("debug"), &place.join("plain"))?;
    let out = place.join("valgrind-tests");
    let settings = [format!("-DPM_LAUNCHER={VALGRIND}"), "-DPM_TIMEOUT=3600".to_owned()];
    tools::test_programs(workspace, &programs, &installed, &out, &settings)?;
    // Not those that only make much of what the others do: they are too slow
    // here; nor those that fork: what the parent's threads hold is out of reach
    // in a child, and would count as lost; nor those that use descriptors up or close them, some
    // of which are valgrind's own.
    let excluded = "^(sigpipe|stress|hostile|fork|journal|throwing|cpp|cpp_static|resources|closed_descriptors|\
                    exit_in_callback|small_stack)$";
    tools::ctest(&programs, &out, &["-j2", "-E", excluded])?;

    let out = place.join("valgrind-examples");
    consumers::by_make(&programs, &installed, &out, "shared")?;
    let sandbox = Sandbox::start(workspace, consumers::QUICK)?;
    let (valgrind, arguments) = VALGRIND.split_once(';').unwrap_or((VALGRIND, ""));
    for (example, told) in consumers::PROGRAMS {
        let mut watched = program(valgrind);
        watched.args(arguments.split(';')).arg(out.join(example)).args(told);
        run(sandbox.points(watched.env("LD_LIBRARY_PATH", installed.join("lib"))))?;
    }
    Ok(())
}

/// What is unpacked from the archive of these libraries, below `place`.
fn installed(workspace: &Workspace, libraries: &Path, place: &Path) -> Result<PathBuf> {
    let installed = place.join("installed");
    archive::unpacked(workspace, libraries, &installed)?;
    Ok(installed)
}
