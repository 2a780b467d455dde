//! What the machine must have: found, or installed where we may, or named in an error that
//! says where to get it.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::Result;
use crate::process::{in_path, output, program, run, succeeds, with_network};

/// A program of one of Debian's packages: where it is.
///
/// Where it is missing it is installed, if we are root on such a system; elsewhere the error
/// says what the machine lacks.
pub(crate) fn debian_package(name: &str, package: &str) -> Result<PathBuf> {
    debian_program(name, package, || in_path(name))
}

/// The same for a program that is not found by `PATH`: `find` knows where it is.
pub(crate) fn debian_program(
    name: &str,
    package: &str,
    find: impl Fn() -> Option<PathBuf>,
) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if is_root() && in_path("apt-get").is_some() {
        apt_install(package)?;
        return find()
            .ok_or_else(|| format!("{name} is missing, although its package {package} is installed"));
    }
    Err(format!("{name} is missing; get it from your system's packages (Debian: apt install {package})"))
}

fn apt_install(package: &str) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut apt = program("apt-get");
        // Another one may be at work: wait for it.
        apt.args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run(with_network(&mut apt))
    };
    apt(&["update", "--quiet=2"])?;
    apt(&["install", "--quiet=2", "--yes", "--no-install-recommends", package])
}

/// Whether this process may do what only root may.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The first Python of the machine that is new enough: where it is.
pub(crate) fn machine_python() -> Result<PathBuf> {
    let where_it_is = "import sys; sys.exit(1) if sys.version_info < (3, 10) else print(sys.executable)";
    let names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
    let found = names.into_iter().find_map(|name| {
        let mut python = program(name);
        // From the top, where no file of a project chooses another Python.
        python.current_dir("/").args(["-c", where_it_is]).stderr(std::process::Stdio::null());
        let said = python.output().ok().filter(|said| said.status.success())?;
        Some(PathBuf::from(String::from_utf8(said.stdout).ok()?.trim()))
    });
    found.ok_or_else(|| {
        "Python 3.10 or later is missing; get it from your system's packages (Debian: apt install python3 python3-venv) \
         or from https://www.python.org/downloads/"
            .to_owned()
    })
}

/// Checks that Node and npm are there and new enough; tells Node's version.
pub(crate) fn machine_node() -> Result<String> {
    let version = "if (Number(process.versions.node.split('.')[0]) < 20) process.exit(1); \
                   console.log(process.version)";
    let node = in_path("node").and_then(|_| output(program("node").args(["-e", version])).ok());
    match node {
        Some(version) if succeeds(program("npm").arg("--version")) => Ok(version.trim().to_owned()),
        _ => Err("Node 20 or later with npm is missing; get it from your system's packages or from https://nodejs.org/"
            .to_owned()),
    }
}

/// Checks that there is a Java that Spark runs on.
pub(crate) fn machine_java() -> Result<()> {
    if succeeds(program("java").arg("--version")) {
        return Ok(());
    }
    Err("Java 17 or later is missing; get it from your system's packages (Debian: apt install default-jre-headless)"
        .to_owned())
}

/// Checks that a C and a C++ compiler are there.
pub(crate) fn machine_compilers() -> Result<()> {
    if ["cc", "c++"].into_iter().all(|compiler| succeeds(program(compiler).arg("--version"))) {
        return Ok(());
    }
    Err("a C or C++ compiler (cc, c++) is missing; get one from your system's packages (Debian: apt install gcc g++)"
        .to_owned())
}

/// Checks that there is a nightly Rust, for what stable can't do yet.
pub(crate) fn machine_nightly() -> Result<()> {
    if succeeds(program("rustup").args(["run", "nightly", "rustc", "--version"])) {
        return Ok(());
    }
    Err("a nightly Rust is missing; get it with: rustup toolchain install nightly".to_owned())
}
