//! CSV as spreadsheets write it: columns by a header, `,`, `;` or tab between them,
//! quotes over lines, any line ends.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::encoding::{self, Input};
use super::rows::{MAX_ROW, Row, Values};
use crate::status::Failure;

pub(crate) struct CsvRows {
    reader: csv::Reader<QuoteWatch>,
    name: String,
    columns: Vec<String>,
    indexes: HashMap<String, usize>,
    watched: Arc<Mutex<Watched>>,
    number: u64,
}

impl CsvRows {
    pub(super) fn new(input: Input, name: String, delimiter: Option<u8>) -> Result<Self, Failure> {
        let delimiter = delimiter.unwrap_or_else(|| guess_delimiter(&input.beginning));
        let watched = Arc::new(Mutex::new(Watched::default()));
        let watch = QuoteWatch::new(input.reader, delimiter, watched.clone());
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(watch);
        let mut header = csv::StringRecord::new();
        let found = reader.read_record(&mut header).map_err(|error| failure(&name, 1, error))?;
        lock(&watched).starts.pop_front();
        let columns: Vec<String> = header.iter().map(|column| column.trim().to_owned()).collect();
        if !found || columns.iter().all(String::is_empty) {
            return Err(Failure::usage(format!(
                "{name} has no header: its first line must name the columns"
            )));
        }
        let mut indexes = HashMap::new();
        for (index, column) in columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
            if indexes.insert(column.clone(), index).is_some() {
                return Err(Failure::usage(format!(
                    "{name} has the column {column:?} twice: give each a name of its own"
                )));
            }
        }
        Ok(Self { reader, name, columns, indexes, watched, number: 0 })
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(super) fn index(&self, column: &str) -> Option<usize> {
        self.indexes.get(column).copied()
    }

    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, Failure> {
        if !matches!(row.values, Values::Fields(_)) {
            row.values = Values::Fields(csv::StringRecord::new());
        }
        let Values::Fields(fields) = &mut row.values else { return Ok(false) };
        let found = self.reader.read_record(fields);
        let (line, is_cut) = {
            let mut watched = lock(&self.watched);
            (watched.starts.pop_front().unwrap_or_default(), watched.open_quote)
        };
        if !found.map_err(|error| failure(&self.name, line, error))? {
            return Ok(false);
        }
        self.number += 1;
        row.number = self.number;
        row.line = line;
        let (has, wanted) = (fields.len(), self.columns.len());
        row.fault = if is_cut {
            Some("is cut: a quote is opened and never closed".to_owned())
        } else if has < wanted {
            Some(format!("has {has} columns, and the header has {wanted}"))
        } else if fields.iter().skip(wanted).any(|field| !field.is_empty()) {
            Some(format!(
                "has {has} columns, and the header has {wanted}: is a text with the delimiter quoted?"
            ))
        } else {
            None
        };
        Ok(true)
    }
}

fn failure(name: &str, line: u64, error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Utf8 { .. } => encoding::refused(name, line),
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            Failure::usage(format!("{name}: {error}"))
        }
        csv::ErrorKind::Io(error) => Failure::File(format!("{name}: {error}")),
        _ => Failure::File(format!("{name}, line {line}: can't be read as CSV")),
    }
}

/// The delimiter that is most in the header, outside of quotes.
fn guess_delimiter(beginning: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in beginning {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(delimiter, _)| delimiter == byte)
                .for_each(|(_, count)| *count += 1),
        }
    }
    // Of equals the first, which is the usual one.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

/// Follows what is read: the CSV reader takes the end of the input for the end of an open
/// quote, and would hold all of the rest in memory; and it doesn't know the lines of rows
/// after blank lines and carriage returns.
struct QuoteWatch {
    inner: BufReader<Box<dyn Read + Send>>,
    delimiter: u8,
    state: QuoteState,
    /// Bytes since the quote was opened.
    length: usize,
    /// From 1.
    line: u64,
    after_return: bool,
    watched: Arc<Mutex<Watched>>,
}

/// What was seen in what the CSV reader has got, some of which it may not have given yet.
#[derive(Default)]
struct Watched {
    /// The lines on which rows begin.
    starts: VecDeque<u64>,
    /// Whether a quote is still open where the input has ended.
    open_quote: bool,
}

fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum QuoteState {
    RowStart,
    FieldStart,
    Unquoted,
    Quoted,
    /// Within a quoted field after a quote: an escaped one, or the end.
    AfterQuote,
}

impl QuoteWatch {
    fn new(inner: BufReader<Box<dyn Read + Send>>, delimiter: u8, watched: Arc<Mutex<Watched>>) -> Self {
        Self {
            inner,
            delimiter,
            state: QuoteState::RowStart,
            length: 0,
            line: 1,
            after_return: false,
            watched,
        }
    }

    fn follow(&mut self, byte: u8, starts: &mut VecDeque<u64>) {
        let ends_row = byte == b'\n' || byte == b'\r';
        if self.state == QuoteState::RowStart && !ends_row {
            starts.push_back(self.line);
        }
        if byte == b'\r' || (byte == b'\n' && !self.after_return) {
            self.line += 1;
        }
        self.after_return = byte == b'\r';
        self.state = match (self.state, byte) {
            (QuoteState::Quoted, b'"') => QuoteState::AfterQuote,
            (QuoteState::Quoted, _) => {
                self.length += 1;
                QuoteState::Quoted
            }
            (QuoteState::RowStart | QuoteState::FieldStart, b'"') => {
                self.length = 0;
                QuoteState::Quoted
            }
            (QuoteState::AfterQuote, b'"') => QuoteState::Quoted,
            _ if ends_row => QuoteState::RowStart,
            _ if byte == self.delimiter => QuoteState::FieldStart,
            _ => QuoteState::Unquoted,
        };
    }
}

impl Read for QuoteWatch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let watched = self.watched.clone();
        let mut watched = lock(&watched);
        for byte in &buffer[..length] {
            self.follow(*byte, &mut watched.starts);
        }
        if self.length > MAX_ROW {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a quote is opened and not closed within {MAX_ROW} bytes"),
            ));
        }
        watched.open_quote = length == 0 && self.state == QuoteState::Quoted;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A row: its line, its fields, and whether it is good.
    type Seen = (u64, Vec<String>, bool);

    /// The columns and the rows, or why there are none.
    fn read(text: &'static [u8]) -> Result<(Vec<String>, Vec<Seen>), String> {
        let problem = |failure| match failure {
            Failure::Usage(problem) | Failure::File(problem) => problem,
            other => panic!("{other:?}"),
        };
        let input = encoding::begin(Box::new(Cursor::new(text)), "people.csv").map_err(problem)?;
        let mut rows = CsvRows::new(input, "people.csv".to_owned(), None).map_err(problem)?;
        let (mut row, mut all) = (Row::new(), Vec::new());
        while rows.next(&mut row).map_err(problem)? {
            let Values::Fields(fields) = &row.values else { panic!() };
            all.push((row.line, fields.iter().map(str::to_owned).collect(), row.fault.is_none()));
        }
        Ok((rows.columns().to_vec(), all))
    }

    fn good(line: u64, fields: &[&str]) -> Seen {
        (line, fields.iter().map(|it| (*it).to_owned()).collect(), true)
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let expected = [good(2, &["1", "Ann"]), good(3, &["2", "Bob"])];
        for text in [
            &b"id,name\n1,Ann\n2,Bob\n"[..],
            b"\xef\xbb\xbfid,name\r\n1,Ann\r\n2,Bob",
            b"id;name\n1;Ann\n2;Bob\n",
            b"id\tname\n1\tAnn\n2\tBob\n",
            b"id,name\r1,Ann\r2,Bob\r",
            b"\"id\", name \n\"1\",\"Ann\"\n2,Bob\n",
        ] {
            let (columns, rows) = read(text).unwrap();
            assert_eq!((columns, rows.as_slice()), (vec!["id".into(), "name".into()], &expected[..]));
        }
        let (_, rows) = read(b"id,name\n1,\"a \"\"b\"\"\nc,d\"\n2,5\" pipe\n").unwrap();
        assert_eq!(rows, [good(2, &["1", "a \"b\"\nc,d"]), good(4, &["2", "5\" pipe"])]);
        let (_, rows) = read(b"id,\"a;b;c;d\"\n1,x\n").unwrap();
        assert_eq!(rows, [good(2, &["1", "x"])]);
        let (_, rows) = read(b"id,name\n1,x,,\n\n2,y\n").unwrap();
        assert_eq!(rows[1], good(4, &["2", "y"]));
        assert!(rows[0].2);
    }

    #[test]
    fn a_row_that_is_cut_is_bad() {
        for text in [
            &b"id,name\n1,Ann\n2"[..],
            b"id,name\n1,Ann\n2,\"Bob",
            b"id,name\n1,Ann\n2,\"Bob\nmore\n",
            b"id,name\n1,Ann\n2,Bob,x\n",
        ] {
            let (_, rows) = read(text).unwrap();
            assert_eq!(rows.iter().map(|row| row.2).collect::<Vec<_>>(), [true, false], "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_to_do() {
        for (text, told) in [
            (&b""[..], "empty"),
            (b"\xef\xbb\xbf\n\n", "no header"),
            (b",,\n1,2,3\n", "no header"),
            (b"id,name,id\n1,2,3\n", "\"id\" twice"),
            (b"\xff\xfei\0d\0", "iconv -f UTF-16"),
            (b"i\0d\0\n\0", "iconv -f UTF-16"),
            (b"id,name\n1,M\xfcller\n", "line 2: is not UTF-8"),
            (b"PK\x03\x04xlsx", "spreadsheet"),
        ] {
            let problem = read(text).unwrap_err();
            assert!(problem.contains(told), "{text:?}: {problem}");
        }
    }

    #[test]
    fn an_open_quote_does_not_fill_the_memory() {
        let endless = Read::chain(Cursor::new(b"id,name\n1,\"x"), io::repeat(b'y'));
        let input = encoding::begin(Box::new(endless), "x").unwrap();
        let mut rows = CsvRows::new(input, "x".to_owned(), Some(b',')).unwrap();
        assert!(matches!(rows.next(&mut Row::new()), Err(Failure::Usage(_))));
    }
}
