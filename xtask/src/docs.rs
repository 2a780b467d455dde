//! The site: the guide, and each language's reference beside it.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::c::doxygen;
use crate::files::{copy, copy_folder, empty_folder, once, write};
use crate::machine::machine_node;
use crate::node::addon::npm_ci;
use crate::process::{program, run};
use crate::python::environment::{environment_of, install};
use crate::python::wheel::wheel;
use crate::workspace::Workspace;

/// The crates that Rust users name.
const CRATES: [&str; 3] = ["partner-messaging", "partner-messaging-journal", "partner-messaging-sandbox"];

/// Builds the site in `target/site`. A warning of any generator is a failure, and so is a
/// link of the guide that leads nowhere.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let references = workspace.target.join("references");
    empty_folder(&references)?;
    rust(workspace, &references.join("rust"))?;
    node(workspace, &references.join("node"))?;
    doxygen::build(workspace)?;
    copy_folder(&workspace.target.join("doxygen/html"), &references.join("c"))?;
    copy(&workspace.root.join("sandbox/openapi.yaml"), &references.join("openapi.yaml"))?;
    let site = guide(workspace, &references)?;
    println!("{}", site.join("index.html").display());
    Ok(())
}

fn rust(workspace: &Workspace, out: &Path) -> Result<()> {
    let mut doc = workspace.cargo("doc");
    doc.arg("--no-deps").env("RUSTDOCFLAGS", "-D warnings");
    for name in CRATES {
        doc.args(["--package", name]);
    }
    run(&mut doc)?;
    copy_folder(&workspace.target.join(&workspace.triple).join("doc"), out)
}

fn node(workspace: &Workspace, out: &Path) -> Result<()> {
    let folder = workspace.root.join("docs");
    let lock = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = folder.join("node_modules/.xtask.stamp");
    once(&stamp, &machine_node()?, &lock, || npm_ci(workspace, &folder))?;
    let mut typedoc = workspace.command(folder.join("node_modules/.bin/typedoc"));
    run(typedoc.current_dir(&folder).args(["--options", "typedoc.json", "--out"]).arg(out))
}

/// The guide and Python's reference, which looks at the package itself.
fn guide(workspace: &Workspace, references: &Path) -> Result<PathBuf> {
    let venv = environment_of(workspace, "venv-docs", "docs/requirements.txt")?;
    install(&venv, &wheel(workspace)?)?;
    let site = workspace.target.join("site");
    empty_folder(&site)?;
    let mut sphinx = program(venv.join("bin/sphinx-build"));
    sphinx.args(["--builder", "html", "--quiet", "--fresh-env", "--fail-on-warning", "--keep-going"]);
    sphinx.arg("-D").arg(format!("html_extra_path={}", references.display()));
    sphinx.arg("-D").arg(format!("release={}", workspace.version()));
    sphinx.arg("--doctree-dir").arg(workspace.target.join("doctrees"));
    run(sphinx.arg(workspace.root.join("docs")).arg(&site))?;
    // Without a user's own configuration; it has to be a file with a section.
    let settings = workspace.target.join("linkchecker.ini");
    write(&settings, "[checking]\n")?;
    // What the references have among themselves is their generators' business.
    let mut links = program(venv.join("bin/linkchecker"));
    links.args(["--no-robots", "--no-warnings", "--no-status", "--config"]).arg(&settings);
    links.args(["--no-follow-url", "/site/(rust|node|c)/"]);
    run(links.arg(site.join("index.html")))?;
    Ok(site)
}
