//! A program that sends, and one run of it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::shim::Shim;

/// A program of `drivers/`, or the one in Rust.
#[derive(Clone, Debug)]
pub struct Driver {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(String, OsString)>,
}

/// What a driver has to send.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// The first number.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// How many at a time.
    pub in_flight: u64,
    /// The deadline of each.
    pub timeout: Duration,
}

impl Driver {
    /// The one in Rust.
    #[must_use]
    pub fn rust(worker: &Path) -> Self {
        Self { program: worker.to_owned(), arguments: Vec::new(), variables: Vec::new() }
    }

    /// The one in Python, by an interpreter that has the package.
    #[must_use]
    pub fn python(interpreter: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/drivers/send.py");
        // Its own SQLite, which reads all the time, meets each file that is cut under it.
        let variables = vec![("CRASH_PAUSE".to_owned(), "2000".into())];
        Self { arguments: vec![script.into()], variables, ..Self::rust(interpreter) }
    }

    /// The one in Node; `package` is the folder of the package.
    #[must_use]
    pub fn node(node: &Path, package: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/drivers/send.mjs");
        let variables = vec![("CRASH_PACKAGE".to_owned(), package.into())];
        Self { arguments: vec![script.into()], variables, ..Self::rust(node) }
    }

    /// The same, started by another program: its arguments come first.
    #[must_use]
    pub fn through(mut self, program: &Path, arguments: &[&str]) -> Self {
        let own = std::mem::replace(&mut self.program, program.to_owned());
        let before = arguments.iter().map(OsString::from).chain([own.into_os_string()]);
        self.arguments.splice(0..0, before);
        self
    }

    /// Starts it. `journal` is a path or a URL.
    #[must_use]
    pub fn start(&self, url: &str, journal: &Path, work: Work, shim: &Shim) -> Run {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(url).arg(journal);
        for number in [work.first, work.count, work.in_flight] {
            command.arg(number.to_string());
        }
        command.arg(work.timeout.as_millis().to_string());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        shim.load(&mut command, journal.parent());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = |stream: Box<dyn std::io::Read + Send>| {
            std::thread::spawn(move || BufReader::new(stream).lines().map_while(Result::ok).collect())
        };
        let told = lines(Box::new(child.stdout.take().unwrap()));
        let errors = lines(Box::new(child.stderr.take().unwrap()));
        Run { child, told: Some(told), errors: Some(errors) }
    }
}

/// One run of a driver. It is killed when this is dropped.
pub struct Run {
    child: Child,
    told: Option<JoinHandle<Vec<String>>>,
    errors: Option<JoinHandle<Vec<String>>>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether it was killed.
    pub killed: bool,
    /// The number of each message that it was told something of, and what.
    pub told: Vec<(u64, String)>,
    /// What it had to say besides.
    pub errors: Vec<String>,
}

impl Run {
    /// Kills it with no warning.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until it was stopped; `false` if it ended before.
    #[must_use]
    pub fn wait_until_stopped(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(120) {
            let status =
                std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
            match status.rsplit(')').next().and_then(|rest| rest.trim_start().chars().next()) {
                Some('T') => return true,
                Some('Z') | None => return false,
                _ => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        panic!("it neither stopped nor ended");
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        let status = Command::new("kill").arg("-CONT").arg(self.child.id().to_string()).status();
        assert!(status.unwrap().success());
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it hangs.
    #[must_use]
    pub fn wait(mut self) -> Ended {
        let begun = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if begun.elapsed() > Duration::from_secs(900) => {
                    self.kill();
                    panic!("it hangs; it was told {:?}", self.told.take().unwrap().join().unwrap());
                }
                None => std::thread::sleep(Duration::from_micros(500)),
            }
        };
        let lines = self.told.take().unwrap().join().unwrap();
        let errors = self.errors.take().unwrap().join().unwrap();
        let told = lines.iter().filter_map(|line| {
            let (number, said) = line.split_once(' ')?;
            Some((number.parse().ok()?, said.to_owned()))
        });
        let told: Vec<_> = told.collect();
        let refused = lines.into_iter().filter(|line| line.starts_with("refused"));
        let killed = std::os::unix::process::ExitStatusExt::signal(&status) == Some(9);
        assert!(killed || status.success(), "{status}: {errors:?}");
        Ended { killed, told, errors: errors.into_iter().chain(refused).collect() }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}
