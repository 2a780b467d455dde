//! The command line's `bulk`, against the script that one would write instead.

use super::compare::Plan;
use super::contests::{BULK, Contest, entry, peer};
use super::programs::{self, bench_folder};
use super::report;
use super::server::Run;
use crate::Result;
use crate::files::write;
use crate::process::run as run_program;
use crate::toolchain::release_cargo;
use crate::workspace::Workspace;

/// As many times the script's rows a second are wanted.
const TIMES: f64 = 10.0;

/// So many rows a second are wanted where all of them were sent before.
const PASSED_OVER: f64 = 200_000.0;

/// The script makes a fourth of the rows.
const CONTESTS: [Contest; 2] = [
    Contest {
        face: BULK,
        in_flight: 64,
        http2: false,
        ours: entry("bulk", "ours"),
        peers: &[peer("aiohttp, sqlite3 rows", "script").slow()],
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
    let mut plan = Plan::read(3, 1_000_000, &[], arguments)?;
    // Rows a second are what counts here: nobody is kept on one processor.
    plan.all_cpus = true;
    programs::python_environment(workspace)?;
    run_program(release_cargo(workspace, "build")?.args(["-p", "partner-messaging-cli"]))?;
    let mut server = plan.server(workspace)?;
    let results = plan.hold_all(workspace, &mut server, CONTESTS.iter())?;
    if let [sent, passed_over] = results.as_slice() {
        let times = report::middle(&report::sorted(
            sent.ours
                .iter()
                .zip(&sent.peers[0])
                .map(|(ours, script)| ours.sends_per_second() / script.sends_per_second()),
        ));
        println!(
            "\nrows a second, of the script's: {times:.1} (target ≥ {TIMES}: {})",
            verdict(times >= TIMES)
        );
        let rows = report::median(&passed_over.ours, Run::sends_per_second);
        let met = verdict(rows >= PASSED_OVER);
        println!("rows a second, all sent before: {rows:.0} (target ≥ {PASSED_OVER}: {met})");
    }
    let file = bench_folder(workspace).join("bulk.json");
    write(&file, &format!("{:#}\n", report::json(&results)))?;
    println!("\n{}", file.display());
    Ok(())
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
