//! Fuzzing, by cargo-fuzz on a nightly compiler.

use std::process::Command;

use crate::workspace::{Result, Workspace, output, run};

const TARGETS: [&str; 5] = ["answer", "page", "path", "retry_after", "base_url"];

/// The version that was tried; installed under `target/` on first use.
const CARGO_FUZZ: &str = "0.13.2";

pub(crate) fn run_all(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let seconds = match options {
        [] => "120",
        ["--seconds", seconds] if seconds.parse::<u32>().is_ok() => seconds,
        _ => return Err("fuzz takes only --seconds N, for each target".to_owned()),
    };
    if output(Command::new("rustup").args(["run", "nightly", "rustc", "--version"])).is_err() {
        return Err("a nightly Rust is missing; get it with: rustup toolchain install nightly".to_owned());
    }
    let tools = workspace.target.join("tools");
    let program = tools.join("bin/cargo-fuzz");
    if !program.exists() {
        run(Command::new("cargo")
            .args(["install", "--locked", "cargo-fuzz", "--version", CARGO_FUZZ, "--root"])
            .arg(&tools))?;
    }
    for target in TARGETS {
        // New findings of the corpus stay under target/; the committed one is small.
        let found = workspace.target.join("fuzz-corpus").join(target);
        std::fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        run(Command::new(&program)
            .current_dir(&workspace.root)
            .env("RUSTUP_TOOLCHAIN", "nightly")
            .env("CARGO_TARGET_DIR", workspace.target.join("fuzz"))
            .env_remove("CARGO")
            .env_remove("RUSTC")
            .args(["run", "--fuzz-dir", "tests/fuzz", target])
            .arg(&found)
            .arg(workspace.root.join("tests/fuzz/corpus").join(target))
            .arg("--")
            .arg(format!("-max_total_time={seconds}")))?;
    }
    Ok(())
}
