//! How a send's cost grows: with calls in flight, with threads, with content;
//! and how much one process sends to a service that takes its time.

use serde_json::{Value, json};

use super::chart::{self, Line};
use super::programs::{self, CHARACTERS, Job, bench_folder};
use super::report::median;
use super::server::{Run, Server, server_program};
use crate::Result;
use crate::files::write;
use crate::workspace::Workspace;

const ROUNDS: usize = 3;

/// What the server of the last table takes for each answer.
const DELAY_MS: u32 = 50;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    for face in ["rust", "python", "node"] {
        programs::prepare(workspace, face)?;
    }
    let mut bench = Bench { workspace, server: Server::start(&server_program(workspace)?, 0)? };
    let in_flight = bench.series(
        "calls in flight",
        &[1, 4, 16, 64, 256, 1000],
        &[("rust", "async"), ("rust", "reqwest"), ("python", "ours-async"), ("node", "ours")],
        |calls| (calls, CHARACTERS),
    )?;
    let threads = bench
        .series("threads", &[1, 2, 4, 8, 16], &[("rust", "blocking")], |threads| (threads, CHARACTERS))?;
    let content = bench.series(
        "characters",
        &[100, 1000, 10_000, 100_000],
        &[("rust", "blocking"), ("rust", "reqwest"), ("python", "ours")],
        |characters| (1, characters),
    )?;
    let slow = slow_service(workspace)?;
    let all = json!({ "in_flight": in_flight, "threads": threads, "content": content, "slow_service": slow });
    let file = bench_folder(workspace).join("growth.json");
    write(&file, &format!("{all:#}\n"))?;
    println!("\n{}", file.display());
    Ok(())
}

struct Bench<'a> {
    workspace: &'a Workspace,
    server: Server,
}

impl Bench<'_> {
    /// A table and a chart of what `programs` take as `what` grows; `shape` makes
    /// calls in flight and characters of it.
    fn series(
        &mut self,
        what: &str,
        values: &[usize],
        programs: &[(&str, &str)],
        shape: impl Fn(usize) -> (usize, usize),
    ) -> Result<Value> {
        println!(
            "\n{what:<16} {:<18} {:>9} {:>10} {:>9} {:>22}",
            "", "CPU µs", "wall µs", "peak MB", "kB per call in flight"
        );
        let mut lines = Vec::new();
        let mut rows = Vec::new();
        for (face, who) in programs {
            let name = format!("{face} {who}");
            let mut points = Vec::new();
            let mut alone = None;
            for value in values {
                let (in_flight, characters) = shape(*value);
                let runs = self.runs(face, who, in_flight, characters)?;
                let (cpu, wall) =
                    (median(&runs, Run::cpu_per_send), median(&runs, |run| run.wall_us / run.sends));
                let peak = median(&runs, |run| run.peak_kb);
                let each = (peak - *alone.get_or_insert(peak)) / in_flight as f64;
                println!(
                    "{value:<16} {name:<18} {cpu:>9.1} {wall:>10.1} {:>9.1} {each:>22.1}",
                    peak / 1000.0
                );
                points.push((*value as f64, cpu));
                rows.push(json!({
                    "program": name, what: value, "cpu_us": cpu, "wall_us": wall, "peak_kb": peak,
                    "kb_per_call_in_flight": each,
                }));
            }
            lines.push(Line { name, points });
        }
        let chart = chart::svg("CPU time of a send", what, "µs", &lines);
        let file = format!("growth-{}.svg", what.replace(' ', "-"));
        write(&bench_folder(self.workspace).join(file), &chart)?;
        Ok(Value::Array(rows))
    }

    fn runs(&mut self, face: &str, who: &str, in_flight: usize, characters: usize) -> Result<Vec<Run>> {
        let (url, ca) = self.server.place(false);
        let sends = (4 * in_flight).max(2000);
        let warm_up = if face == "node" { 20_000 } else { sends };
        let job = Job { url, ca, warm_up, sends, in_flight, characters };
        (0..ROUNDS).map(|_| Run::of(&mut programs::command(self.workspace, face, who, &job))).collect()
    }
}

/// Sends a second from one process, and its connections, where each answer takes 50 ms.
fn slow_service(workspace: &Workspace) -> Result<Value> {
    let mut server = Server::start(&server_program(workspace)?, DELAY_MS)?;
    println!("\nanswers after {DELAY_MS} ms: sends a second, on so many connections, CPU µs, peak MB");
    let mut rows = Vec::new();
    for (face, who) in [("rust", "async"), ("rust", "reqwest"), ("python", "ours-async"), ("node", "ours")] {
        for http2 in [false, true] {
            for in_flight in [1usize, 64, 500] {
                let (url, ca) = server.place(http2);
                let sends = in_flight * 20;
                let job = Job { url, ca, warm_up: in_flight, sends, in_flight, characters: CHARACTERS };
                let run = Run::of(&mut programs::command(workspace, face, who, &job))?;
                let counts = server.counts()?;
                let wire = if http2 { "HTTP/2 over TLS" } else { "HTTP/1.1" };
                println!(
                    "  {face:<6} {who:<10} {wire:<15} {in_flight:>5} in flight {:>8.0}/s {:>5} opened, {:>4} at once {:>8.1} {:>7.1}",
                    run.sends_per_second(),
                    counts["connections"],
                    counts["most_open"],
                    run.cpu_per_send(),
                    run.peak_kb / 1000.0
                );
                rows.push(json!({
                    "face": face, "who": who, "wire": wire, "in_flight": in_flight,
                    "sends_per_second": run.sends_per_second(), "connections": counts["connections"],
                    "most_open": counts["most_open"], "cpu_us": run.cpu_per_send(), "peak_kb": run.peak_kb,
                }));
            }
        }
    }
    Ok(Value::Array(rows))
}
