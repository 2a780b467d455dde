//! The recipes for package managers that are in the archive, tried with the archive.

use std::path::Path;

use super::tools::{cmake, tool};
use crate::Result;
use crate::files::{empty_folder, make_folder};
use crate::process::{output, program, run};
use crate::workspace::Workspace;

/// `archives` is the folder with the archive, `installed` what it unpacks to.
pub(crate) fn test(
    workspace: &Workspace,
    tools: &Path,
    archives: &Path,
    installed: &Path,
    place: &Path,
) -> Result<()> {
    let place = place.join("packages");
    empty_folder(&place)?;
    let recipes = installed.join("share/partner-messaging");
    for (linkage, is_shared) in [("dynamic", "True"), ("static", "False")] {
        by_vcpkg(workspace, tools, archives, &recipes, &place.join(linkage), linkage)?;
        by_conan(tools, archives, &recipes, &place, is_shared)?;
    }
    Ok(())
}

/// What the port installs, by a stand-in for vcpkg, and a program against that.
fn by_vcpkg(
    workspace: &Workspace,
    tools: &Path,
    archives: &Path,
    recipes: &Path,
    place: &Path,
    linkage: &str,
) -> Result<()> {
    let packages = place.join("packages");
    make_folder(&packages)?;
    let architecture = if cfg!(target_arch = "x86_64") { "x64" } else { "arm64" };
    run(tool(tools, "cmake")
        .arg(format!("-DPORT_FOLDER={}", recipes.join("vcpkg/partner-messaging").display()))
        .arg(format!("-DPACKAGES={}", packages.display()))
        .arg(format!("-DVERSION={}", workspace.version()))
        .args([format!("-DLINKAGE={linkage}"), format!("-DARCHITECTURE={architecture}")])
        .arg("-P")
        .arg(workspace.root.join("bindings-c/tests/vcpkg/stand_in.cmake"))
        .env("PARTNER_MESSAGING_DIST", archives))?;
    let built = place.join("built");
    cmake(
        tools,
        &recipes.join("conan/test_package"),
        &built,
        &[format!("-DCMAKE_PREFIX_PATH={}", packages.display())],
    )?;
    let said = output(&mut program(built.join("version")))?;
    made_a_client(workspace, &said)
}

/// What Conan makes of its recipe, and the program of the recipe's own test.
fn by_conan(tools: &Path, archives: &Path, recipes: &Path, place: &Path, is_shared: &str) -> Result<()> {
    let home = place.join("conan");
    let conan = |arguments: &[&str]| {
        let mut conan = tool(tools, "conan");
        // Its own cache, and no server.
        conan.args(arguments).env("CONAN_HOME", &home).env("PARTNER_MESSAGING_DIST", archives);
        conan.env("CMAKE_GENERATOR", "Ninja");
        conan
    };
    run(&mut conan(&["profile", "detect", "--force"]))?;
    run(conan(&["create", "--no-remote", "--options"])
        .arg(format!("partner-messaging/*:shared={is_shared}"))
        .arg(recipes.join("conan")))
}

fn made_a_client(workspace: &Workspace, said: &str) -> Result<()> {
    match said.trim() == format!("partner-messaging {} made a client", workspace.version()) {
        true => Ok(()),
        false => Err(format!("the program of the package said: {said}")),
    }
}
