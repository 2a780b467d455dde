//! Sends with keys against what else remembers them, and what a journal takes alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::compare::{self, Plan};
use super::contests::KEYED;
use super::programs::{self, CHARACTERS, Job, bench_folder};
use super::report::{self, median, middle, sorted};
use super::server::{Run, Server, server_program};
use crate::Result;
use crate::files::{empty_folder, write};
use crate::process::{output, program, run as run_program};
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

/// How many keys the journal has that is opened.
const MANY_KEYS: usize = 1_000_000;

/// How many processes share the server's journal, and how many calls each has in flight.
const PROCESSES: usize = 4;
const IN_FLIGHT: usize = 64;

/// So many sends a second they are to make together.
const TARGET: f64 = 10_000.0;

pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let plan = Plan::read(5, 4000, &[], arguments)?;
    programs::prepare(workspace, "rust")?;
    programs::prepare(workspace, "python")?;
    let server = Server::start_with(&server_program(workspace)?, &["--delay-ms", "0", "--unique-ids"])?;
    let mut bench = Bench { workspace, plan, server, folder: bench_folder(workspace).join("journal") };
    // These before everybody shares one processor.
    let shared = bench.shared()?;
    let opening = bench.opening()?;
    let alone = bench.alone()?;
    let keyed = bench.keyed()?;
    let all = json!({
        "rounds": bench.plan.rounds, "keyed": keyed, "alone": alone, "opening": opening, "postgres": shared,
    });
    let file = bench_folder(workspace).join("journal.json");
    write(&file, &format!("{all:#}\n"))?;
    println!("\n{}", file.display());
    Ok(())
}

struct Bench<'a> {
    workspace: &'a Workspace,
    plan: Plan,
    server: Server,
    /// For journals, on the disk that everything is built on.
    folder: PathBuf,
}

impl Bench<'_> {
    /// A program in Rust with this journal.
    fn rust(&self, who: &str, journal: &str, sends: usize, in_flight: usize) -> Command {
        let (url, ca) = self.server.place(false);
        let job = Job { url, ca, warm_up: 0, sends, in_flight, characters: CHARACTERS };
        let mut command = programs::command(self.workspace, "rust", who, &job);
        command.env("BENCH_JOURNAL", journal);
        command
    }

    /// A path for a journal, with nothing there yet.
    fn new_file(&self) -> Result<String> {
        empty_folder(&self.folder)?;
        Ok(self.folder.join("journal.db").display().to_string())
    }

    /// Against its peers, as every other send.
    fn keyed(&mut self) -> Result<Value> {
        if !self.plan.all_cpus {
            compare::share_one_cpu()?;
        }
        println!();
        let keyed = std::iter::once(&KEYED);
        let results = self.plan.hold_all(self.workspace, &mut self.server, keyed)?;
        Ok(report::json(&results))
    }

    /// What a send with a key takes, by how many are in flight.
    fn alone(&self) -> Result<Value> {
        println!("\nin flight   syncs a send   bytes a message   CPU µs   wall µs");
        let shim = shim(self.workspace)?;
        let sends = self.plan.sends;
        let mut rows = Vec::new();
        for in_flight in [1, 16, 64] {
            let (mut runs, mut syncs, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..self.plan.rounds {
                let journal = self.new_file()?;
                runs.push(Run::of(&mut self.rust("keyed", &journal, sends, in_flight))?);
                bytes.push(size_of(&journal)? / sends as f64);
                // Syncs are counted in a run of their own, since that takes time.
                let (journal, log) = (self.new_file()?, self.folder.with_extension("syncs"));
                write(&log, "")?;
                let mut counted = self.rust("keyed", &journal, sends, in_flight);
                counted.env("LD_PRELOAD", &shim).env("CRASH_DIR", &self.folder);
                counted.env("CRASH_KIND", "sync").env("CRASH_LOG", &log);
                Run::of(&mut counted)?;
                let lines =
                    fs::read_to_string(&log).map_err(|error| format!("{}: {error}", log.display()))?;
                syncs.push(lines.lines().count() as f64 / sends as f64);
            }
            let [syncs, bytes] = [syncs, bytes].map(|values| middle(&sorted(values.into_iter())));
            let (cpu, wall) =
                (median(&runs, Run::cpu_per_send), median(&runs, |run| run.wall_us / run.sends));
            println!("{in_flight:>9} {syncs:>14.3} {bytes:>17.0} {cpu:>8.1} {wall:>9.1}");
            rows.push(json!({
                "in_flight": in_flight, "syncs": syncs, "bytes": bytes, "cpu_us": cpu, "wall_us": wall,
            }));
        }
        Ok(Value::Array(rows))
    }

    /// How long it takes to open a journal of many keys, and to look one up.
    fn opening(&self) -> Result<Value> {
        let journal = self.new_file()?;
        run_program(&mut self.rust("fill", &journal, MANY_KEYS, 1))?;
        let size = size_of(&journal)?;
        let opened: Result<Vec<f64>> = (0..self.plan.rounds).map(|_| self.open(&journal)).collect();
        let opened = middle(&sorted(opened?.into_iter()));
        // Without the word of who closed it last it is read as a whole.
        fs::remove_file(format!("{journal}-lock")).map_err(|error| format!("{journal}-lock: {error}"))?;
        let whole = self.open(&journal)?;
        println!(
            "opening {MANY_KEYS} keys ({:.0} bytes each) and finding one: {opened:.1} ms; after a kill, when \
             all is read: {whole:.0} ms",
            size / MANY_KEYS as f64,
        );
        Ok(json!({ "keys": MANY_KEYS, "bytes": size, "opened_ms": opened, "whole_ms": whole }))
    }

    /// In milliseconds.
    fn open(&self, journal: &str) -> Result<f64> {
        let said = output(&mut self.rust("open", journal, MANY_KEYS, 1))?;
        let facts: Value = serde_json::from_str(&said).map_err(|_| format!("it printed: {said}"))?;
        match (facts["wall_us"].as_f64(), facts["found"] == true) {
            (Some(wall), true) => Ok(wall / 1000.0),
            _ => Err(format!("it printed: {said}")),
        }
    }

    /// Processes that share a journal on a server, which is on this machine, too.
    fn shared(&self) -> Result<Value> {
        let server = Postgres::start_durable(self.workspace)?;
        let sends = self.plan.sends * 3;
        let mut rates = Vec::new();
        for round in 0..self.plan.rounds {
            let url = format!("{}?journal=bench-{round}", server.url());
            let begun = Instant::now();
            let start = |_| self.rust("keyed", &url, sends, IN_FLIGHT).stdout(Stdio::null()).spawn();
            let processes: std::io::Result<Vec<Child>> = (0..PROCESSES).map(start).collect();
            for mut process in processes.map_err(|error| format!("bench-rust: {error}"))? {
                let status = process.wait().map_err(|error| format!("bench-rust: {error}"))?;
                if !status.success() {
                    return Err(format!("a process over the server failed: {status}"));
                }
            }
            rates.push((PROCESSES * sends) as f64 / begun.elapsed().as_secs_f64());
        }
        let rate = middle(&sorted(rates.iter().copied()));
        let met = if rate >= TARGET { "met" } else { "MISSED" };
        println!("PostgreSQL, {PROCESSES} processes: {rate:.0} keyed sends a second (≥ {TARGET} {met})");
        Ok(json!({ "processes": PROCESSES, "in_flight": IN_FLIGHT, "sends_per_second": rates }))
    }
}

/// In bytes.
fn size_of(path: &str) -> Result<f64> {
    Ok(fs::metadata(path).map_err(|error| format!("{path}: {error}"))?.len() as f64)
}

/// The library that counts syncs, as the tests of crashes have it.
fn shim(workspace: &Workspace) -> Result<PathBuf> {
    let library = bench_folder(workspace).join("shim.so");
    let source: &Path = &workspace.root.join("tests/crash/shim/shim.c");
    run_program(program("cc").args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(source))?;
    Ok(library)
}
