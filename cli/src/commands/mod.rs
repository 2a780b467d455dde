//! The commands, a file each.

mod balance;
mod completions;
mod get;
mod journal;
mod journal_reconcile;
mod list;
mod request;
mod sandbox;
mod send;
mod wait;

use std::ops::ControlFlow;

use partner_messaging::{CallOptions, Client, Error, blocking};

use crate::arguments::{Cli, Command};
use crate::bulk;
use crate::connection::ConnectionArgs;
use crate::interrupt::Interrupt;
use crate::output;
use crate::status::{Failure, Status};

/// What every command is told.
pub(crate) struct Context {
    /// JSON instead of lines for people.
    pub(crate) json: bool,
    pub(crate) interrupt: &'static Interrupt,
    /// What the `User-Agent` names.
    pub(crate) language: &'static str,
}

impl Context {
    pub(crate) fn client(&self, connection: &ConnectionArgs) -> Result<blocking::Client, Failure> {
        connection.client(self.language)
    }

    /// One call, which a first Ctrl-C cancels: it ends with its outcome.
    pub(crate) fn call<T>(
        &self,
        client: &blocking::Client,
        options: &CallOptions,
        call: impl AsyncFnOnce(&Client, &CallOptions) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        self.interrupt.defer();
        let tick = || match self.interrupt.is_requested() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        Ok(client.run_interruptible(options, tick, call)?)
    }
}

/// Does what was asked for, and tells what went wrong.
pub(crate) fn execute(cli: Cli, language: &'static str) -> Status {
    let interrupt = match Interrupt::of_process() {
        Ok(interrupt) => interrupt,
        Err(error) => {
            return output::tell(&Failure::File(format!("signals can't be received: {error}")), cli.json);
        }
    };
    let context = Context { json: cli.json, interrupt, language };
    let is_sandbox = matches!(cli.command, Command::Sandbox(_));
    let result = match cli.command {
        Command::Send(arguments) => send::run(&context, &arguments),
        Command::Bulk(arguments) => bulk::run(&context, &arguments),
        Command::Get(arguments) => get::run(&context, &arguments),
        Command::Wait(arguments) => wait::run(&context, &arguments),
        Command::List(arguments) => list::run(&context, &arguments),
        Command::Balance(arguments) => balance::run(&context, &arguments),
        Command::Request(arguments) => request::run(&context, &arguments),
        Command::Journal(command) => journal::run(&context, command),
        Command::Sandbox(arguments) => sandbox::run(&context, arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    let status = result.unwrap_or_else(|failure| output::tell(&failure, context.json));
    // To be interrupted is how a sandbox ends.
    match interrupt.is_requested() && !is_sandbox {
        true => status.or(Status::Interrupted),
        false => status,
    }
}
