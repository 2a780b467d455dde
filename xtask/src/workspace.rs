//! Where things are, how programs are run, and which of them the machine must have.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) type Result<T> = std::result::Result<T, String>;

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Where everything is built.
    pub(crate) target: PathBuf,
    /// This machine's target triple. Every build names it, because the addon's
    /// build does, and what two builds share is only built once if they agree.
    pub(crate) triple: String,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().ok_or("the workspace has no folder")?.to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => root.join(target),
            None => root.join("target"),
        };
        let version = output(Command::new("rustc").arg("-vV"))?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let triple = host.ok_or("rustc does not tell its host")?.to_owned();
        Ok(Self { root, target, triple })
    }

    /// The version that everything has.
    pub(crate) fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// `cargo` with what every build here has in common.
    pub(crate) fn cargo(&self, command: &str) -> Command {
        let mut cargo = self.command("cargo");
        cargo.args([command, "--locked"]);
        cargo
    }

    /// A program run in the root, whose cargo builds (if it makes any) share ours.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("CARGO_BUILD_TARGET", &self.triple)
            .env("CARGO_TARGET_DIR", &self.target)
            // What cargo tells a program it runs is not for the cargos started from here.
            .env_remove("CARGO_MANIFEST_DIR");
        command
    }

    /// Where cargo puts what it builds in `profile` (`debug` or `release`).
    pub(crate) fn built(&self, profile: &str) -> PathBuf {
        self.target.join(&self.triple).join(profile)
    }
}

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", shown(command));
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", shown(command))) }
}

/// Runs a program to its end and gives its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| could_not_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", shown(command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{} did not write UTF-8", shown(command)))
}

fn could_not_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} can't be started: {error}", command.get_program().to_string_lossy())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Does `make` unless it was done before with the same `inputs`, files whose
/// contents decide; `stamp` remembers them.
pub(crate) fn once(stamp: &Path, inputs: &[PathBuf], make: impl FnOnce() -> Result<()>) -> Result<()> {
    let mut contents = String::new();
    for input in inputs {
        contents
            .push_str(&fs::read_to_string(input).map_err(|error| format!("{}: {error}", input.display()))?);
    }
    if fs::read_to_string(stamp).is_ok_and(|before| before == contents) {
        return Ok(());
    }
    make()?;
    write(stamp, &contents)
}

pub(crate) fn write(path: &Path, contents: &str) -> Result<()> {
    fs::write(path, contents).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn empty_folder(path: &Path) -> Result<()> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if path.exists() {
        fs::remove_dir_all(path).map_err(failed)?;
    }
    fs::create_dir_all(path).map_err(failed)
}

/// The first Python of the machine that is new enough.
pub(crate) fn machine_python() -> Result<String> {
    let new_enough = "import sys; sys.exit(sys.version_info < (3, 10))";
    let names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
    let found = names.into_iter().find(|name| succeeds(Command::new(name).args(["-c", new_enough])));
    found.map(str::to_owned).ok_or_else(|| {
        "Python 3.10 or later is missing; get it from your system's packages (Debian: apt install python3 python3-venv) \
         or from https://www.python.org/downloads/"
            .to_owned()
    })
}

/// Checks that Node and npm are there and new enough.
pub(crate) fn machine_node() -> Result<()> {
    let new_enough = "process.exit(Number(process.versions.node.split('.')[0]) < 20 ? 1 : 0)";
    if succeeds(Command::new("node").args(["-e", new_enough]))
        && succeeds(Command::new("npm").arg("--version"))
    {
        return Ok(());
    }
    Err("Node 20 or later with npm is missing; get it from your system's packages or from https://nodejs.org/".to_owned())
}

/// Checks that a C and a C++ compiler are there.
pub(crate) fn machine_compilers() -> Result<()> {
    if ["cc", "c++"].into_iter().all(|compiler| succeeds(Command::new(compiler).arg("--version"))) {
        return Ok(());
    }
    Err("a C or C++ compiler (cc, c++) is missing; get one from your system's packages (Debian: apt install gcc g++)"
        .to_owned())
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
