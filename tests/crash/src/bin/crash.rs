//! Kills programs in one language, and checks what the journal made of it.

use std::path::PathBuf;
use std::process::ExitCode;

use partner_messaging_crash::{Driver, kill_campaign, power_campaign};

const USAGE: &str =
    "usage: crash rust|python INTERPRETER|node NODE PACKAGE [--kills N] [--losses N] [--seed S]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (driver, mut options) = match &arguments[..] {
        ["rust", options @ ..] => (Driver::rust(&beside("crash-worker")), options),
        ["python", interpreter, options @ ..] => (Driver::python(interpreter.as_ref()), options),
        ["node", node, package, options @ ..] => (Driver::node(node.as_ref(), package.as_ref()), options),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    let (mut kills, mut losses, mut seed) = (200, 0, fastrand::u64(..));
    while let [name, value, rest @ ..] = options {
        match (*name, value.parse()) {
            ("--kills", Ok(number)) => kills = number,
            ("--losses", Ok(number)) => losses = number,
            ("--seed", Ok(number)) => seed = number,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::FAILURE;
            }
        }
        options = rest;
    }
    eprintln!("seed {seed}");
    println!("kill -9: {}", kill_campaign(&driver, kills, seed));
    if losses > 0 {
        println!("power lost: {}", power_campaign(&driver, losses, seed));
    }
    ExitCode::SUCCESS
}

fn beside(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}
