//! The instruction-count check: how many instructions a send takes, against what it took before.
//!
//! Instructions can be counted where time can't be measured: on a busy machine,
//! in a virtual one. They are those of `pm_client_send`, so of the core's blocking
//! client and the C library around it, in the shared library that users get.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::programs::{self, CHARACTERS, Job, bench_folder, rustc_version};
use super::server::Server;
use crate::Result;
use crate::files::{read, write};
use crate::machine::debian_package;
use crate::process::{self, output, run};
use crate::rust::TESTED;
use crate::workspace::Workspace;

/// More growth than this wants a reason, and a new baseline in the same change.
const MAX_GROWTH: f64 = 0.05;

/// Sends of the shorter and of the longer run; what they differ in is the sends' alone.
const SENDS: [usize; 2] = [100, 1100];

const BASELINE: &str = "tests/bench/baseline.json";

/// Compares with the baseline.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let baseline = Baseline::read(workspace)?;
    let counted = count(workspace)?;
    let growth = counted / baseline.instructions - 1.0;
    let rustc = rustc_version()?;
    println!(
        "{counted:.0} instructions for a send; the baseline is {:.0}: {:.1} %",
        baseline.instructions,
        100.0 + growth * 100.0
    );
    if rustc != baseline.rustc {
        println!("the baseline was counted with {}, this is {rustc}: compilers differ, too", baseline.rustc);
    }
    if growth > MAX_GROWTH {
        return Err(format!(
            "a send takes {:.1} % more instructions than the {BASELINE} allows. If that serves, commit a new \
             baseline with it: cargo xtask bench guard --update",
            growth * 100.0
        ));
    }
    if growth < -MAX_GROWTH {
        println!("that is much less: keep it with `cargo xtask bench guard --update`");
    }
    Ok(())
}

/// Writes the baseline anew.
pub(crate) fn update(workspace: &Workspace) -> Result<()> {
    let counted = count(workspace)?;
    let baseline = json!({ "instructions_per_send": counted.round() as u64, "rustc": rustc_version()? });
    println!("{counted:.0} instructions for a send");
    write(&workspace.root.join(BASELINE), &format!("{baseline:#}\n"))
}

struct Baseline {
    instructions: f64,
    rustc: String,
}

impl Baseline {
    fn read(workspace: &Workspace) -> Result<Self> {
        let text = read(&workspace.root.join(BASELINE))?;
        let found: Value = serde_json::from_str(&text).map_err(|error| format!("{BASELINE}: {error}"))?;
        let facts = (found["instructions_per_send"].as_f64(), found["rustc"].as_str());
        let (Some(instructions), Some(rustc)) = facts else {
            return Err(format!("{BASELINE} lacks instructions_per_send or rustc"));
        };
        Ok(Self { instructions, rustc: rustc.to_owned() })
    }
}

/// The instructions of one send.
fn count(workspace: &Workspace) -> Result<f64> {
    debian_package("valgrind", "valgrind")?;
    programs::c_program(workspace, "ours")?;
    // How fast the server is does not count: it is another process. Built as the
    // tests build it, which have run by now.
    run(workspace.cargo("test").args(TESTED).args(["--no-run", "--quiet"]))?;
    let server = Server::start(&workspace.built("debug").join("bench-server"), 0)?;
    let [short, long] = SENDS;
    let instructions = run_counted(workspace, &server, long)? - run_counted(workspace, &server, short)?;
    Ok(instructions / (long - short) as f64)
}

/// The instructions of one whole run of the program.
fn run_counted(workspace: &Workspace, server: &Server, sends: usize) -> Result<f64> {
    let (url, ca) = server.place(false);
    let job = Job { url, ca, warm_up: 0, sends, in_flight: 1, characters: CHARACTERS };
    let profile = bench_folder(workspace).join(format!("callgrind.{sends}.out"));
    output(&mut under_callgrind(&programs::command(workspace, "c", "ours", &job), &profile))?;
    let text = read(&profile)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| format!("{} has no totals", profile.display()))
}

fn under_callgrind(program: &Command, profile: &Path) -> Command {
    let mut command = process::program("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(program.get_program())
        .args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
