//! What became of each row, as JSON lines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use partner_messaging::{BatchResult, mask_recipient};
use serde_json::{Map, Value, json};

use crate::files;
use crate::status::Failure;

pub(crate) struct Results {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Results {
    /// Adds to the file, so that a run that goes on keeps what the one before it wrote.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self { path: path.to_owned(), out: BufWriter::new(files::append(path)?) })
    }

    /// Adds one row's line.
    pub(crate) fn add(&mut self, number: u64, line: u64, result: &BatchResult) -> Result<(), Failure> {
        let written = writeln!(self.out, "{}", Value::Object(fields(number, line, result)));
        written.map_err(|error| files::of(&self.path, &error))
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| files::of(&self.path, &error))
    }
}

fn fields(number: u64, line: u64, result: &BatchResult) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    add("row", number.into());
    add("line", line.into());
    add("key", result.key.clone().into());
    add("outcome", result.outcome().as_str().into());
    match &result.result {
        Ok(receipt) => {
            add("message_id", receipt.message_id.clone().into());
            add("recipient", receipt.recipient.as_deref().map(mask_recipient).into());
            add("channel", receipt.channel.clone().into());
            add("status", receipt.status.clone().into());
            add("cost", receipt.cost.map(|cost| cost.to_string()).into());
            add("currency", receipt.currency.clone().into());
            add("attempts", receipt.attempts.into());
            add("replayed", receipt.replayed.into());
        }
        Err(error) => {
            let text = error.to_string();
            add(
                "error",
                json!({
                    "class": error.class().name(),
                    "kind": error.kind().as_str(),
                    "code": error.code(),
                    "status": error.status(),
                    "field": error.field(),
                    "message": text,
                }),
            );
            add("attempts", error.attempts().into());
        }
    }
    fields
}
