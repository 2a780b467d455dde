//! JSON lines: an object on each.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use serde_json::value::RawValue;

use super::encoding;
use super::rows::{MAX_ROW, Row, Values};
use crate::status::Failure;

pub(crate) struct JsonRows {
    reader: BufReader<Box<dyn Read + Send>>,
    name: String,
    line: u64,
    number: u64,
    buffer: Vec<u8>,
}

impl JsonRows {
    pub(super) fn new(reader: BufReader<Box<dyn Read + Send>>, name: String) -> Self {
        Self { reader, name, line: 0, number: 0, buffer: Vec::new() }
    }

    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, Failure> {
        loop {
            self.buffer.clear();
            // One byte more than may be, to see that it is too many.
            let mut bounded = (&mut self.reader).take(MAX_ROW as u64 + 1);
            let length = bounded
                .read_until(b'\n', &mut self.buffer)
                .map_err(|error| Failure::File(format!("{}: {error}", self.name)))?;
            if length == 0 {
                return Ok(false);
            }
            self.line += 1;
            if length > MAX_ROW {
                return Err(Failure::usage(format!(
                    "{}, line {}: is longer than {MAX_ROW} bytes",
                    self.name, self.line
                )));
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let text = std::str::from_utf8(self.buffer.trim_ascii())
            .map_err(|_| encoding::refused(&self.name, self.line))?;
        self.number += 1;
        row.number = self.number;
        row.line = self.line;
        let members = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text);
        row.fault = match &members {
            Ok(_) => None,
            Err(error) if error.is_eof() => Some("is cut: the JSON object on it does not end".to_owned()),
            Err(_) => Some("must be one JSON object".to_owned()),
        };
        row.values = Values::Members(text.to_owned(), members.unwrap_or_default());
        Ok(true)
    }
}
