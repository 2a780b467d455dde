//! The sandbox as a program: `partner-messaging-sandbox --listen 127.0.0.1:8787`.

#![forbid(unsafe_code)]

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::mpsc;

use partner_messaging_sandbox::{Config, Sandbox};

const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    match cli::parse(arguments) {
        Ok(cli::Task::Serve(config)) => match serve(*config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("partner-messaging-sandbox: {error}");
                // A key that no header can carry is a wrong argument, too.
                match error.kind() {
                    io::ErrorKind::InvalidInput => ExitCode::from(USAGE_ERROR),
                    _ => ExitCode::FAILURE,
                }
            }
        },
        Ok(cli::Task::Help) => print(&cli::usage()),
        Ok(cli::Task::Version) => {
            print(concat!("partner-messaging-sandbox ", env!("CARGO_PKG_VERSION"), "\n"))
        }
        Err(problem) => {
            eprintln!("partner-messaging-sandbox: {problem}\nTry --help.");
            ExitCode::from(USAGE_ERROR)
        }
    }
}

fn print(text: &str) -> ExitCode {
    match say(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Standard output may be a pipe, where a line is seen only once it is flushed.
fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Serves until a signal asks for the end.
fn serve(config: Config) -> io::Result<()> {
    let (end, ended) = mpsc::channel();
    // Set up before anyone can know that the sandbox runs, so that no signal is missed.
    ctrlc::set_handler(move || {
        let _ = end.send(());
    })
    .map_err(io::Error::other)?;
    let listen = config.listen;
    let sandbox = Sandbox::start_with(config)
        .map_err(|error| io::Error::new(error.kind(), format!("{listen}: {error}")))?;
    // Whoever closed standard output does not need the line, but may need the server.
    let _ = say(&format!("listening on {}\n", sandbox.url()));
    let _ = ended.recv();
    sandbox.stop();
    Ok(())
}
