//! The demonstration of the command line: a campaign that is killed, and goes on.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::Result;
use crate::files::{empty_folder, write};
use crate::process::{output, run};
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

const ROWS: usize = 300;

/// When it is killed: some are sent by then, at 100 a second, and most are not.
const KILLED_AFTER: Duration = Duration::from_millis(1200);

pub(crate) fn show(workspace: &Workspace) -> Result<()> {
    run(workspace.cargo("build").args(["-p", "partner-messaging-cli"]))?;
    let place = workspace.target.join("demo-campaign");
    empty_folder(&place)?;
    let rows: String = (0..ROWS).map(|n| format!("{n},+6591{n:06},Person {n}\n")).collect();
    write(&place.join("people.csv"), &format!("id,phone,name\n{rows}"))?;
    let sandbox = Sandbox::start(workspace, "{}")?;
    let program = |arguments: &[&str]| {
        let mut command = workspace.command(workspace.built("debug").join("partner-messaging"));
        sandbox.points(&mut command).current_dir(&place).args(arguments);
        command
    };
    let bulk = |further: &[&str]| program(&[&BULK[..], further].concat());

    println!("\n$ partner-messaging {}", BULK.join(" "));
    kill(&mut bulk(&["--max-rate", "100"]), KILLED_AFTER)?;
    println!("killed after {} ms; the journal has:", KILLED_AFTER.as_millis());
    print!("{}", output(&mut program(&["journal", "summary", "people.csv.journal"]))?);
    println!("\nthe same again:");
    let ended = bulk(&[]).stderr(Stdio::inherit()).output();
    let ended = ended.map_err(|error| format!("the command line can't be started: {error}"))?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    print!("{said}");
    let counts: Vec<(&str, usize)> = said.lines().filter_map(count).collect();
    let of = |wanted: &str| counts.iter().find(|(name, _)| *name == wanted).map_or(0, |(_, count)| *count);
    // What was under way when it was killed may be unknown; everything else is sent.
    let known = of("sent") + of("sent before") + of("unknown");
    match of("rows") == ROWS && known == ROWS && of("sent before") > 0 {
        true => Ok(()),
        false => Err("the campaign's sum is not what it should be".to_owned()),
    }
}

const BULK: [&str; 10] = [
    "bulk",
    "people.csv",
    "--channel",
    "SMS",
    "--to",
    "{phone}",
    "--content",
    "Hello {name}",
    "--key",
    "{id}",
];

/// A line of the sum: a name and a number.
fn count(line: &str) -> Option<(&str, usize)> {
    let (name, count) = line.rsplit_once(' ')?;
    Some((name.trim(), count.parse().ok()?))
}

/// Starts a program and kills it.
fn kill(command: &mut Command, after: Duration) -> Result<()> {
    let child = command.stdout(Stdio::null()).spawn();
    let mut child = child.map_err(|error| format!("the command line can't be started: {error}"))?;
    sleep(after);
    let killed = child.kill().and_then(|()| child.wait());
    killed.map(drop).map_err(|error| format!("the command line can't be killed: {error}"))
}
