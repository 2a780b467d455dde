//! What is loaded into a program before libc, and what it is told: see `shim/shim.c`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What happens at the chosen event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The program is killed after the event.
    Kill,
    /// Half of a write is done, then it is killed.
    Torn,
    /// It is stopped after the event, as by a debugger or a laptop's lid.
    Stop,
    /// The call fails with an error of the device.
    Eio,
    /// The call fails for want of room.
    Enospc,
    /// Nothing but what is said besides.
    None,
}

/// A moment in a program's life, and what happens then.
#[derive(Clone, Debug, Default)]
pub struct Shim {
    variables: Vec<(&'static str, String)>,
}

impl Shim {
    /// Does `action` at the event of this number that counts.
    #[must_use]
    pub fn at(self, number: u64, action: Action) -> Self {
        let action = match action {
            Action::Kill => "kill",
            Action::Torn => "torn",
            Action::Stop => "stop",
            Action::Eio => "eio",
            Action::Enospc => "enospc",
            Action::None => "none",
        };
        self.with("CRASH_AT", number.to_string()).with("CRASH_ACTION", action.to_owned())
    }

    /// Counts only events of this kind, of files whose name ends so.
    #[must_use]
    pub fn only(self, kind: &str, suffix: &str) -> Self {
        self.with("CRASH_KIND", kind.to_owned()).with("CRASH_SUFFIX", suffix.to_owned())
    }

    /// Lets so many events fail; 0: all from the first one on.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        self.with("CRASH_TIMES", times.to_string())
    }

    /// Sets the wall clock by so many seconds at the event; from the start on if there is none.
    #[must_use]
    pub fn set_clock(self, seconds: i64) -> Self {
        self.with("CRASH_STEP", seconds.to_string())
    }

    /// Writes the events that count to a file, one a line.
    #[must_use]
    pub fn log(self, path: &Path) -> Self {
        self.with("CRASH_LOG", path.to_str().unwrap().to_owned())
    }

    /// Keeps what is synced in a folder.
    #[must_use]
    pub fn shadow(self, folder: &Path) -> Self {
        self.with("CRASH_SHADOW", folder.to_str().unwrap().to_owned())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Loads it into a program whose journal is in this folder, if it is in one.
    pub(crate) fn load(&self, command: &mut Command, folder: Option<&Path>) {
        command.env("LD_PRELOAD", library());
        command
            .envs(folder.and_then(|folder| folder.canonicalize().ok()).map(|folder| ("CRASH_DIR", folder)));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}

/// The library, compiled once in this process.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("partner-messaging-crash-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let library = folder.join("shim.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/shim/shim.c");
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let compiled = Command::new(&compiler)
            .args(["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(source)
            .status();
        assert!(compiled.is_ok_and(|status| status.success()), "{compiler} can't compile {source}");
        library
    })
}
