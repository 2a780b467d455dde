//! The options of `bulk`.

use std::path::PathBuf;

use clap::Args;

use super::progress::ProgressForm;
use super::row_arguments::RowArgs;
use crate::connection::ConnectionArgs;
use crate::message_arguments::MessageArgs;

/// Send a message for each row of a CSV file, or each line of JSON
///
/// Values of options may have columns in braces: {phone}. A brace is written {{. All rows are
/// checked before the first is sent. What became of each row is kept in a journal beside the
/// input: run the same command again after anything, and it goes on where it was, without
/// sending a message twice.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  partner-messaging bulk people.csv --channel SMS --to '{phone}' --content 'Hello {name}' --dry-run
  partner-messaging bulk people.csv --journal campaign.db --channel SMS --to '{phone}' \\
      --sender-id Pathomics --template-id HX… --var 1='{code}' --key '{id}' --max-rate 50
  zcat messages.jsonl.gz | partner-messaging bulk - --journal campaign.db

Exit status:
  0 all rows are sent             3 what became of some is unknown
  1 some were not sent            4 stopped; run it again to go on
  2 wrong use or bad rows         5 the journal can't be used       130 interrupted")]
pub(crate) struct BulkArgs {
    #[command(flatten)]
    pub(crate) rows: RowArgs,
    #[command(flatten)]
    pub(crate) message: MessageArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How the run goes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunArgs {
    /// Journal: a file, or postgresql://user@host/db?journal=NAME [default: FILE.journal]
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) journal: Option<String>,
    /// Keep no journal: run again, it sends all again
    #[arg(long, conflicts_with_all = ["journal", "key"])]
    pub(crate) no_journal: bool,
    /// Check all rows, tell what would be sent, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Send the good rows although there are bad ones
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// Messages a second at most
    #[arg(long, value_name = "N")]
    pub(crate) max_rate: Option<f64>,
    /// Stop before this is spent, for example 'SGD 100'; may be given for each currency
    #[arg(long, value_name = "CURRENCY AMOUNT")]
    pub(crate) spend_limit: Vec<String>,
    /// The most that one message costs, for example 'SGD 0.12', which makes --spend-limit exact
    #[arg(long, value_name = "CURRENCY AMOUNT")]
    pub(crate) max_cost: Vec<String>,
    /// Messages under way at once, at most
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) max_in_flight: u32,
    /// Stop when the outcome of more than so many is unknown
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) max_unknown: u32,
    /// Write what became of each row as JSON lines; only its owner may read the file
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// How progress is shown, on standard error
    #[arg(long, value_enum, default_value_t = ProgressForm::Auto)]
    pub(crate) progress: ProgressForm,
}
