//! What it costs before the first message is out: importing, the first send,
//! memory, files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use super::programs::{self, CHARACTERS, Job, bench_folder};
use super::report::{middle, sorted};
use super::server::{Run, Server, server_program};
use crate::Result;
use crate::c::library;
use crate::files::{files, only_file, write};
use crate::node::addon;
use crate::packages::dist;
use crate::process::{output, program};
use crate::workspace::Workspace;

/// How often each program is started.
const ROUNDS: usize = 21;

/// What importing ours may add, as a share of what importing requests adds.
const IMPORT_TARGET: f64 = 1.0 / 15.0;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    for face in ["rust", "python", "node", "c"] {
        programs::prepare(workspace, face)?;
    }
    let starts = starts(workspace)?;
    let first = first_sends(workspace)?;
    let sizes = sizes(workspace)?;
    let file = bench_folder(workspace).join("cold.json");
    write(&file, &format!("{:#}\n", json!({ "starts": starts, "first_send": first, "sizes": sizes })))?;
    println!("\n{}", file.display());
    Ok(())
}

/// Milliseconds that importing adds to the bare interpreter's start, all in turn.
fn starts(workspace: &Workspace) -> Result<Value> {
    let python = bench_folder(workspace).join("venv/bin/python");
    let node = bench_folder(workspace).join("node");
    let in_python = |code: &str| {
        let mut command = program(&python);
        command.args(["-c", code]);
        command
    };
    let in_node = |code: &str| {
        let mut command = program("node");
        command.current_dir(&node).args(["-e", code]);
        command
    };
    let programs = [
        ("python", in_python("pass")),
        ("import partner_messaging", in_python("import partner_messaging")),
        ("import requests", in_python("import requests")),
        ("import httpx", in_python("import httpx")),
        ("import aiohttp", in_python("import aiohttp")),
        ("import pycurl, json", in_python("import pycurl, json")),
        ("node", in_node("0")),
        ("require partner-messaging", in_node("require('partner-messaging')")),
        ("… and a client", in_node("new (require('partner-messaging').Client)({ apiKey: 'k' })")),
        ("require axios", in_node("require('axios')")),
        ("require undici", in_node("require('undici')")),
    ];
    let mut times: Vec<(&str, Command, Vec<f64>)> =
        programs.into_iter().map(|(name, command)| (name, command, Vec::new())).collect();
    for _ in 0..ROUNDS {
        for (_, command, taken) in &mut times {
            let began = Instant::now();
            output(command)?;
            taken.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    println!("\nstart of a process, {ROUNDS} times in turn: median ms, and what it adds to the bare one");
    let mut bare = 0.0;
    let mut rows = Vec::new();
    for (name, _, taken) in times {
        let median = middle(&sorted(taken.into_iter()));
        if ["python", "node"].contains(&name) {
            bare = median;
        }
        println!("  {name:<28} {median:>8.1} {:>8.1}", median - bare);
        rows.push((name, median - bare, json!({ "name": name, "ms": median, "adds_ms": median - bare })));
    }
    let adds = |wanted: &str| rows.iter().find(|(name, ..)| *name == wanted).map_or(f64::NAN, |row| row.1);
    let ratio = adds("import partner_messaging") / adds("import requests");
    let result = if ratio <= IMPORT_TARGET { "met" } else { "MISSED" };
    println!(
        "  import partner_messaging / import requests: {ratio:.3} (target ≤ {IMPORT_TARGET:.3} {result})"
    );
    Ok(rows.into_iter().map(|(.., row)| row).collect())
}

/// The whole process of one send, over plain HTTP and over TLS.
fn first_sends(workspace: &Workspace) -> Result<Value> {
    let server = Server::start(&server_program(workspace)?, 0)?;
    println!("\na process that sends one message: median ms, those of the send alone, MB before it");
    let programs = [
        ("rust", "blocking", "Rust blocking"),
        ("rust", "reqwest", "Rust reqwest"),
        ("c", "ours", "C"),
        ("c", "libcurl", "C libcurl"),
        ("python", "ours", "Python"),
        ("python", "requests", "Python requests"),
        ("python", "pycurl", "Python pycurl"),
        ("node", "ours", "Node"),
        ("node", "undici", "Node undici"),
        ("node", "axios", "Node axios"),
    ];
    let mut rows = Vec::new();
    for tls in [false, true] {
        for (face, who, name) in programs {
            if tls && ["requests", "axios"].contains(&who) {
                continue;
            }
            let (url, ca) = server.place(tls);
            let job = Job { url, ca, warm_up: 0, sends: 1, in_flight: 1, characters: CHARACTERS };
            let mut runs = Vec::new();
            for _ in 0..ROUNDS / 3 {
                let mut command = programs::command(workspace, face, who, &job);
                let began = Instant::now();
                let run = Run::of(&mut command)?;
                runs.push((began.elapsed().as_secs_f64() * 1000.0, run));
            }
            let wall = middle(&sorted(runs.iter().map(|(wall, _)| *wall)));
            let first = middle(&sorted(runs.iter().map(|(_, run)| run.wall_us / 1000.0)));
            let rest = middle(&sorted(runs.iter().map(|(_, run)| run.rest_kb / 1000.0)));
            let wire = if tls { "HTTP/2 over TLS" } else { "HTTP/1.1" };
            println!("  {name:<20} {wire:<16} {wall:>8.1} {first:>8.2} {rest:>8.1}");
            rows.push(
                json!({ "name": name, "wire": wire, "process_ms": wall, "send_ms": first, "rest_mb": rest }),
            );
        }
    }
    Ok(Value::Array(rows))
}

/// The files that users get, and what they are once installed.
fn sizes(workspace: &Workspace) -> Result<Value> {
    let bench = bench_folder(workspace);
    dist::run(workspace)?;
    println!("\nsizes, kB");
    let mut rows = Vec::new();
    let mut show = |name: String, bytes: u64, target: &str| {
        println!("  {name:<52} {:>8} {target}", bytes / 1000);
        rows.push(json!({ "name": name, "bytes": bytes }));
    };
    for file in files(&workspace.root.join("dist"))? {
        show(file_name(&file), bytes_under(&file)?, "");
    }
    let site = output(
        program(bench.join("venv/bin/python"))
            .args(["-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]),
    )?;
    let site = Path::new(site.trim());
    for (name, parts) in [
        ("installed: partner_messaging", &["partner_messaging"][..]),
        (
            "installed: requests and what it needs",
            &["requests", "urllib3", "certifi", "idna", "charset_normalizer"],
        ),
        ("installed: pycurl and its libraries", &["pycurl", "pycurl.libs"]),
    ] {
        let bytes: Result<u64> = parts.iter().map(|part| bytes_under(&site.join(part))).sum();
        show(name.to_owned(), bytes?, "");
    }
    show(
        "installed: axios and what it needs, undici".to_owned(),
        bytes_under(&bench.join("node/node_modules"))?,
        "",
    );
    for file in shared_objects(workspace, site)? {
        let bytes = bytes_under(&file)?;
        let result = if bytes <= library::MAX_SIZE { "≤ 8000 met" } else { "≤ 8000 MISSED" };
        show(format!("stripped: {}", file_name(&file)), bytes, result);
    }
    Ok(Value::Array(rows))
}

fn shared_objects(workspace: &Workspace, site: &Path) -> Result<Vec<PathBuf>> {
    addon::build(workspace)?;
    Ok(vec![
        only_file(&site.join("partner_messaging"), ".so")?,
        only_file(&workspace.root.join("bindings-node"), ".node")?,
        library::build(workspace)?.join("libpartner_messaging.so"),
    ])
}

/// The bytes of a file, or of all in a folder; links are not followed.
fn bytes_under(path: &Path) -> Result<u64> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let metadata = path.symlink_metadata().map_err(failed)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let entries = path.read_dir().map_err(failed)?;
    entries.map(|entry| bytes_under(&entry.map_err(failed)?.path())).sum()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
