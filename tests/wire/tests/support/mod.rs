//! What the fault tests have in common.

#![allow(dead_code, unreachable_pub)] // Each test program uses a part of it.
#![allow(clippy::large_enum_variant)] // There are two of them at most.

use std::process::Command;
use std::time::{Duration, Instant};

use partner_messaging::{CallOptions, Client, ClientBuilder, Error, Receipt, Sms, blocking};
use partner_messaging_wire::{Ledger, Server};

/// How long a test waits for what is to happen elsewhere: longer than a busy machine takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn wait_until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "it never came to be");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Runs what is to meet its deadline after the request has left. `None`: the deadline passed
/// before, for want of the processor; then a longer one is tried.
pub fn with_deadline<T>(shortest: Duration, mut run: impl FnMut(Duration) -> Option<T>) -> T {
    let deadlines = (0..).map(|tries| shortest * 4_u32.pow(tries)).take_while(|it| *it < 4 * PATIENCE);
    let run = deadlines.into_iter().find_map(&mut run);
    run.unwrap_or_else(|| panic!("no deadline was long enough for the request to leave"))
}

/// The message number `call`.
pub fn message(call: u64) -> Sms {
    Sms::text("+6591234567", Ledger::text(call))
}

/// A client of this server that does not try again.
pub fn builder(url: &str) -> ClientBuilder {
    Client::builder().api_key("wire-key").base_url(url).max_retries(0).timeout(PATIENCE).trust_env(false)
}

/// The two ways of calling, over one runtime.
pub enum Face {
    Blocking(blocking::Client),
    Async(tokio::runtime::Runtime, Client),
}

impl Face {
    pub fn blocking(builder: ClientBuilder) -> Self {
        Self::Blocking(builder.build_blocking().unwrap())
    }

    pub fn asynchronous(builder: ClientBuilder) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self::Async(runtime, builder.build().unwrap())
    }

    /// Both, each with its name.
    pub fn both(builder: &ClientBuilder) -> [(&'static str, Self); 2] {
        [("blocking", Self::blocking(builder.clone())), ("async", Self::asynchronous(builder.clone()))]
    }

    pub fn send(&self, call: u64) -> Result<Receipt, Error> {
        self.send_opts(call, &CallOptions::new())
    }

    pub fn send_opts(&self, call: u64, options: &CallOptions) -> Result<Receipt, Error> {
        match self {
            Self::Blocking(client) => client.send_opts(&message(call), options),
            Self::Async(runtime, client) => runtime.block_on(client.send_opts(&message(call), options)),
        }
    }
}

impl Face {
    /// Returns when what has arrived for the client's connections was seen. A blocking client
    /// sees it when it makes the next call.
    pub fn settle(&self) {
        let Self::Async(runtime, _) = self else { return };
        runtime.block_on(async {
            // The runtime has looked at its sockets when a timer ends, and then at their tasks.
            for _ in 0..3 {
                let turn = async { tokio::time::sleep(Duration::from_millis(2)).await };
                runtime.spawn(turn).await.unwrap();
            }
        });
    }
}

/// Outcome and kind as one text: `sent` or `unknown/reset`.
pub fn outcome_of(result: &Result<Receipt, Error>) -> String {
    match result {
        Ok(_) => "sent".to_owned(),
        Err(error) => format!("{}/{}", error.outcome().unwrap(), error.kind()),
    }
}

/// Checks the ledger of a server that no call is under way at any more.
pub fn assert_consistent(server: &Server) {
    let contradictions = server.ledger().contradictions();
    assert!(contradictions.is_empty(), "{contradictions:#?}");
}

/// The outcome of a new process with this environment and no other proxies or keys.
pub fn probe(environment: &[(&str, &str)]) -> String {
    let output = probe_command(environment).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A process that sends one message, with this environment and no other proxies or keys.
pub fn probe_command(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    command.env_clear().env("PARTNER_MESSAGING_API_KEY", "wire-key").envs(environment.iter().copied());
    command
}

/// Sends a signal to a process, by its name without `SIG`.
pub fn signal(process: u32, name: &str) {
    let command = format!("kill -{name} {process}");
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success(), "{command}");
}
