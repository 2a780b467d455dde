//! Where things are, and what every build has in common.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process::{output, program, run, with_network};

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Where everything is built: always the checkout's own folder, so that no other
    /// checkout and no setting of a shell has a part in it.
    pub(crate) target: PathBuf,
    /// The target triple of what is built: this machine's, where nothing else is said. Every
    /// build names it, because the addon's build does, and what two builds share is only built
    /// once if they agree.
    pub(crate) triple: String,
    /// This machine's.
    pub(crate) host: String,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().ok_or("the workspace has no folder")?.to_path_buf();
        let version = output(program("rustc").arg("-vV"))?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.ok_or("rustc does not tell its host")?.to_owned();
        Ok(Self { target: root.join("target"), root, triple: host.clone(), host })
    }

    /// The same, building for another system; `toolchain::for_target` sees to what that takes.
    pub(crate) fn for_target(&self, triple: &str) -> Self {
        let (root, target, host) = (self.root.clone(), self.target.clone(), self.host.clone());
        Self { root, target, triple: triple.to_owned(), host }
    }

    /// Whether what is built is for another system than this machine's.
    pub(crate) fn is_cross(&self) -> bool {
        self.triple != self.host
    }

    /// Fetches every crate of the lock file, for every system, because the tools that build
    /// wheel and addon ask for all; no build after this needs the network, nor
    /// gets it.
    pub(crate) fn fetch(&self) -> Result<()> {
        let mut cargo = program("cargo");
        cargo.current_dir(&self.root).args(["fetch", "--locked", "--quiet"]);
        run(with_network(&mut cargo))
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
    pub(crate) fn command(&self, name: impl AsRef<OsStr>) -> Command {
        let mut command = program(name);
        command
            .current_dir(&self.root)
            .env("CARGO_BUILD_TARGET", &self.triple)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_NET_OFFLINE", "true");
        command
    }

    /// Where something is put together of what was built: apart for each system.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let of_system =
            if self.is_cross() { self.target.join("cross").join(&self.triple) } else { self.target.clone() };
        of_system.join(name)
    }

    /// Where cargo puts what it builds in `profile` (`debug` or `release`).
    pub(crate) fn built(&self, profile: &str) -> PathBuf {
        self.target.join(&self.triple).join(profile)
    }
}
