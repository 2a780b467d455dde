//! What each program of the benchmark measures of itself.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a program is to do, from its command line.
pub(crate) struct Job {
    pub(crate) url: String,
    /// Sends before those that are measured.
    pub(crate) warm_up: usize,
    pub(crate) sends: usize,
    pub(crate) in_flight: usize,
    pub(crate) content: String,
    pub(crate) ca: Option<String>,
}

impl Job {
    /// Who is to send, and what.
    pub(crate) fn from_arguments() -> Result<(String, Self), Failure> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [who, url, warm_up, sends, in_flight, characters] = arguments.as_slice() else {
            return Err("usage: <who> <base URL> <warm-up> <sends> <in flight> <characters>".into());
        };
        let job = Self {
            url: url.clone(),
            warm_up: warm_up.parse()?,
            sends: sends.parse()?,
            in_flight: in_flight.parse()?,
            content: "x".repeat(characters.parse()?),
            ca: std::env::var("BENCH_CA").ok(),
        };
        Ok((who.clone(), job))
    }

    pub(crate) fn send_url(&self) -> String {
        format!("{}/partner/message/send", self.url)
    }

    /// Warms up, makes the sends, and prints what they took.
    pub(crate) fn measure(&self, mut send: impl FnMut(usize) -> Result<(), Failure>) -> Result<(), Failure> {
        send(self.warm_up)?;
        let rest = memory("VmRSS:")?;
        let (cpu, wall) = (cpu(), Instant::now());
        send(self.sends)?;
        let (cpu, wall) = (self::cpu() - cpu, wall.elapsed());
        println!(
            r#"{{"sends":{},"cpu_us":{},"wall_us":{},"rest_kb":{rest},"peak_kb":{}}}"#,
            self.sends,
            cpu.as_micros(),
            wall.as_micros(),
            memory("VmHWM:")?
        );
        Ok(())
    }
}

/// The CPU time of all threads of this process, user and system.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// A line of the kernel's account of this process, in kB. (`ru_maxrss` would
/// remember the process that started this one.)
fn memory(line: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let value = status.lines().find_map(|found| found.strip_prefix(line));
    let kilobytes = value.and_then(|value| value.split_whitespace().next()).ok_or("no such line")?;
    Ok(kilobytes.parse()?)
}
