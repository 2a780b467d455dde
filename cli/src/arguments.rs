//! All commands and their options: help, completions and man pages are made from this.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::bulk::{BulkArgs, RowArgs};
use crate::connection::ConnectionArgs;
use crate::message_arguments::MessageArgs;

/// Send messages by the Partner Messaging API, and know what became of each
#[derive(Debug, Parser)]
#[command(name = "partner-messaging", version, after_help = GENERAL_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    /// Write JSON for programs instead of lines for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const GENERAL_HELP: &str = "\
Environment:
  PARTNER_MESSAGING_API_KEY   API key; or give --api-key-file
  PARTNER_MESSAGING_BASE_URL  address of the service, if it is another
  PGPASSWORD, PGPASSFILE      password of a journal on PostgreSQL
  NO_COLOR                    no colour

Exit status:
  0 all was sent, or done        3 what became of some messages is unknown
  1 some were not sent           4 stopped; says why, and how to go on
  2 wrong use, nothing was sent  5 the journal can't be used       130 interrupted

Try it without sending real messages: partner-messaging sandbox";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Send(SendArgs),
    Bulk(Box<BulkArgs>),
    Get(GetArgs),
    Wait(WaitArgs),
    List(ListArgs),
    Balance(BalanceArgs),
    Request(RequestArgs),
    /// Look into a journal, resolve what is unknown in it, and clear it
    #[command(subcommand)]
    Journal(JournalCommand),
    Sandbox(SandboxArgs),
    Completions(CompletionsArgs),
}

/// Send one message
///
/// The message is given by options, or as JSON on standard input. Arguments can be read by
/// every user of the machine while the command runs: give one-time passwords by standard input.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging send --channel SMS --to +6591234567 --content Hello
  partner-messaging send --channel WHATSAPP --to +6591234567 --from +6581234567 \\
      --template-id HX… --var 1=Monday
  partner-messaging send --key order-4711-otp --journal otp.db < message.json")]
pub(crate) struct SendArgs {
    #[command(flatten)]
    pub(crate) message: MessageArgs,
    /// Key under which at most one message is accepted; needs --journal
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub(crate) key: Option<String>,
    /// Journal that remembers the key: a file, or postgresql://user@host/db?journal=NAME
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) journal: Option<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show what became of a message
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  partner-messaging get msg_123")]
pub(crate) struct GetArgs {
    /// Id of the message
    #[arg(value_name = "MESSAGE_ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Wait until a message's status is final
///
/// The exit status is 1 where the final status says that the message did not arrive.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging wait msg_123 --timeout 120
  partner-messaging wait msg_123 --until READ --until FAILED")]
pub(crate) struct WaitArgs {
    /// Id of the message
    #[arg(value_name = "MESSAGE_ID")]
    pub(crate) id: String,
    /// Status to wait for instead of the final ones; may be given several times
    #[arg(long, value_name = "STATUS")]
    pub(crate) until: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// List messages, the newest first; with --json a line each
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging list --status FAILED --since 2026-11-23
  partner-messaging list --limit 10 --json")]
pub(crate) struct ListArgs {
    /// Only this channel
    #[arg(long, value_name = "NAME")]
    pub(crate) channel: Option<String>,
    /// Only this status
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<String>,
    /// Only this recipient
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) recipient: Option<String>,
    /// Only this sender
    #[arg(long, value_name = "SENDER")]
    pub(crate) sender: Option<String>,
    /// Only those from this day or moment on
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only those before this day or moment
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// So many at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Show the credit that is left
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  partner-messaging balance --json")]
pub(crate) struct BalanceArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Make any other request to the service, and show its data
///
/// The data are shown as they came. What isn't a GET is made once, unless it is --idempotent.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging request GET /partner/template --query page=1
  partner-messaging request POST /partner/contact --body - < contact.json")]
pub(crate) struct RequestArgs {
    /// GET, POST, PUT, PATCH or DELETE
    #[arg(value_name = "METHOD")]
    pub(crate) method: String,
    /// Path below the service's address
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// Parameter of the query; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) query: Vec<String>,
    /// JSON to send, or - for standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) body: Option<String>,
    /// It may be made again where nothing shows that it wasn't processed
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Key under which it is made at most once; needs --journal
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub(crate) key: Option<String>,
    /// Journal that remembers the key: a file or a URL
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) journal: Option<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// A journal: as the first argument, or as an option.
#[derive(Args, Debug)]
pub(crate) struct JournalPlace {
    /// Journal: a file, or postgresql://user@host/db?journal=NAME
    #[arg(value_name = "JOURNAL", required_unless_present = "journal")]
    place: Option<String>,
    /// The same, as an option
    #[arg(long, value_name = "FILE|URL", conflicts_with = "place")]
    journal: Option<String>,
}

impl JournalPlace {
    pub(crate) fn place(&self) -> &str {
        self.place.as_deref().or(self.journal.as_deref()).unwrap_or_default()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Count and cost of all that was recorded
    #[command(after_help = "Example:\n  partner-messaging journal summary campaign.db --json")]
    Summary {
        #[command(flatten)]
        place: JournalPlace,
    },
    /// List the records in the order of their keys; with --json a line each
    #[command(after_help = "Example:\n  partner-messaging journal list campaign.db --outcome unknown")]
    List {
        #[command(flatten)]
        place: JournalPlace,
        #[command(flatten)]
        outcome: OutcomeFilter,
    },
    Resolve(ResolveArgs),
    Reconcile(Box<ReconcileArgs>),
    /// Write the records as CSV or JSON lines
    #[command(after_help = "\
Examples:
  partner-messaging journal export campaign.db > campaign.csv
  partner-messaging journal export campaign.db --format jsonl --output campaign.jsonl")]
    Export {
        #[command(flatten)]
        place: JournalPlace,
        #[command(flatten)]
        outcome: OutcomeFilter,
        /// Form
        #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
        format: ExportFormat,
        /// File to write instead of standard output; only its owner may read it
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Forget what was sent, rejected or not sent and ended before a moment
    ///
    /// What is unknown stays, and so do the sums. A key that was forgotten is a new key: its
    /// message would be sent again.
    #[command(after_help = "Example:\n  partner-messaging journal purge campaign.db --before 2026-01-01")]
    Purge {
        #[command(flatten)]
        place: JournalPlace,
        /// The moment, or the day, which begins in UTC
        #[arg(long, value_name = "TIME")]
        before: String,
    },
    /// Let runs go on that were stopped on every machine
    ///
    /// A run on a PostgreSQL journal that meets what every further message would meet (no credit,
    /// a wrong API key, too many unknown outcomes) stops all runs that share the journal, and none
    /// begins until you say so here. A file remembers no stop: run the same command again.
    #[command(after_help = "\
Example:
  partner-messaging journal resume 'postgresql://user@db.example.com/messages?journal=NAME'")]
    Resume {
        #[command(flatten)]
        place: JournalPlace,
    },
}

/// Say what became of a message whose outcome is unknown
///
/// With not_sent its key may be used again. That is your risk: what had left this machine may
/// still be on its way, and then the message goes out twice. Ask the service first.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging journal resolve campaign.db order-4711 sent --message-id msg_123
  partner-messaging journal resolve --journal campaign.db order-4711 not_sent")]
pub(crate) struct ResolveArgs {
    /// The journal, unless --journal is given; the key; and sent or not_sent
    #[arg(value_names = ["JOURNAL", "KEY", "OUTCOME"], num_args = 2..=3, required = true)]
    pub(crate) words: Vec<String>,
    /// Journal: a file or a URL
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) journal: Option<String>,
    /// Id that the service gave the message, where it was sent
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) message_id: Option<String>,
}

/// Look what is unknown up in the service's list of messages
///
/// The rows and options are those that the messages were sent with. Where the list has exactly
/// one message that a row's call can have sent, it becomes sent; nothing found proves nothing.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  partner-messaging journal reconcile people.csv --journal campaign.db --channel SMS \\
      --to '{phone}' --content 'Hello {name}' --key '{id}'")]
pub(crate) struct ReconcileArgs {
    #[command(flatten)]
    pub(crate) rows: RowArgs,
    /// Journal: a file or a URL
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) journal: String,
    #[command(flatten)]
    pub(crate) message: MessageArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// Which records are wanted.
#[derive(Args, Debug)]
pub(crate) struct OutcomeFilter {
    /// Only this outcome: sent, rejected, not_sent or unknown
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExportFormat {
    Csv,
    Jsonl,
}

/// Start a local server that speaks the API, with an inbox in the browser
///
/// Nothing is really sent. It prints what to copy into the environment of what you try, and
/// runs until Ctrl-C.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging sandbox
  partner-messaging sandbox --listen 127.0.0.1:0 --balance 0.50 --inbox open
  partner-messaging sandbox --state '{\"channels\": {\"WHATSAPP\": \"not_configured\"}}'")]
pub(crate) struct SandboxArgs {
    /// Where to listen, on this machine only; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    pub(crate) listen: String,
    /// Credit at the start [default: 100.00]
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) balance: Option<String>,
    /// Change of the state at the start
    #[arg(long, value_name = "JSON")]
    pub(crate) state: Option<String>,
    /// Open the inbox in a browser, or print its address on standard error
    #[arg(long, value_name = "print|open|off")]
    pub(crate) inbox: Option<String>,
}

/// Write a script that completes commands and options in your shell
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging completions bash > ~/.local/share/bash-completion/completions/partner-messaging
  partner-messaging completions zsh > ~/.zfunc/_partner-messaging
  partner-messaging completions fish > ~/.config/fish/completions/partner-messaging.fish")]
pub(crate) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum, required_unless_present = "words")]
    pub(crate) shell: Option<Shell>,
    /// For the scripts: the words of a command line, of which the last is to be completed
    #[arg(long, hide = true, num_args = 0.., allow_hyphen_values = true, value_name = "WORD")]
    pub(crate) words: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// Whether some command has the option of this name, written with underscores.
pub(crate) fn has_option(name: &str) -> bool {
    fn any(command: &clap::Command, name: &str) -> bool {
        command.get_arguments().any(|argument| argument.get_id() == name && argument.get_long().is_some())
            || command.get_subcommands().any(|command| any(command, name))
    }
    any(&command(), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        command().debug_assert();
    }

    /// Who can list processes reads arguments.
    #[test]
    fn no_option_takes_a_secret() {
        fn walk(command: &clap::Command) {
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                let secret =
                    ["password", "secret", "base_url", "proxy"].iter().any(|word| name.contains(word));
                assert!(!secret && name != "api_key", "{} --{name}", command.get_name());
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&command());
    }

    #[test]
    fn every_command_has_an_example_in_its_help() {
        fn walk(command: &clap::Command) {
            if command.has_subcommands() {
                command.get_subcommands().for_each(walk);
            } else {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("partner-messaging "), "{}", command.get_name());
            }
        }
        walk(&command());
    }
}
