//! Rows of an input, one at a time: CSV, or JSON lines.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::value::RawValue;

use super::csv_rows::CsvRows;
use super::encoding;
use super::json_rows::JsonRows;
use crate::files;
use crate::status::Failure;

/// A row may be this long at most, in bytes.
pub(super) const MAX_ROW: usize = 1024 * 1024;

/// Where the rows are.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    File(PathBuf),
    StandardInput,
}

impl Place {
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "-" => Self::StandardInput,
            path => Self::File(path.into()),
        }
    }

    /// How people are told of it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::StandardInput => "standard input".to_owned(),
        }
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::StandardInput => None,
        }
    }

    /// Whether it can be read twice.
    pub(crate) fn is_file(&self) -> bool {
        self.path().is_some_and(Path::is_file)
    }

    /// What changes when the file is written to.
    pub(crate) fn stamp(&self) -> Option<(u64, Option<SystemTime>)> {
        let file = self.path()?.metadata().ok()?;
        Some((file.len(), file.modified().ok()))
    }

    fn open(&self) -> Result<Box<dyn Read + Send>, Failure> {
        match self {
            Self::StandardInput => Ok(Box::new(io::stdin())),
            Self::File(path) => {
                let file = File::open(path).map_err(|error| wrong_use(path, &error))?;
                if path.is_dir() {
                    return Err(Failure::usage(format!("{}: is a folder", path.display())));
                }
                Ok(Box::new(file))
            }
        }
    }
}

/// An input that isn't there is a wrong argument.
fn wrong_use(path: &Path, error: &io::Error) -> Failure {
    match files::of(path, error) {
        Failure::File(problem) => Failure::Usage(problem),
        other => other,
    }
}

/// The form of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    Csv,
    Jsonl,
}

/// What a row has.
#[derive(Debug)]
pub(crate) enum Values {
    /// The fields of CSV.
    Fields(csv::StringRecord),
    /// The line, and its members.
    Members(String, BTreeMap<String, Box<RawValue>>),
}

/// One row, and where it stands.
#[derive(Debug)]
pub(crate) struct Row {
    /// From 1.
    pub(crate) number: u64,
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    pub(crate) values: Values,
    /// Why it can't be used.
    pub(crate) fault: Option<String>,
}

impl Row {
    pub(crate) fn new() -> Self {
        Self { number: 0, line: 0, values: Values::Fields(csv::StringRecord::new()), fault: None }
    }
}

/// The rows of an input.
pub(crate) enum Rows {
    Csv(Box<CsvRows>),
    Json(JsonRows),
}

impl Rows {
    /// Opens an input; the form is told by its name or its beginning where none is given.
    pub(crate) fn open(place: &Place, form: Option<Form>, delimiter: Option<u8>) -> Result<Self, Failure> {
        let name = place.name();
        let input = encoding::begin(place.open()?, &name)?;
        let form = form.unwrap_or_else(|| guess(place, &input.beginning));
        Ok(match form {
            Form::Csv => Self::Csv(Box::new(CsvRows::new(input, name, delimiter)?)),
            Form::Jsonl => Self::Json(JsonRows::new(input.reader, name)),
        })
    }

    /// Reads the next row into this one; `false` at the end.
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<bool, Failure> {
        match self {
            Self::Csv(rows) => rows.next(row),
            Self::Json(rows) => rows.next(row),
        }
    }

    /// The columns, where all rows have the same.
    pub(crate) fn columns(&self) -> Option<&[String]> {
        match self {
            Self::Csv(rows) => Some(rows.columns()),
            Self::Json(_) => None,
        }
    }

    /// Writes a column's value; `false` where the row has none.
    pub(crate) fn value(&self, row: &Row, column: &str, out: &mut String) -> bool {
        match (&row.values, self) {
            (Values::Fields(fields), Self::Csv(rows)) => {
                let value = rows.index(column).and_then(|index| fields.get(index));
                value.is_some_and(|value| {
                    out.push_str(value);
                    true
                })
            }
            (Values::Members(_, members), _) => {
                members.get(column).is_some_and(|json| plain(json.get(), out))
            }
            _ => false,
        }
    }
}

/// The text of a string, a number or a truth value.
fn plain(json: &str, out: &mut String) -> bool {
    match json.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<String>(json) {
            Ok(text) => {
                out.push_str(&text);
                true
            }
            Err(_) => false,
        },
        Some(b'{' | b'[' | b'n') | None => false,
        Some(_) => {
            out.push_str(json);
            true
        }
    }
}

fn guess(place: &Place, beginning: &[u8]) -> Form {
    let ending =
        place.path().and_then(Path::extension).and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("jsonl" | "ndjson" | "json") => Form::Jsonl,
        Some("csv" | "tsv" | "txt") => Form::Csv,
        _ if beginning.trim_ascii_start().starts_with(b"{") => Form::Jsonl,
        _ => Form::Csv,
    }
}
