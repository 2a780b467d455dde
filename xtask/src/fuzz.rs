//! Fuzzing, by cargo-fuzz on a nightly compiler.

use crate::Result;
use crate::files::make_folder;
use crate::machine::machine_nightly;
use crate::process::{program, run, with_network};
use crate::workspace::Workspace;

const TARGETS: [&str; 5] = ["answer", "page", "path", "retry_after", "base_url"];

/// The version that was tried; installed under `target/` on first use.
const CARGO_FUZZ: &str = "0.13.2";

pub(crate) fn run_all(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let seconds = match options {
        [] => "120",
        ["--seconds", seconds] if seconds.parse::<u32>().is_ok() => seconds,
        _ => return Err("fuzz takes only --seconds N, for each target".to_owned()),
    };
    machine_nightly()?;
    let tools = workspace.target.join("tools");
    let cargo_fuzz = tools.join("bin/cargo-fuzz");
    if !cargo_fuzz.exists() {
        let mut install = program("cargo");
        install.args(["install", "--locked", "cargo-fuzz", "--version", CARGO_FUZZ, "--root"]).arg(&tools);
        run(with_network(&mut install))?;
    }
    for target in TARGETS {
        // New findings of the corpus stay under target/; the committed one is small.
        let found = workspace.target.join("fuzz-corpus").join(target);
        make_folder(&found)?;
        // It has a lock file of its own, whose crates it fetches.
        run(with_network(&mut program(&cargo_fuzz))
            .current_dir(&workspace.root)
            .env("RUSTUP_TOOLCHAIN", "nightly")
            .env("CARGO_TARGET_DIR", workspace.target.join("fuzz"))
            .args(["run", "--fuzz-dir", "tests/fuzz", target])
            .arg(&found)
            .arg(workspace.root.join("tests/fuzz/corpus").join(target))
            .arg("--")
            .arg(format!("-max_total_time={seconds}")))?;
    }
    Ok(())
}
