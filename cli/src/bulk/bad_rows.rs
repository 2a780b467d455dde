//! The rows that can't be sent: shown, or in a file of their own if they are many.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::maker::Fault;
use crate::files;
use crate::output::{note, printable};
use crate::status::Failure;

/// So many are shown.
const SHOWN: u64 = 20;

/// Tells of bad rows as they are found.
pub(crate) struct BadRows {
    count: u64,
    name: String,
    /// Where they go if they are many.
    path: PathBuf,
    first: Vec<(u64, Fault)>,
    file: Option<BufWriter<File>>,
}

impl BadRows {
    /// `name` is the input's.
    pub(crate) fn new(name: String, beside: Option<&Path>) -> Self {
        let path = match beside {
            Some(input) => {
                let mut path = input.as_os_str().to_owned();
                path.push(".bad-rows.csv");
                path.into()
            }
            None => "bad-rows.csv".into(),
        };
        Self { count: 0, name, path, first: Vec::new(), file: None }
    }

    pub(crate) fn add(&mut self, line: u64, fault: Fault) -> Result<(), Failure> {
        self.count += 1;
        if self.count <= SHOWN {
            note(format_args!("{}, line {line}: {}", printable(&self.name), printable(&fault.to_string())));
            self.first.push((line, fault));
            return Ok(());
        }
        let failed = |error: io::Error| files::of(&self.path, &error);
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut file = BufWriter::new(files::create(&self.path)?);
                writeln!(file, "line,column,reason").map_err(failed)?;
                for (line, fault) in self.first.drain(..) {
                    write(&mut file, line, &fault).map_err(failed)?;
                }
                self.file.insert(file)
            }
        };
        write(file, line, &fault).map_err(failed)
    }

    /// Says where the rest is.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            file.flush().map_err(|error| files::of(&self.path, &error))?;
            note(format_args!("all {} bad rows are in {}", self.count, self.path.display()));
        }
        Ok(())
    }
}

fn write(out: &mut impl Write, line: u64, fault: &Fault) -> io::Result<()> {
    let mut row = csv::Writer::from_writer(Vec::new());
    row.write_record([line.to_string().as_str(), fault.column.as_deref().unwrap_or(""), &fault.reason])
        .map_err(io::Error::other)?;
    out.write_all(&row.into_inner().map_err(|error| error.into_error())?)
}
