//! The table, and the same as JSON.

use serde_json::{Value, json};

use super::contests::Contest;
use super::server::Run;

/// A contest's runs: of ours, and of each peer, one for each round.
pub(crate) struct Result<'a> {
    pub(crate) contest: &'a Contest,
    pub(crate) ours: Vec<Run>,
    pub(crate) peers: Vec<Vec<Run>>,
}

/// Ours divided by the peer's, each in the same round.
struct Ratio {
    median: f64,
    least: f64,
    most: f64,
}

impl Ratio {
    fn of(ours: &[Run], peer: &[Run]) -> Self {
        let pairs = ours.iter().zip(peer);
        let ratios = sorted(pairs.map(|(ours, peer)| ours.cpu_per_send() / peer.cpu_per_send()));
        Self { median: middle(&ratios), least: ratios[0], most: ratios[ratios.len() - 1] }
    }
}

pub(crate) fn print_head() {
    println!(
        "{:<26} {:>9}  {:<22} {:<16} {:>8} {:>9} {:>8}",
        "", "CPU µs", "ours / peer", "target", "wall µs", "sends/s", "peak MB"
    );
}

/// One contest's rows, as soon as it is over: a long run that fails has said what it measured.
pub(crate) fn print(result: &Result) {
    let contest = result.contest;
    println!("{}, {}", contest.face, circumstances(contest));
    row(contest.ours.name, &result.ours, String::new(), String::new());
    for (peer, runs) in contest.peers.iter().zip(&result.peers) {
        let ratio = Ratio::of(&result.ours, runs);
        let shown = format!("{:.3} ({:.3}–{:.3})", ratio.median, ratio.least, ratio.most);
        let target = peer
            .target
            .map(|target| format!("≤ {target:.3} {}", if ratio.median <= target { "met" } else { "MISSED" }));
        row(peer.entry.name, runs, shown, target.unwrap_or_default());
    }
}

fn circumstances(contest: &Contest) -> String {
    let wire = if contest.http2 { "HTTP/2 over TLS" } else { "HTTP/1.1" };
    format!("{} in flight, {wire}", contest.in_flight)
}

fn row(name: &str, runs: &[Run], ratio: String, target: String) {
    println!(
        "  {name:<24} {:>9.1}  {ratio:<22} {target:<16} {:>8.1} {:>9.0} {:>8.1}",
        median(runs, Run::cpu_per_send),
        median(runs, |run| run.wall_us / run.sends),
        median(runs, Run::sends_per_second),
        median(runs, |run| run.peak_kb / 1000.0),
    );
}

pub(crate) fn json(results: &[Result]) -> Value {
    let contest = |result: &Result| {
        let peers = result.contest.peers.iter().zip(&result.peers).map(|(peer, runs)| {
            let ratio = Ratio::of(&result.ours, runs);
            json!({
                "name": peer.entry.name,
                "runs": runs_json(runs),
                "ratio": { "median": ratio.median, "least": ratio.least, "most": ratio.most },
                "target": peer.target,
                "met": peer.target.map(|target| ratio.median <= target),
            })
        });
        json!({
            "face": result.contest.face,
            "in_flight": result.contest.in_flight,
            "http2": result.contest.http2,
            "ours": { "name": result.contest.ours.name, "runs": runs_json(&result.ours) },
            "peers": peers.collect::<Vec<_>>(),
        })
    };
    Value::Array(results.iter().map(contest).collect())
}

fn runs_json(runs: &[Run]) -> Value {
    let run = |run: &Run| {
        json!({
            "sends": run.sends,
            "cpu_us_per_send": run.cpu_per_send(),
            "wall_us_per_send": run.wall_us / run.sends,
            "rest_kb": run.rest_kb,
            "peak_kb": run.peak_kb,
        })
    };
    Value::Array(runs.iter().map(run).collect())
}

pub(crate) fn median(runs: &[Run], what: impl Fn(&Run) -> f64) -> f64 {
    middle(&sorted(runs.iter().map(what)))
}

pub(crate) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The median of sorted values; NaN of none.
pub(crate) fn middle(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(cpu: [f64; 3]) -> Vec<Run> {
        cpu.map(|cpu_us| Run { sends: 10.0, cpu_us, wall_us: 1.0, rest_kb: 1.0, peak_kb: 1.0 }).to_vec()
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        // A slow round slows both: the medians' ratio would be 1.
        let ratio = Ratio::of(&runs([10.0, 40.0, 20.0]), &runs([20.0, 80.0, 10.0]));
        assert_eq!((ratio.least, ratio.median, ratio.most), (0.5, 0.5, 2.0));
    }

    #[test]
    fn the_middle_of_an_even_number_is_between() {
        assert_eq!(middle(&[1.0, 2.0, 4.0, 9.0]), 3.0);
        assert!(middle(&[]).is_nan());
    }
}
