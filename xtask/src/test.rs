//! All tests, or those of some parts.

use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::Result;
use crate::bench::guard;
use crate::packages::{install, start};
use crate::python::{cluster, interpreters};
use crate::workspace::Workspace;
use crate::{c, command_line, inbox, lint, node, openapi, platforms, python, rust};

type Part = fn(&Workspace) -> Result<()>;

/// In the order they run: what fails soonest comes first, and `inbox`, which needs a program of
/// every language, after the parts that build them.
const PARTS: [(&str, Part); 10] = [
    ("lint", lint::test),
    ("rust", rust::test),
    ("openapi", openapi::test),
    ("c", c::test::test),
    ("guard", guard::check),
    ("node", node::test::test),
    ("install", install::test),
    ("cli", command_line::test),
    ("python", python::test::test),
    ("inbox", inbox::test),
];

/// Only when they are asked for by name: they fetch hundreds of megabytes, or take minutes.
const ON_DEMAND: [(&str, Part); 11] = [
    ("runtimes", node::test::runtimes),
    ("bullmq", node::test::bullmq),
    ("interpreters", interpreters::test),
    ("ray", cluster::test_ray),
    ("spark", cluster::test_spark),
    ("sdist", install::test_sdist),
    ("start", start::test),
    ("programs", install::programs),
    ("aarch64", platforms::sends::aarch64),
    ("musl", platforms::sends::musl),
    ("systems", platforms::systems::test),
];

pub(crate) fn run(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    let all = || PARTS.into_iter().chain(ON_DEMAND);
    if let Some(unknown) = wanted.iter().find(|name| all().all(|(part, _)| part != **name)) {
        let names: Vec<&str> = all().map(|(name, _)| name).collect();
        return Err(format!("no such part: {unknown}; there are {}", names.join(", ")));
    }
    let by_default = |name: &str| wanted.is_empty() && PARTS.iter().any(|(part, _)| *part == name);
    thread::scope(|scope| {
        let ahead = wanted.is_empty().then(|| scope.spawn(|| build_ahead(workspace)));
        run_parts(workspace, all().filter(|(name, _)| wanted.contains(name) || by_default(name)), ahead)
    })
}

/// Builds what users install, which links for minutes on one processor, while the tests of the
/// Rust crates wait for times to pass. The parts build the same, and find it done; what fails
/// here, fails there and is told by them.
fn build_ahead(workspace: &Workspace) {
    let _ = c::library::build(workspace);
    let _ = node::addon::build(workspace);
    let _ = python::wheel::wheel(workspace);
}

/// The first part that needs what is built ahead.
const NEEDS_BUILDS: &str = "c";

fn run_parts(
    workspace: &Workspace,
    parts: impl Iterator<Item = (&'static str, Part)>,
    mut ahead: Option<ScopedJoinHandle<()>>,
) -> Result<()> {
    let mut failures = Vec::new();
    let mut times = Vec::new();
    for (name, part) in parts {
        if name == NEEDS_BUILDS
            && let Some(builds) = ahead.take()
        {
            let _ = builds.join();
        }
        eprintln!("== {name}");
        let (began, used_before) = (Instant::now(), processor_time());
        // The others still have something to tell.
        if let Err(problem) = part(workspace) {
            eprintln!("xtask: {name}: {problem}");
            failures.push(name);
        }
        times.push((name, began.elapsed(), processor_time() - used_before));
    }
    eprint!("{}", table(&times));
    if failures.is_empty() { Ok(()) } else { Err(format!("failed: {}", failures.join(", "))) }
}

/// The processor time of all programs that have ended, with those that they started: it
/// tells what a part costs where a busy machine makes it take long.
fn processor_time() -> Duration {
    // In the system's ticks, a hundred a second; see proc(5).
    let ticks = std::fs::read_to_string("/proc/self/stat").ok().and_then(|line| {
        let fields = line.rsplit(')').next()?.split_whitespace().skip(13).take(2);
        fields.map(|field| field.parse::<u64>().ok()).sum()
    });
    Duration::from_millis(10 * ticks.unwrap_or(0))
}

/// What each part took, and all of them, in minutes and seconds.
fn table(times: &[(&str, Duration, Duration)]) -> String {
    let total = times.iter().fold(Default::default(), |(time, used), part| (time + part.1, used + part.2));
    let (time, used): (Duration, Duration) = total;
    let mut table = String::from("== time        passed  of processors\n");
    for (name, time, used) in times.iter().copied().chain([("total", time, used)]) {
        table.push_str(&format!("{name:<12} {:>9} {:>14}\n", minutes(time), minutes(used)));
    }
    table
}

fn minutes(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{output, program};

    #[test]
    fn the_table_ends_with_the_sum() {
        let seconds = Duration::from_secs;
        let times =
            [("lint", Duration::from_millis(59_600), seconds(61)), ("rust", seconds(3605), seconds(2))];
        let table = table(&times);
        let last = table.lines().last().unwrap();
        assert_eq!(last.split_whitespace().collect::<Vec<_>>(), ["total", "61:05", "1:03"], "{table}");
        assert!(table.contains("lint              1:00           1:01\n"), "{table}");
    }

    #[test]
    fn what_a_program_uses_is_counted_when_it_has_ended() {
        let before = processor_time();
        output(program("bash").args(["-c", "for ((i = 0; i < 200000; i++)); do :; done"])).unwrap();
        assert!(processor_time() > before);
    }
}
