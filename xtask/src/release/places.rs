//! Where the version stands: everything has one, and what isn't generated from the
//! workspace's when it is built has it written down.

use std::ops::Range;
use std::path::Path;

use super::version::Version;
use crate::Result;
use crate::files::read;
use crate::result::every;

/// The workspace's own, which all others have to be.
const WORKSPACE: Place = between("Cargo.toml", "[workspace.package]\nversion = \"", "\"");

const HEADER: &str = "bindings-c/include/partner_messaging.h";

const PLACES: [Place; 20] = [
    WORKSPACE,
    between("Cargo.toml", "path = \"core\", version = \"", "\""),
    between("Cargo.toml", "path = \"cli\", version = \"", "\""),
    between("Cargo.toml", "path = \"journal\", version = \"", "\""),
    between("Cargo.toml", "path = \"sandbox\", version = \"", "\""),
    Place { file: "Cargo.lock", kind: Kind::Members },
    between("tests/fuzz/Cargo.lock", "name = \"partner-messaging\"\nversion = \"", "\""),
    between("bindings-node/package.json", "\"version\": \"", "\""),
    between(
        "bindings-node/package-lock.json",
        "{\n  \"name\": \"partner-messaging\",\n  \"version\": \"",
        "\"",
    ),
    between(
        "bindings-node/package-lock.json",
        "      \"name\": \"partner-messaging\",\n      \"version\": \"",
        "\"",
    ),
    // Written by the addon's build.
    between("bindings-node/native.cjs", "bindingPackageVersion !== '", "'"),
    between("bindings-node/native.cjs", "version mismatch, expected ", " but got"),
    // Written by `cargo xtask header`.
    between(HEADER, "#define PM_VERSION \"", "\""),
    number("#define PM_VERSION_MAJOR ", |version| version.major.to_string()),
    number("#define PM_VERSION_MINOR ", |version| version.minor.to_string()),
    number("#define PM_VERSION_PATCH ", |version| version.patch.to_string()),
    between("bindings-c/README.md", "tar xzf partner-messaging-c-", "-x86_64-unknown-linux-gnu"),
    between("bindings-c/README.md", "$PWD/partner-messaging-c-", "-x86_64-unknown-linux-gnu"),
    // Written by the command line's test of its man pages.
    between("cli/man/partner-messaging.1", ".TH PARTNER-MESSAGING 1  \"partner-messaging ", "\""),
    between("cli/man/partner-messaging.1", ".SH VERSION\nv", "\n"),
];

struct Place {
    file: &'static str,
    kind: Kind,
}

enum Kind {
    /// It stands between these, and is made of the version so.
    Between { before: &'static str, after: &'static str, written: fn(Version) -> String },
    /// Every package of a Cargo.lock that comes from no registry.
    Members,
}

const fn between(file: &'static str, before: &'static str, after: &'static str) -> Place {
    Place { file, kind: Kind::Between { before, after, written: |version| version.to_string() } }
}

/// One of its numbers, as a macro of the C header.
const fn number(before: &'static str, written: fn(Version) -> String) -> Place {
    Place { file: HEADER, kind: Kind::Between { before, after: "\n", written } }
}

impl Place {
    /// Where it stands in the file's text.
    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        match self.kind {
            Kind::Between { before, after, .. } => ranges_between(text, before, after),
            Kind::Members => member_ranges(text),
        }
    }

    fn written(&self, version: Version) -> String {
        match self.kind {
            Kind::Between { written, .. } => written(version),
            Kind::Members => version.to_string(),
        }
    }
}

fn ranges_between(text: &str, before: &str, after: &str) -> Vec<Range<usize>> {
    let ends = text.match_indices(before).map(|(at, _)| at + before.len());
    ends.filter_map(|start| Some(start..start + text[start..].find(after)?)).collect()
}

fn member_ranges(lock: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for package in lock.split_inclusive("\n\n") {
        if package.starts_with("[[package]]") && !package.contains("\nsource = ") {
            let ranges = ranges_between(package, "\nversion = \"", "\"");
            found.extend(ranges.into_iter().map(|range| start + range.start..start + range.end));
        }
        start += package.len();
    }
    found
}

/// The version that the workspace has.
pub(super) fn current(root: &Path) -> Result<Version> {
    let text = read(&root.join(WORKSPACE.file))?;
    match WORKSPACE.ranges(&text).as_slice() {
        [range] => Version::parse(&text[range.clone()]),
        _ => Err(format!("{} names no version of the workspace", WORKSPACE.file)),
    }
}

/// Checks that everything has the workspace's version.
pub(crate) fn check(root: &Path) -> Result<()> {
    let version = current(root)?;
    every(PLACES.iter().map(|place| {
        let text = read(&root.join(place.file))?;
        let (ranges, expected) = (place.ranges(&text), place.written(version));
        if ranges.is_empty() {
            return Err(format!("{}: the version is not where it should be", place.file));
        }
        match ranges.into_iter().find(|range| text[range.clone()] != expected) {
            Some(range) => Err(format!("{}: {} should be {expected}", place.file, &text[range])),
            None => Ok(()),
        }
    }))
}

/// The files that name the version, each once.
pub(super) fn files() -> Vec<&'static str> {
    let mut files: Vec<&str> = PLACES.iter().map(|place| place.file).collect();
    files.dedup();
    files
}

/// The text of a file with another version in its places.
pub(super) fn moved(file: &str, text: &str, version: Version) -> Result<String> {
    let mut moved = text.to_owned();
    for place in PLACES.iter().filter(|place| place.file == file) {
        // From the end, so that the places before it stay where they are.
        for range in place.ranges(&moved).into_iter().rev() {
            moved.replace_range(range, &place.written(version));
        }
    }
    if moved == text { Err(format!("{file}: nothing changed")) } else { Ok(moved) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: Version = Version { major: 12, minor: 3, patch: 4 };

    #[test]
    fn in_a_lock_file_our_own_packages_move() {
        let lock = "version = 4\n\n[[package]]\nname = \"bytes\"\nversion = \"0.1.0\"\nsource = \"registry\"\n\n\
                    [[package]]\nname = \"partner-messaging\"\nversion = \"0.1.0\"\ndependencies = [\n \"bytes\",\n]\n\n\
                    [[package]]\nname = \"xtask\"\nversion = \"0.1.0\"\n";
        let moved = moved("Cargo.lock", lock, VERSION).unwrap();
        assert_eq!(moved.matches("\"12.3.4\"").count(), 2, "{moved}");
        assert!(moved.contains("\"bytes\"\nversion = \"0.1.0\"\nsource"), "{moved}");
    }

    #[test]
    fn the_header_has_the_version_and_its_numbers() {
        let header = "#define PM_VERSION \"0.1.0\"\n#define PM_VERSION_MAJOR 0\n#define PM_VERSION_MINOR 1\n\
                      #define PM_VERSION_PATCH 0\n";
        let expected = "#define PM_VERSION \"12.3.4\"\n#define PM_VERSION_MAJOR 12\n#define PM_VERSION_MINOR 3\n\
                        #define PM_VERSION_PATCH 4\n";
        assert_eq!(moved(HEADER, header, VERSION).unwrap(), expected);
    }

    #[test]
    fn a_file_that_names_no_version_is_told() {
        assert!(moved("bindings-node/package.json", "{}", VERSION).is_err());
    }
}
