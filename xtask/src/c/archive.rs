//! The archive of the C library: what a C or C++ user unpacks.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::files::files;
use crate::files::remove_folder;
use crate::packages::notices;
use crate::process::{program, run};
use crate::workspace::Workspace;

use super::link::{SHARED, SOVERSION, STATIC, debug_file};
use super::{program as command_line, reference};

/// What a program needs besides the static library, as `rustc --print native-static-libs`
/// tells it, without what every C compiler adds by itself: libc, and libgcc_s or, for a program
/// that is wholly static, libgcc_eh in its place.
const STATIC_LIBRARIES: [&str; 5] = ["util", "rt", "pthread", "m", "dl"];

/// What package managers need, with the version put in, and what the archive's name ends with after
/// the architecture: they have the C library of the archive that they come with.
const PACKAGING: [&str; 3] = ["vcpkg/partner-messaging", "conan", "conan/test_package"];

/// Writes `partner-messaging-c-<version>-<target triple>.tar.gz` into `out_dir`
/// and returns its path.
///
/// `target_dir` holds the shared and the static library of the release build.
pub(crate) fn build(workspace: &Workspace, target_dir: &Path, out_dir: &Path) -> Result<PathBuf, String> {
    let name = format!("partner-messaging-c-{}-{}", workspace.version(), workspace.triple);
    fs::create_dir_all(out_dir).map_err(|error| format!("{}: {error}", out_dir.display()))?;
    let staging = out_dir.join(".c-archive");
    remove_folder(&staging)?;
    fill(&staging.join(&name), workspace, target_dir)?;
    let archive = out_dir.join(format!("{name}.tar.gz"));
    pack(&staging, &name, &archive)?;
    remove_folder(&staging)?;
    Ok(archive)
}

/// Fills `place` with what the archive of these libraries unpacks to.
///
/// It goes by way of an archive, packed elsewhere: what is tested is what users get.
pub(crate) fn unpacked(workspace: &Workspace, target_dir: &Path, place: &Path) -> Result<(), String> {
    remove_folder(place)?;
    let archive = build(workspace, target_dir, &place.with_extension("packed"))?;
    fs::create_dir_all(place).map_err(|error| format!("{}: {error}", place.display()))?;
    run(program("tar").args(["--strip-components=1", "-C"]).arg(place).arg("-xf").arg(archive))
}

fn fill(top: &Path, workspace: &Workspace, target_dir: &Path) -> Result<(), String> {
    let (root, version) = (&workspace.root, workspace.version());
    let library = root.join("bindings-c");
    copy_files(&library.join("include"), &top.join("include"))?;
    copy_files(&library.join("include/partner_messaging"), &top.join("include/partner_messaging"))?;
    // All of them, with what builds them.
    copy_files(&library.join("examples"), &top.join("share/partner-messaging/examples"))?;

    let lib = top.join("lib");
    let real = format!("{SHARED}.{version}");
    copy(&target_dir.join(SHARED), &lib.join(&real))?;
    link(&real, &lib.join(format!("{SHARED}.{SOVERSION}")))?;
    link(&format!("{SHARED}.{SOVERSION}"), &lib.join(SHARED))?;
    copy(&target_dir.join(STATIC), &lib.join(STATIC))?;

    let templates = library.join("cmake");
    let cmake = lib.join("cmake/PartnerMessaging");
    for (template, written) in [
        ("partner-messaging.pc.in", lib.join("pkgconfig/partner-messaging.pc")),
        ("PartnerMessagingConfig.cmake.in", cmake.join("PartnerMessagingConfig.cmake")),
        ("PartnerMessagingConfigVersion.cmake.in", cmake.join("PartnerMessagingConfigVersion.cmake")),
    ] {
        let text = fs::read_to_string(templates.join(template))
            .map_err(|error| format!("bindings-c/cmake/{template}: {error}"))?;
        write(&written, &fill_in(&text, version, &workspace.triple)?)?;
    }

    let system = workspace.triple.split_once('-').map_or("", |(_, system)| system);
    for folder in PACKAGING {
        for path in files(&library.join("packaging").join(folder))?.iter().filter(|path| path.is_file()) {
            let text = crate::files::read(path)?;
            let written = top.join("share/partner-messaging").join(folder);
            let text = text.replace("@VERSION@", version).replace("@TARGET_SYSTEM@", system);
            write(&written.join(path.file_name().unwrap_or_default()), &text)?;
        }
    }
    copy(&library.join("README.md"), &top.join("README.md"))?;
    for licence in licences(root)? {
        let name = licence.file_name().ok_or("a licence without a name")?;
        copy(&licence, &top.join(name))?;
    }
    notices::write_all(root, "partner-messaging-c", &workspace.triple, version, top)?;
    reference::write_all(root, &top.join("share"), version)?;
    command_line::add(workspace, top)
}

/// Writes `partner-messaging-c-debug-<version>-<target triple>.tar.gz` into `out_dir`: what
/// debuggers want to know of the shared library, as it lies beside it.
pub(crate) fn debug_symbols(
    workspace: &Workspace,
    target_dir: &Path,
    out_dir: &Path,
) -> Result<PathBuf, String> {
    let name = format!("partner-messaging-c-debug-{}-{}", workspace.version(), workspace.triple);
    fs::create_dir_all(out_dir).map_err(|error| format!("{}: {error}", out_dir.display()))?;
    let staging = out_dir.join(".c-debug");
    remove_folder(&staging)?;
    let file = debug_file(target_dir);
    copy(&file, &staging.join(&name).join("lib").join(file.file_name().unwrap_or_default()))?;
    let archive = out_dir.join(format!("{name}.tar.gz"));
    pack(&staging, &name, &archive)?;
    remove_folder(&staging)?;
    Ok(archive)
}

/// Puts the values in a template's `@PLACES@`.
fn fill_in(template: &str, version: &str, triple: &str) -> Result<String, String> {
    let arch = triple.split('-').next().unwrap_or_default();
    let mut numbers = version.split(['.', '-', '+']);
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    let flags: Vec<String> = STATIC_LIBRARIES.iter().map(|library| format!("-l{library}")).collect();
    let text = template
        .replace("@VERSION@", version)
        .replace("@SOVERSION@", SOVERSION)
        .replace("@MAJOR@", major)
        .replace("@MINOR@", minor)
        .replace("@POINTER_BYTES@", if arch.contains("64") { "8" } else { "4" })
        .replace("@ARCH@", arch)
        // In CMake's words.
        .replace("@SYSTEM@", if triple.contains("-darwin") { "Darwin" } else { "Linux" })
        .replace("@STATIC_LIBRARIES@", &STATIC_LIBRARIES.join(";"))
        .replace("@STATIC_FLAGS@", &flags.join(" "));
    match text.contains('@') {
        true => Err(format!("a template has a place that nothing is put in:\n{text}")),
        false => Ok(text),
    }
}

fn licences(root: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("LICENSE")))
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(format!("{} has no LICENSE files", root.display()));
    }
    Ok(found)
}

fn pack(staging: &Path, name: &str, archive: &Path) -> Result<(), String> {
    // Nothing of the machine that packs: the same files make the same archive.
    run(program("tar")
        .args(["--create", "--use-compress-program=gzip -n", "--sort=name"])
        .args(["--owner=0", "--group=0", "--numeric-owner"])
        .args(["--mtime=@0", "--mode=u=rwX,go=rX"])
        .arg("--file")
        .arg(archive)
        .arg("--directory")
        .arg(staging)
        .arg(name))
}

fn parent(path: &Path) -> Result<(), String> {
    match path.parent() {
        Some(parent) => fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display())),
        None => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    parent(to)?;
    fs::copy(from, to).map_err(|error| format!("{}: {error}", from.display()))?;
    Ok(())
}

/// Copies the files of a folder, without its folders.
fn copy_files(from: &Path, to: &Path) -> Result<(), String> {
    for path in files(from)?.iter().filter(|path| path.is_file()) {
        copy(path, &to.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

fn write(to: &Path, text: &str) -> Result<(), String> {
    parent(to)?;
    fs::write(to, text).map_err(|error| format!("{}: {error}", to.display()))
}

fn link(target: &str, path: &Path) -> Result<(), String> {
    symlink(target, path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_filled() {
        let filled = |template, triple| fill_in(template, "1.2.3", triple);
        let text = filled("@VERSION@ @SOVERSION@ @MAJOR@.@MINOR@ @STATIC_FLAGS@", "").unwrap();
        assert!(text.starts_with("1.2.3 0 1.2 -lutil "), "{text}");
        assert!(filled("@WHAT@", "").is_err());
        let target = "@ARCH@ @SYSTEM@ @POINTER_BYTES@";
        assert_eq!(filled(target, "aarch64-apple-darwin").unwrap(), "aarch64 Darwin 8");
        assert_eq!(filled(target, "armv7-unknown-linux-gnueabihf").unwrap(), "armv7 Linux 4");
    }
}
