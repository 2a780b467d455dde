//! Debian's packages in a folder: of another architecture or release than this machine's, and
//! without a change of what the machine has installed.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::files::{files_ending, make_folder, only_file, write};
use crate::machine::debian_package;
use crate::process::{output, program, run, with_network};

/// Whose signatures of Debian count.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// One that has another state than the machine's package manager.
pub(super) struct Debian {
    place: PathBuf,
    options: Vec<String>,
}

impl Debian {
    /// Of the machine's sources, for another architecture.
    pub(super) fn of_architecture(place: &Path, architecture: &str) -> Result<Self> {
        Self::new(
            place,
            &[format!("APT::Architecture={architecture}"), format!("APT::Architectures={architecture}")],
        )
    }

    /// Of a release that the machine's sources may not have, from where they have theirs; with
    /// sources of programs.
    pub(super) fn of_release(place: &Path, release: &str) -> Result<Self> {
        let known = output(apt_get(&[]).args([
            "indextargets",
            "--format=$(REPO_URI)",
            "Created-By: Packages",
            "Origin: Debian",
            "Label: Debian",
        ]))?;
        let archive = known.lines().next().ok_or("apt knows no archive of Debian")?;
        make_folder(place)?;
        let list = place.join("sources.list");
        let source = |kind| format!("{kind} [signed-by={KEYS}] {archive} {release} main\n");
        write(&list, &(source("deb") + &source("deb-src")))?;
        Self::new(
            place,
            &[
                format!("Dir::Etc::SourceList={}", list.display()),
                "Dir::Etc::SourceParts=/dev/null".to_owned(),
            ],
        )
    }

    fn new(place: &Path, options: &[String]) -> Result<Self> {
        debian_package("apt-get", "apt")?;
        let folder = |name: &str| place.join(name).display().to_string();
        for name in ["state/lists/partial", "cache/archives/partial"] {
            make_folder(&place.join(name))?;
        }
        // Nothing is installed there.
        write(&place.join("status"), "")?;
        let mut all = vec![
            format!("Dir::State={}", folder("state")),
            format!("Dir::State::status={}", folder("status")),
            format!("Dir::Cache={}", folder("cache")),
            // It gives its rights up for downloads, and then can't write here.
            "APT::Sandbox::User=root".to_owned(),
        ];
        all.extend_from_slice(options);
        let debian = Self { place: place.to_owned(), options: all };
        run(with_network(debian.apt().args(["update", "--quiet=2"])))?;
        Ok(debian)
    }

    fn apt(&self) -> Command {
        let options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        apt_get(&options)
    }

    /// Unpacks packages with all that they need into `root`.
    pub(super) fn unpack(&self, packages: &[&str], root: &Path) -> Result<()> {
        let mut install = self.apt();
        install.args(["install", "--quiet=2", "--yes", "--no-install-recommends", "--download-only"]);
        run(with_network(install.args(packages)))?;
        make_folder(root)?;
        for package in files_ending(&self.place.join("cache/archives"), ".deb")? {
            run(program("dpkg-deb").arg("--extract").args([&package, root]))?;
        }
        // From some release on its packages have it all in there, and this is in no package.
        let lib = root.join("lib");
        match lib.exists() {
            true => Ok(()),
            false => symlink("usr/lib", &lib).map_err(|error| format!("{}: {error}", lib.display())),
        }
    }

    /// Unpacks a program's source, as its authors gave it out.
    pub(super) fn source(&self, package: &str, folder: &Path) -> Result<()> {
        let cache = self.place.join("cache");
        let mut source = self.apt();
        source.current_dir(&cache).args(["source", "--quiet=2", "--download-only", package]);
        run(with_network(&mut source))?;
        make_folder(folder)?;
        let archive = only_file(&cache, ".orig.tar.xz")?;
        run(program("tar").args(["--strip-components=1", "-C"]).arg(folder).arg("-xf").arg(archive))
    }
}

fn apt_get(options: &[&str]) -> Command {
    let mut apt = program("apt-get");
    for option in options {
        apt.args(["-o", option]);
    }
    apt
}
