//! The programs that send: built, with their peers installed, under `target/bench`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::contests::{BULK, NODE_MANY, PYTHON_MANY};
use crate::Result;
use crate::c::library;
use crate::files::{copy, make_folder, once, write};
use crate::machine::machine_node;
use crate::node::addon;
use crate::process::{output, program, run, succeeds};
use crate::python::environment::{environment_of, install};
use crate::python::wheel;
use crate::services::redis;
use crate::toolchain::release_cargo;
use crate::workspace::Workspace;

/// The length of the message that everybody sends: a usual SMS.
pub(crate) const CHARACTERS: usize = 100;

pub(crate) fn bench_folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("bench")
}

pub(crate) fn rustc_version() -> Result<String> {
    Ok(output(program("rustc").arg("--version"))?.trim().to_owned())
}

/// Builds what a face's programs need.
pub(crate) fn prepare(workspace: &Workspace, face: &str) -> Result<()> {
    match face {
        "rust" => rust(workspace),
        "python" => python_environment(workspace).map(drop),
        "node" => node_project(workspace).map(drop),
        _ => c_program(workspace, "ours").and(c_program(workspace, "libcurl")).map(drop),
    }
}

/// What one program is to do.
pub(crate) struct Job<'a> {
    pub(crate) url: &'a str,
    /// The certificate to trust, for https.
    pub(crate) ca: Option<&'a str>,
    /// Sends before those that are measured.
    pub(crate) warm_up: usize,
    pub(crate) sends: usize,
    pub(crate) in_flight: usize,
    pub(crate) characters: usize,
}

/// The command that makes `who` of `face` do the job; [`prepare`] comes before.
pub(crate) fn command(workspace: &Workspace, face: &str, who: &str, job: &Job) -> Command {
    let bench = bench_folder(workspace);
    let numbers = [job.warm_up, job.sends, job.in_flight, job.characters].map(|number| number.to_string());
    let mut command = match face {
        "rust" => program(workspace.built("release").join("bench-rust")),
        "python" => python(workspace, "send.py"),
        PYTHON_MANY => {
            let mut python = python(workspace, "many.py");
            python.env("BENCH_REDIS", redis::socket());
            python
        }
        BULK => {
            let mut python = python(workspace, "bulk.py");
            python.env("BENCH_CLI", workspace.built("release").join("partner-messaging"));
            python
        }
        "node" | NODE_MANY => {
            let mut node = program("node");
            node.arg(bench.join("node").join(if face == "node" { "send.mjs" } else { "many.mjs" }));
            node
        }
        _ => program(bench.join("c").join(who)),
    };
    if face == "c" {
        command.arg(job.url).args([&numbers[0], &numbers[1], &numbers[3]]);
        command.env("LD_LIBRARY_PATH", bench.join("c"));
    } else {
        command.args([who, job.url]).args(&numbers);
    }
    command.env("BENCH_FOLDER", &bench);
    if let Some(ca) = job.ca {
        command.env("BENCH_CA", ca);
    }
    command
}

fn python(workspace: &Workspace, script: &str) -> Command {
    let mut python = program(bench_folder(workspace).join("venv/bin/python"));
    python.arg(workspace.root.join("tests/bench/python").join(script));
    python
}

fn rust(workspace: &Workspace) -> Result<()> {
    run(release_cargo(workspace, "build")?.args(["-p", "partner-messaging-bench"]))
}

/// An environment with the peers and our wheel; tells its Python.
pub(crate) fn python_environment(workspace: &Workspace) -> Result<PathBuf> {
    let venv = environment_of(workspace, "bench/venv", "tests/bench/python/requirements.txt")?;
    install(&venv, &wheel::wheel(workspace)?)?;
    Ok(venv.join("bin/python"))
}

/// A project with the peers, our package and the program; tells its folder.
pub(crate) fn node_project(workspace: &Workspace) -> Result<PathBuf> {
    addon::build(workspace)?;
    let project = bench_folder(workspace).join("node");
    let source = workspace.root.join("tests/bench/node");
    make_folder(&project)?;
    for file in ["package.json", "package-lock.json", "measure.mjs", "send.mjs", "many.mjs"] {
        copy(&source.join(file), &project.join(file))?;
    }
    let lock = [project.join("package-lock.json")];
    once(&project.join("node_modules/.xtask.stamp"), &machine_node()?, &lock, || {
        addon::npm_ci(workspace, &project)?;
        let ours = project.join("node_modules/partner-messaging");
        symlink(workspace.root.join("bindings-node"), &ours)
            .map_err(|error| format!("{}: {error}", ours.display()))
    })?;
    Ok(project)
}

/// One of the C programs, compiled as a careful user would; tells its path.
pub(crate) fn c_program(workspace: &Workspace, who: &str) -> Result<PathBuf> {
    let libraries = library::build(workspace)?;
    let out = bench_folder(workspace).join("c");
    make_folder(&out)?;
    let made = out.join(who);
    let mut compile = program("cc");
    compile.args(["-std=gnu99", "-O2", "-Wall", "-Werror", "-o"]).arg(&made);
    compile.arg(workspace.root.join("tests/bench/c").join(format!("{who}.c")));
    if who == "ours" {
        let link = out.join("libpartner_messaging.so.0");
        // The library may have been built anew: the name stands for the newest.
        let _ = fs::remove_file(&link);
        library::runtime_name(&libraries, &out)?;
        compile.arg("-I").arg(workspace.root.join("bindings-c/include"));
        compile.arg("-L").arg(&libraries).arg("-lpartner_messaging");
    } else {
        peer_headers(&out)?;
        compile.args(["-lcurl", "-lcjson"]);
    }
    run(&mut compile)?;
    Ok(made)
}

/// Says which packages are missing, before a compiler says it in its own words.
fn peer_headers(out: &Path) -> Result<()> {
    for (header, package) in [("curl/curl.h", "libcurl4-openssl-dev"), ("cjson/cJSON.h", "libcjson-dev")] {
        let probe = out.join("probe.c");
        write(&probe, &format!("#include <{header}>\n"))?;
        if !succeeds(program("cc").arg("-fsyntax-only").arg(&probe)) {
            return Err(format!(
                "{header}, which the peer of the C library needs, is missing; get it from your system's \
                 packages (Debian: apt install {package})"
            ));
        }
    }
    Ok(())
}
