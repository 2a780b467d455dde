//! Compiles C and C++ programs against the library, and runs them.

#![allow(dead_code)] // Each test file uses its part.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Which of the two libraries a program is linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Shared,
    Static,
}

/// What a static library of Rust needs besides itself.
const SYSTEM_LIBRARIES: [&str; 7] = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

/// The directory of this package.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The directory with the library: that of the variable `PM_LIB_DIR`, or what
/// cargo builds (it doesn't do so by itself for a library without an rlib).
pub(crate) fn library_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| match std::env::var_os("PM_LIB_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => build_library(),
    })
}

fn build_library() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    let profile = executable.parent().and_then(Path::parent).unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--lib", "--quiet", "--offline", "--message-format=json"]);
    cargo.arg("--manifest-path").arg(package().join("Cargo.toml"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let report = String::from_utf8(built.stdout).unwrap();
    let shared = report
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(|file| file.ends_with("libpartner_messaging.so"))
        .expect("cargo builds the shared library");
    shared.parent().unwrap().to_owned()
}

/// A directory with the shared library under the names that linker and loader
/// look for, and with the static one.
fn link_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let dir = scratch("lib");
        let shared = library_dir().join("libpartner_messaging.so").canonicalize().unwrap();
        for name in ["libpartner_messaging.so", "libpartner_messaging.so.0"] {
            symlink(&shared, dir.join(name)).unwrap();
        }
        dir
    })
}

/// A new directory for what a test makes.
pub(crate) fn scratch(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let test = std::env::current_exe().unwrap().file_name().unwrap().to_owned();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test).join(format!("{name}-{count}"));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// A compiler for a source file, with every warning an error.
pub(crate) fn compiler(source: &Path) -> Command {
    let is_c = source.extension().is_some_and(|extension| extension == "c");
    let (variable, default, standard) =
        if is_c { ("CC", "cc", "-std=c99") } else { ("CXX", "c++", "-std=c++17") };
    let mut compiler = Command::new(std::env::var_os(variable).unwrap_or_else(|| OsString::from(default)));
    compiler.args([standard, "-Wall", "-Wextra", "-pedantic", "-Werror", "-g", "-pthread"]);
    // The tests use POSIX besides the C standard.
    compiler.arg("-D_POSIX_C_SOURCE=200809L").arg("-I").arg(package().join("include"));
    compiler
}

/// Compiles a program of this package.
pub(crate) fn compile(source: &str, link: Link) -> PathBuf {
    let source = package().join(source);
    let program = scratch("program").join(source.file_stem().unwrap());
    let mut compiler = compiler(&source);
    compiler.arg(&source).arg("-o").arg(&program);
    match link {
        Link::Shared => {
            let dir = link_dir();
            compiler.arg("-L").arg(dir).arg("-lpartner_messaging");
            compiler.arg(format!("-Wl,-rpath,{}", dir.display()));
        }
        Link::Static => {
            compiler.arg(library_dir().join("libpartner_messaging.a")).args(SYSTEM_LIBRARIES);
        }
    }
    succeed(&mut compiler);
    program
}

/// A command that knows nothing of the caller's key and proxies.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_ascii_uppercase();
        if text.starts_with("PARTNER_MESSAGING_") || text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command that has to succeed.
pub(crate) fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
