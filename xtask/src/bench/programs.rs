//! The programs that send: built, with their peers installed, under `target/bench`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Result, Workspace, machine_python, once, run, write};
use crate::{c, node, python};

use super::bench_folder;

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
        "rust" => Command::new(workspace.built("release").join("bench-rust")),
        "python" => {
            let mut python = Command::new(bench.join("venv/bin/python"));
            python.arg(workspace.root.join("tests/bench/python/send.py"));
            python
        }
        "node" => {
            let mut node = Command::new("node");
            node.arg(bench.join("node/send.mjs"));
            node
        }
        _ => Command::new(bench.join("c").join(who)),
    };
    if face == "c" {
        command.arg(job.url).args([&numbers[0], &numbers[1], &numbers[3]]);
        command.env("LD_LIBRARY_PATH", bench.join("c"));
    } else {
        command.args([who, job.url]).args(&numbers);
    }
    // Nobody is to ask a proxy for a server on this machine.
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    match job.ca {
        Some(ca) => command.env("BENCH_CA", ca),
        None => command.env_remove("BENCH_CA"),
    };
    command
}

fn rust(workspace: &Workspace) -> Result<()> {
    run(workspace.cargo("build").args(["--release", "-p", "partner-messaging-bench"]))
}

/// An environment with the peers and our wheel; tells its Python.
pub(crate) fn python_environment(workspace: &Workspace) -> Result<PathBuf> {
    let venv = bench_folder(workspace).join("venv");
    let requirements = workspace.root.join("tests/bench/python/requirements.txt");
    once(&venv.join("requirements.stamp"), std::slice::from_ref(&requirements), || {
        run(Command::new(machine_python()?).args(["-m", "venv", "--clear"]).arg(&venv))?;
        let install = ["install", "--only-binary=:all:", "--require-hashes", "-r"];
        run(python::pip(&venv).args(install).arg(&requirements))
    })?;
    let wheel = python::wheel(workspace)?;
    run(python::pip(&venv).args(["install", "--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))?;
    Ok(venv.join("bin/python"))
}

/// A project with the peers, our package and the program; tells its folder.
pub(crate) fn node_project(workspace: &Workspace) -> Result<PathBuf> {
    node::build(workspace)?;
    let project = bench_folder(workspace).join("node");
    let source = workspace.root.join("tests/bench/node");
    make_folder(&project)?;
    for file in ["package.json", "package-lock.json", "send.mjs"] {
        copy(&source.join(file), &project.join(file))?;
    }
    let lock = [project.join("package-lock.json")];
    once(&project.join("node_modules/.xtask.stamp"), &lock, || {
        run(Command::new("npm").current_dir(&project).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]))?;
        let ours = project.join("node_modules/partner-messaging");
        symlink(workspace.root.join("bindings-node"), &ours)
            .map_err(|error| format!("{}: {error}", ours.display()))
    })?;
    Ok(project)
}

/// One of the C programs, compiled as a careful user would; tells its path.
pub(crate) fn c_program(workspace: &Workspace, who: &str) -> Result<PathBuf> {
    let libraries = c::build(workspace)?;
    let out = bench_folder(workspace).join("c");
    make_folder(&out)?;
    let program = out.join(who);
    let mut compile = Command::new("cc");
    compile.args(["-std=gnu99", "-O2", "-Wall", "-Werror", "-o"]).arg(&program);
    compile.arg(workspace.root.join("tests/bench/c").join(format!("{who}.c")));
    if who == "ours" {
        let link = out.join("libpartner_messaging.so.0");
        // The library may have been built anew: the name stands for the newest.
        let _ = fs::remove_file(&link);
        c::runtime_name(&libraries, &out)?;
        compile.arg("-I").arg(workspace.root.join("bindings-c/include"));
        compile.arg("-L").arg(&libraries).arg("-lpartner_messaging");
    } else {
        peer_headers(&out)?;
        compile.args(["-lcurl", "-lcjson"]);
    }
    run(&mut compile)?;
    Ok(program)
}

/// Says which packages are missing, before a compiler says it in its own words.
fn peer_headers(out: &Path) -> Result<()> {
    for (header, package) in [("curl/curl.h", "libcurl4-openssl-dev"), ("cjson/cJSON.h", "libcjson-dev")] {
        let probe = out.join("probe.c");
        write(&probe, &format!("#include <{header}>\n"))?;
        let found = Command::new("cc")
            .arg("-fsyntax-only")
            .arg(&probe)
            .output()
            .map_err(|error| format!("cc can't be started: {error}"))?;
        if !found.status.success() {
            return Err(format!(
                "{header}, which the peer of the C library needs, is missing; get it from your system's \
                 packages (Debian: apt install {package})"
            ));
        }
    }
    Ok(())
}

fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}
