//! A send of ours against those of its peers, all in the same run.

use serde_json::json;

use super::contests::{CONTESTS, Contest, FACES};
use super::programs::{self, CHARACTERS, Job, bench_folder, rustc_version};
use super::report;
use super::server::{Run, Server, server_program};
use crate::Result;
use crate::files::write;
use crate::process::{output, program};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let mut plan = Plan::read(7, 4000, &FACES, arguments)?;
    if plan.faces.is_empty() {
        plan.faces = FACES.to_vec();
    }
    compare(workspace, &plan)
}

/// Everybody against everybody's peers.
fn compare(workspace: &Workspace, plan: &Plan) -> Result<()> {
    for face in &plan.faces {
        programs::prepare(workspace, face)?;
    }
    let mut server = plan.server(workspace)?;
    let wanted = CONTESTS.iter().filter(|contest| plan.faces.contains(&contest.face));
    let results = plan.hold_all(workspace, &mut server, wanted)?;
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

/// Has this process, and so all it starts from now on, run on one processor. On two,
/// each send wakes the server on one that sleeps, and what a virtual machine takes
/// for that is thrice a whole send: nothing that a client of a service far away pays.
pub(super) fn share_one_cpu() -> Result<()> {
    let this = std::process::id().to_string();
    let last = std::thread::available_parallelism().map_or(0, |cpus| cpus.get() - 1).to_string();
    output(program("taskset").args(["--cpu-list", "--pid", &last, &this])).map(drop)
}

const OPTIONS: [&str; 4] = ["--rounds N", "--sends N", "--all-cpus", "--quick"];

/// What was asked for.
pub(crate) struct Plan {
    pub(crate) faces: Vec<&'static str>,
    pub(crate) rounds: usize,
    pub(crate) sends: usize,
    pub(crate) all_cpus: bool,
}

impl Plan {
    /// So many rounds and sends, of all faces, unless the command's arguments say otherwise.
    pub(crate) fn read(
        rounds: usize,
        sends: usize,
        faces: &[&'static str],
        arguments: &[&str],
    ) -> Result<Self> {
        let mut plan = Self { faces: Vec::new(), rounds, sends, all_cpus: false };
        let mut left = arguments.iter();
        while let Some(argument) = left.next() {
            match *argument {
                "--quick" => (plan.rounds, plan.sends) = (plan.rounds.min(3), plan.sends / 4),
                "--all-cpus" => plan.all_cpus = true,
                "--rounds" => plan.rounds = number("--rounds", left.next())?,
                "--sends" => plan.sends = number("--sends", left.next())?,
                name => match faces.iter().find(|face| **face == name) {
                    Some(face) => plan.faces.push(face),
                    None => {
                        return Err(format!(
                            "bench takes {}; not {name}",
                            faces.iter().chain(&OPTIONS).copied().collect::<Vec<_>>().join(", ")
                        ));
                    }
                },
            }
        }
        Ok(plan)
    }

    /// The server, and from now on one processor for it and everybody, if that is wanted.
    pub(crate) fn server(&self, workspace: &Workspace) -> Result<Server> {
        let server = server_program(workspace)?;
        if !self.all_cpus {
            share_one_cpu()?;
        }
        Server::start(&server, 0)
    }

    /// Holds contest after contest, and prints each when it is over.
    pub(crate) fn hold_all<'a>(
        &self,
        workspace: &Workspace,
        server: &mut Server,
        contests: impl Iterator<Item = &'a Contest>,
    ) -> Result<Vec<report::Result<'a>>> {
        report::print_head();
        contests
            .map(|contest| {
                let result = self.hold(workspace, server, contest)?;
                report::print(&result);
                Ok(result)
            })
            .collect()
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
    if face.starts_with("node") { 20_000 } else { sends / 5 + 128 }
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
