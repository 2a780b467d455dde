//! The options that say which rows there are, and what their keys are.

use clap::Args;

use super::rows::{Form, Place};
use crate::status::Failure;

/// The rows and their keys.
#[derive(Args, Clone, Debug)]
pub(crate) struct RowArgs {
    /// File with the rows, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) input: String,
    /// Form of the input, where its name doesn't tell: CSV, or JSON lines of messages
    #[arg(long, value_enum)]
    pub(crate) format: Option<Form>,
    /// Delimiter of CSV, where it isn't the one that is most in the header: , ; or tab
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) delimiter: Option<String>,
    /// Key of each row, such as {id}; without it the message itself is the key
    #[arg(long, value_name = "TEMPLATE", allow_hyphen_values = true)]
    pub(crate) key: Option<String>,
}

impl RowArgs {
    pub(crate) fn place(&self) -> Place {
        Place::of(&self.input)
    }

    pub(crate) fn delimiter(&self) -> Result<Option<u8>, Failure> {
        match self.delimiter.as_deref() {
            None => Ok(None),
            Some("tab" | "\\t" | "\t") => Ok(Some(b'\t')),
            Some(text) if text.len() == 1 && !matches!(text, "\"" | "\n" | "\r") => Ok(text.bytes().next()),
            Some(_) => Err(Failure::usage("--delimiter: must be one character, or tab")),
        }
    }
}
