//! The commands of the README: `cargo xtask <command>`.
//!
//! Each command makes what it needs under `target/` (a virtual environment,
//! `node_modules` aside, which npm wants beside its package) and says which
//! tool of the machine is missing.

mod bench;
mod c;
mod campaign;
mod code_lines;
mod command_line;
mod crash;
mod demo;
mod docs;
mod files;
mod fresh;
mod fuzz;
mod generate;
mod inbox;
mod lint;
mod machine;
mod mutations;
mod node;
mod openapi;
mod packages;
mod platforms;
mod process;
mod python;
mod release;
mod result;
mod rust;
mod services;
mod test;
mod toolchain;
mod workflows;
mod workspace;

use std::process::ExitCode;

use result::Result;
use workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  demo             build everything, start the sandbox, and send every documented
                   kind of message from Rust, Python, Node, C and C++; kill a campaign of the
                   command line, and go on with it
  demo-cluster     send a campaign of 20,000 over two Ray nodes, kill one in the midst of it, and
                   put the journal's sums beside the sandbox's record
  test [part]...   run all tests, or those of: lint, rust, openapi, c, guard,
                   node, install, cli, python, inbox; and, only by name, runtimes:
                   the Node package on Bun, Deno and a newer Node; interpreters:
                   the wheel on every CPython of the machine from 3.10 on; ray, spark,
                   bullmq: campaigns over engines whose processes are killed;
                   sdist: the source distribution, built and installed by pip; start: the
                   guide's first steps, with what dist/ holds; programs:
                   the command line of each installed package by all its tests; aarch64, musl:
                   the packages for those systems, built and sent with on this one; and systems:
                   the sources compiled for macOS and Windows, without running anything there
  layers           check that folders which are layers import only from those below them
  fresh [part]...  run .ci/run, or those parts of it, as a new machine does: on a clone of
                   what is committed, in an empty environment
  bench [face]... [--rounds N] [--sends N] [--all-cpus] [--quick]
                   measure the CPU time of a send against its peers; faces: rust,
                   python, node, c
  bench cold       measure imports, first sends, memory and sizes
  bench growth     measure a send's growth with calls in flight, threads and content
  bench many [--rounds N] [--sends N] [--all-cpus] [--quick]
                   measure a campaign against what its user would write instead, with and
                   without a journal, and its memory over a million messages
  bench bulk [--rounds N] [--sends N] [--quick]
                   measure the command line's bulk over a million rows against a script
  bench scaling [--messages N]
                   measure what 1, 2 and 4 workers send over one journal on PostgreSQL, what it
                   costs each part, and how large the journal becomes
  bench journal [--rounds N] [--sends N] [--quick]
                   measure sends with keys, and what a claim costs alone
  bench guard [--update]
                   count the instructions of a send, against the baseline
  postgres <command> [argument]...
                   run a command with a PostgreSQL server of its own, whose URL is in
                   PARTNER_MESSAGING_TEST_POSTGRES
  package [--target <triple>]
                   fill dist/ with what users install: wheel, npm tarballs, C archive; or dist/<triple>
                   with those of another Linux
  notices <triple> write what the wheel and the npm package of that system have to say of the code
                   of others in them, for builds that are not made by `package`
  crates           package the crates that are published, in their order, build each from what
                   was packaged, and check that it has its licences and a readme
  release X.Y.Z [--dry-run]
                   move the changelog and every package's version, commit and tag that; or
                   show what would change
  workflows        check the workflows of .github
  faults           print the table of faults: outcome, kind and POSTs of each
  crash [--kills N] [--losses N] [--seed S]
                   kill programs that send in Rust, Python and Node after each of their steps,
                   take the power from them, and check what their journals say
  crash mutations  change the journal where it matters, in a copy, and check that a test notices
                   each change
  soak [--seconds N] [--seed S]
                   send against random faults, and check what became of every message
  fuzz [--seconds N]
                   fuzz what reads the server's words, so long for each target (120)
  generate [--check]
                   write what is made of the core's public types and their docs, and the
                   C header, or check that it is up to date
  count            print how many lines of code each part has, and how the bindings by hand
                   and their generator compare with the core
  inbox [pictures] build the sandbox's page, or take the pictures of it for the documents anew
  header [--check] the C header alone
  sanitize [--rounds N]
                   the C programs under AddressSanitizer, LeakSanitizer, UBSan and valgrind
  abi [--update]   check that programs compiled before go on working, or accept the change
  docs             the site: the guide and the references of all languages, in target/site
  doxygen          the pages of the C and C++ headers, without a warning
  clang            the C and C++ headers and programs by the other compiler
  help             show this
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match execute(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: &[&str]) -> Result<()> {
    if let ["help" | "--help" | "-h"] = arguments {
        print!("{HELP}");
        return Ok(());
    }
    let workspace = Workspace::find()?;
    workspace.fetch()?;
    match arguments {
        ["demo"] => demo::run(&workspace),
        ["demo-cluster"] => python::cluster::demo(&workspace),
        ["test", parts @ ..] => test::run(&workspace, parts),
        ["layers"] => lint::layers::check(&workspace),
        ["postgres", command, arguments @ ..] => services::postgres::run_with(&workspace, command, arguments),
        ["fresh", parts @ ..] => fresh::run_gate(&workspace, parts),
        ["package"] => packages::dist::run(&workspace).map(drop),
        ["package", "--target", triple] => {
            packages::dist::run(&toolchain::for_target(&workspace, triple)?).map(drop)
        }
        ["bench", "cold"] => bench::cold::run(&workspace),
        ["bench", "growth"] => bench::growth::run(&workspace),
        ["bench", "scaling"] => bench::scaling::run(&workspace, None),
        ["bench", "scaling", "--messages", messages] => bench::scaling::run(&workspace, Some(messages)),
        ["bench", "many", arguments @ ..] => bench::many::run(&workspace, arguments),
        ["bench", "bulk", arguments @ ..] => bench::bulk::run(&workspace, arguments),
        ["bench", "journal", arguments @ ..] => bench::journal::run(&workspace, arguments),
        ["bench", "guard"] => bench::guard::check(&workspace),
        ["bench", "guard", "--update"] => bench::guard::update(&workspace),
        ["bench", arguments @ ..] => bench::compare::run(&workspace, arguments),
        ["notices", triple] => packages::notices::write_for_builds(&workspace.root, triple),
        ["crates"] => packages::crates::verify(&workspace),
        ["release", version] => release::run(&workspace, version, false),
        ["release", version, "--dry-run"] | ["release", "--dry-run", version] => {
            release::run(&workspace, version, true)
        }
        ["workflows"] => workflows::check(&workspace),
        ["faults"] => rust::faults(&workspace),
        ["crash", "mutations"] => mutations::run_all(&workspace),
        ["crash", options @ ..] => crash::run_all(&workspace, options),
        ["soak", options @ ..] => rust::soak(&workspace, options),
        ["fuzz", options @ ..] => fuzz::run_all(&workspace, options),
        ["generate"] => generate::run(&workspace.root, false),
        ["generate", "--check"] => generate::run(&workspace.root, true),
        ["count"] => code_lines::run(&workspace),
        ["inbox"] => inbox::build(&workspace),
        ["inbox", "pictures"] => inbox::take_pictures(&workspace),
        ["header"] => c::header::run(&workspace.root, false),
        ["header", "--check"] => c::header::run(&workspace.root, true),
        ["sanitize", options @ ..] => c::sanitize::run_all(&workspace, options),
        ["abi"] => c::abi::check(&workspace, false),
        ["abi", "--update"] => c::abi::check(&workspace, true),
        ["docs"] => docs::build(&workspace),
        ["doxygen"] => c::doxygen::build(&workspace),
        ["clang"] => c::clang::check(&workspace),
        [] => Err(format!("which command?\n\n{HELP}")),
        other => Err(format!("no such command: {}\n\n{HELP}", other.join(" "))),
    }
}
