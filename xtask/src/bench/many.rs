//! Campaigns: what a message of many takes, against what its user would write instead, and
//! whether memory stays flat.

use serde_json::{Value, json};

use super::chart::{self, Line};
use super::compare::Plan;
use super::contests::{Contest, NODE_MANY as NODE, PYTHON_MANY as PYTHON, entry, peer};
use super::programs::{self, CHARACTERS, Job, bench_folder};
use super::report;
use super::server::{Run, Server};
use crate::Result;
use crate::files::write;
use crate::services::redis::Redis;
use crate::workspace::Workspace;

const CONTESTS: [Contest; 6] = [
    Contest {
        face: PYTHON,
        in_flight: 64,
        http2: false,
        ours: entry("Client.send_many", "ours"),
        peers: &[peer("aiohttp, a semaphore", "aiohttp"), peer("Celery, requests", "celery").slow()],
    },
    Contest {
        face: PYTHON,
        in_flight: 500,
        http2: false,
        ours: entry("Client.send_many", "ours"),
        peers: &[peer("aiohttp, a semaphore", "aiohttp")],
    },
    Contest {
        face: PYTHON,
        in_flight: 64,
        http2: false,
        ours: entry("send_many, keys", "ours-journal"),
        peers: &[peer("aiohttp, sqlite3 rows", "aiohttp-journal"), peer("send_many, no keys", "ours")],
    },
    Contest {
        face: PYTHON,
        in_flight: 500,
        http2: false,
        ours: entry("send_many, keys", "ours-journal"),
        peers: &[peer("aiohttp, sqlite3 rows", "aiohttp-journal"), peer("send_many, no keys", "ours")],
    },
    Contest {
        face: NODE,
        in_flight: 64,
        http2: false,
        ours: entry("client.sendMany", "ours"),
        peers: &[peer("undici, p-limit", "undici"), peer("sendMany, keys", "ours-journal")],
    },
    Contest {
        face: NODE,
        in_flight: 500,
        http2: false,
        ours: entry("client.sendMany", "ours"),
        peers: &[peer("undici, p-limit", "undici"), peer("sendMany, keys", "ours-journal")],
    },
];

/// How many messages the table of memory goes up to.
const LENGTHS: [usize; 3] = [10_000, 100_000, 1_000_000];

pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let plan = Plan::read(3, 100_000, &[], arguments)?;
    programs::prepare(workspace, "python")?;
    programs::prepare(workspace, "node")?;
    let _redis = Redis::start()?;
    let mut server = plan.server(workspace)?;
    let results = plan.hold_all(workspace, &mut server, CONTESTS.iter())?;
    let memory = memory(workspace, &server, plan.sends)?;
    let file = bench_folder(workspace).join("many.json");
    write(&file, &format!("{:#}\n", json!({ "contests": report::json(&results), "memory": memory })))?;
    println!("\n{}", file.display());
    Ok(())
}

/// The peak of memory by the number of messages: a campaign's must not grow with it.
fn memory(workspace: &Workspace, server: &Server, sends: usize) -> Result<Value> {
    println!("\npeak MB, 64 in flight, by messages");
    let mut lines = Vec::new();
    let mut rows = Vec::new();
    for (face, who) in [(PYTHON, "ours"), (PYTHON, "ours-journal"), (NODE, "ours")] {
        let mut points = Vec::new();
        for length in LENGTHS.map(|length| length * sends / LENGTHS[1]) {
            let (url, ca) = server.place(false);
            let job = Job { url, ca, warm_up: 64, sends: length, in_flight: 64, characters: CHARACTERS };
            let run = Run::of(&mut programs::command(workspace, face, who, &job))?;
            println!("  {face:<12} {who:<14} {length:>9} {:>8.1}", run.peak_kb / 1000.0);
            points.push((length as f64, run.peak_kb / 1000.0));
            rows.push(json!({ "face": face, "who": who, "messages": length, "peak_kb": run.peak_kb }));
        }
        lines.push(Line { name: format!("{face} {who}"), points });
    }
    let chart = chart::svg("Peak memory of a campaign", "messages", "MB", &lines);
    write(&bench_folder(workspace).join("growth-campaign.svg"), &chart)?;
    Ok(Value::Array(rows))
}
