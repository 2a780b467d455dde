//! The benchmark: what a send costs, against what else a user could take.

mod chart;
mod cold;
mod contests;
mod growth;
mod guard;
mod programs;
mod report;
mod server;

use std::path::PathBuf;

use serde_json::json;

use crate::workspace::{Result, Workspace, output, run as run_program, write};
use contests::{CONTESTS, Contest, FACES};
use programs::Job;
use server::{Run, Server};

/// The length of the message that everybody sends: a usual SMS.
const CHARACTERS: usize = 100;

pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    match arguments {
        ["cold"] => cold::run(workspace),
        ["growth"] => growth::run(workspace),
        ["guard"] => guard::check(workspace),
        ["guard", "--update"] => guard::update(workspace),
        _ => compare(workspace, &Plan::from(arguments)?),
    }
}

/// A part of the tests: a send must not come to take more than it did.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    guard::check(workspace)
}

/// Everybody against everybody's peers.
fn compare(workspace: &Workspace, plan: &Plan) -> Result<()> {
    for face in &plan.faces {
        programs::prepare(workspace, face)?;
    }
    let program = server_program(workspace)?;
    if !plan.all_cpus {
        share_one_cpu()?;
    }
    let mut server = Server::start(&program, 0)?;
    let wanted = CONTESTS.iter().filter(|contest| plan.faces.contains(&contest.face));
    report::print_head();
    let mut results = Vec::new();
    for contest in wanted {
        let result = plan.hold(workspace, &mut server, contest)?;
        report::print(&result);
        results.push(result);
    }
    let file = bench_folder(workspace).join("results.json");
    let all = json!({
        "rounds": plan.rounds,
        "all_cpus": plan.all_cpus,
        "characters": CHARACTERS,
        "rustc": rustc_version()?,
        "contests": report::json(&results),
    });
    write(&file, &format!("{all:#}\n"))?;
    println!("\n{}", file.display());
    Ok(())
}

pub(crate) fn bench_folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("bench")
}

/// Has this process, and so all it starts from now on, run on one processor. On two,
/// each send wakes the server on one that sleeps, and what a virtual machine takes
/// for that is thrice a whole send: nothing that a client of a service far away pays.
fn share_one_cpu() -> Result<()> {
    let this = std::process::id().to_string();
    let last = std::thread::available_parallelism().map_or(0, |cpus| cpus.get() - 1).to_string();
    output(std::process::Command::new("taskset").args(["--cpu-list", "--pid", &last, &this])).map(drop)
}

/// Builds the server and tells where it is.
fn server_program(workspace: &Workspace) -> Result<PathBuf> {
    run_program(workspace.cargo("build").args(["--release", "-p", "partner-messaging-bench"]))?;
    Ok(workspace.built("release").join("bench-server"))
}

fn rustc_version() -> Result<String> {
    Ok(output(std::process::Command::new("rustc").arg("--version"))?.trim().to_owned())
}

/// What was asked for.
struct Plan {
    faces: Vec<&'static str>,
    rounds: usize,
    sends: usize,
    all_cpus: bool,
}

impl Plan {
    fn from(arguments: &[&str]) -> Result<Self> {
        let mut plan = Self { faces: Vec::new(), rounds: 7, sends: 4000, all_cpus: false };
        let mut left = arguments.iter();
        while let Some(argument) = left.next() {
            match *argument {
                "--quick" => (plan.rounds, plan.sends) = (3, 1000),
                "--all-cpus" => plan.all_cpus = true,
                "--rounds" => plan.rounds = number("--rounds", left.next())?,
                "--sends" => plan.sends = number("--sends", left.next())?,
                name => match FACES.iter().find(|face| **face == name) {
                    Some(face) => plan.faces.push(face),
                    None => {
                        return Err(format!(
                            "bench takes {}, --rounds N, --sends N, --all-cpus and --quick; not {name}",
                            FACES.join(", ")
                        ));
                    }
                },
            }
        }
        if plan.faces.is_empty() {
            plan.faces = FACES.to_vec();
        }
        Ok(plan)
    }

    /// Runs everybody in turn, round after round; who begins changes.
    fn hold<'a>(
        &self,
        workspace: &Workspace,
        server: &mut Server,
        contest: &'a Contest,
    ) -> Result<report::Result<'a>> {
        let peers = contest.peers.iter().map(|peer| (peer.entry, if peer.slow { 4 } else { 1 }));
        let all: Vec<_> = std::iter::once((contest.ours, 1)).chain(peers).collect();
        let mut runs: Vec<Vec<Run>> = all.iter().map(|_| Vec::new()).collect();
        for round in 0..self.rounds {
            for turn in 0..all.len() {
                let at = (round + turn) % all.len();
                let (entry, part) = all[at];
                let (url, ca) = server.place(contest.http2);
                let sends = (self.sends / part).max(1);
                let warm_up = warm_up(contest.face, sends);
                let in_flight = contest.in_flight;
                let job = Job { url, ca, warm_up, sends, in_flight, characters: CHARACTERS };
                let run = Run::of(&mut programs::command(workspace, contest.face, entry.who, &job))?;
                eprintln!("{} {}: {:.1} µs", contest.face, entry.name, run.cpu_per_send());
                runs[at].push(run);
                check_protocol(server, contest, entry.name)?;
            }
        }
        let mut runs = runs.into_iter();
        let ours = runs.next().ok_or("nobody ran")?;
        Ok(report::Result { contest, ours, peers: runs.collect() })
    }
}

/// A service runs for days, so what counts is a program that runs hot. V8 takes
/// long to compile what is: undici takes half the time after it.
fn warm_up(face: &str, sends: usize) -> usize {
    if face == "node" { 20_000 } else { sends / 5 + 128 }
}

/// What was measured must be what the table says it is.
fn check_protocol(server: &mut Server, contest: &Contest, name: &str) -> Result<()> {
    let counts = server.counts()?;
    let expected = if contest.http2 { &counts["requests"] } else { &serde_json::Value::from(0) };
    match counts["http2"] == *expected {
        true => Ok(()),
        false => Err(format!("{name} spoke another HTTP than it should: {counts}")),
    }
}

fn number(option: &str, value: Option<&&str>) -> Result<usize> {
    let number = value.and_then(|value| value.parse().ok()).filter(|number| *number > 0);
    number.ok_or_else(|| format!("{option} takes a number"))
}
