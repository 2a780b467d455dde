//! The commands of the README: `cargo xtask <command>`.
//!
//! Each command makes what it needs under `target/` (a virtual environment,
//! `node_modules` aside, which npm wants beside its package) and says which
//! tool of the machine is missing.

mod abi;
mod bench;
mod c;
mod c_archive;
mod c_clang;
mod c_consumers;
mod c_recipes;
mod c_tools;
mod demo;
mod doxygen;
mod fuzz;
mod header;
mod install;
mod interpreters;
mod node;
mod openapi;
mod package;
mod python;
mod readme;
mod rust;
mod sandbox;
mod sanitize;
mod test;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  demo             build everything, start the sandbox, and send every documented
                   kind of message from Rust, Python, Node, C and C++
  test [part]...   run all tests, or those of: lint, rust, openapi, c,
                   guard, node, install, python; and, only by name, runtimes:
                   the Node package on Bun, Deno and a newer Node; and interpreters:
                   the wheel on every CPython of the machine from 3.10 on
  bench [face]... [--rounds N] [--sends N] [--all-cpus] [--quick]
                   measure the CPU time of a send against its peers; faces: rust,
                   python, node, c
  bench cold       measure imports, first sends, memory and sizes
  bench growth     measure a send's growth with calls in flight, threads and content
  bench guard [--update]
                   count the instructions of a send, against the baseline
  package          fill dist/ with what users install: wheel, npm tarballs, C archive
  faults           print the table of faults: outcome, kind and POSTs of each
  soak [--seconds N] [--seed S]
                   send against random faults, and check what became of every message
  fuzz [--seconds N]
                   fuzz what reads the server's words, so long for each target (120)
  header [--check] write the C header anew, or check that it is up to date
  sanitize [--rounds N]
                   the C programs under AddressSanitizer, LeakSanitizer, UBSan and valgrind
  abi [--update]   check that programs compiled before go on working, or accept the change
  doxygen          the pages of the C and C++ headers, without a warning
  clang            the C and C++ headers and programs by the other compiler
  help             show this
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = Workspace::find().and_then(|workspace| match arguments.as_slice() {
        ["demo"] => demo::run(&workspace),
        ["test", parts @ ..] => test::run(&workspace, parts),
        ["package"] => package::run(&workspace),
        ["bench", arguments @ ..] => bench::run(&workspace, arguments),
        ["faults"] => rust::faults(&workspace),
        ["soak", options @ ..] => rust::soak(&workspace, options),
        ["fuzz", options @ ..] => fuzz::run_all(&workspace, options),
        ["header"] => header::run(&workspace.root, false),
        ["header", "--check"] => header::run(&workspace.root, true),
        ["sanitize", options @ ..] => sanitize::run_all(&workspace, options),
        ["abi"] => abi::check(&workspace, false),
        ["abi", "--update"] => abi::check(&workspace, true),
        ["doxygen"] => doxygen::build(&workspace),
        ["clang"] => c_clang::check(&workspace),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        [] => Err(format!("which command?\n\n{HELP}")),
        other => Err(format!("no such command: {}\n\n{HELP}", other.join(" "))),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
