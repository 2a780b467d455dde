//! The command line's `bulk`, against the script that one would write instead.

use super::compare::Plan;
use super::contests::{BULK, Contest, entry, peer};
use super::programs::{self, bench_folder};
use super::report;
use crate::Result;
use crate::files::write;
use crate::process::run as run_program;
use crate::toolchain::release_cargo;
use crate::workspace::Workspace;

/// Ten times as many rows a second are wanted; the script makes a fourth of the rows.
const CONTESTS: [Contest; 2] = [
    Contest {
        face: BULK,
        in_flight: 64,
        http2: false,
        ours: entry("bulk", "ours"),
        peers: &[peer("aiohttp, sqlite3 rows", "script").target(0.1).slow()],
    },
    Contest {
        face: BULK,
        in_flight: 64,
        http2: false,
        ours: entry("bulk, all sent before", "ours-again"),
        peers: &[peer("the same", "script-again").slow()],
    },
];

pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let plan = Plan::read(3, 1_000_000, &[], arguments)?;
    programs::python_environment(workspace)?;
    run_program(release_cargo(workspace, "build")?.args(["-p", "partner-messaging-cli"]))?;
    let mut server = plan.server(workspace)?;
    let results = plan.hold_all(workspace, &mut server, CONTESTS.iter())?;
    let file = bench_folder(workspace).join("bulk.json");
    write(&file, &format!("{:#}\n", report::json(&results)))?;
    println!("\n{}", file.display());
    Ok(())
}
