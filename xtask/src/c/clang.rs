//! The headers and the programs by the other compiler: clang.

use crate::Result;
use crate::files::files_ending;
use crate::machine::debian_package;
use crate::process::{program, run};
use crate::workspace::Workspace;

const WARNINGS: [&str; 7] =
    ["-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror", "-Wshadow", "-Wconversion"];

/// Compiles everything that this package has in C and C++ with every warning
/// an error, the C++ header without exceptions too.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    debian_package("clang++", "clang")?;
    let package = workspace.root.join("bindings-c");
    let compile = |compiler: &str, standard: &str, flags: &[&str], file: &str| {
        run(program(compiler)
            .current_dir(&package)
            .arg(standard)
            .args(flags)
            .args(["-D_POSIX_C_SOURCE=200809L", "-I", "include", "-x"])
            .args([if compiler == "clang" { "c" } else { "c++" }, file]))
    };
    for standard in ["-std=c99", "-std=c17"] {
        compile("clang", standard, &WARNINGS, "include/partner_messaging.h")?;
    }
    compile("clang++", "-std=c++17", &WARNINGS, "include/partner_messaging.h")?;
    for standard in ["-std=c++17", "-std=c++20"] {
        compile("clang++", standard, &WARNINGS, "include/partner_messaging.hpp")?;
    }
    let mut without = WARNINGS.to_vec();
    without.push("-fno-exceptions");
    compile("clang++", "-std=c++17", &without, "include/partner_messaging.hpp")?;
    compile("clang++", "-std=c++17", &without, "tests/programs/no_exceptions.cpp")?;
    for folder in ["examples", "tests/programs"] {
        for file in files_ending(&package.join(folder), ".c")? {
            compile("clang", "-std=c99", &WARNINGS[..5], &file.to_string_lossy())?;
        }
        for file in files_ending(&package.join(folder), ".cpp")? {
            // Coroutines of gcc's library are none to clang 14; and libuv's header is not ours.
            if file.ends_with("examples/asio.cpp") || file.ends_with("examples/libuv.cpp") {
                continue;
            }
            compile("clang++", "-std=c++17", &WARNINGS[..5], &file.to_string_lossy())?;
        }
    }
    run(workspace
        .cargo("test")
        .args(["-p", "partner-messaging-c", "--test", "misuse"])
        .env("CC", "clang")
        .env("CXX", "clang++"))
}
