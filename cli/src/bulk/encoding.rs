//! Input that is UTF-8, or refused with what to do.

use std::io::{self, BufRead, BufReader, Read};

use crate::status::Failure;

/// How far the beginning is looked at.
const BEGINNING: usize = 64 * 1024;

/// A reader past its byte-order mark, and whether it has anything in it.
pub(crate) struct Input {
    pub(crate) reader: BufReader<Box<dyn Read + Send>>,
    pub(crate) beginning: Vec<u8>,
}

/// Begins to read: takes the byte-order mark off, and refuses what is another encoding.
pub(crate) fn begin(source: Box<dyn Read + Send>, name: &str) -> Result<Input, Failure> {
    let mut reader = BufReader::with_capacity(BEGINNING, source);
    let mut beginning = fill(&mut reader, name)?;
    if beginning.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
        beginning.drain(..3);
    }
    let utf16 = beginning.starts_with(b"\xff\xfe") || beginning.starts_with(b"\xfe\xff");
    if utf16 || beginning.contains(&0) {
        return Err(Failure::usage(format!(
            "{name} is UTF-16, and must be UTF-8: save it as \"CSV UTF-8\", or convert it by\n\
             iconv -f UTF-16 -t UTF-8"
        )));
    }
    if beginning.starts_with(b"PK\x03\x04") {
        return Err(Failure::usage(format!(
            "{name} is a spreadsheet, and must be text: save it as \"CSV UTF-8\""
        )));
    }
    Ok(Input { reader, beginning })
}

/// What comes first, without taking it. An empty one is refused.
fn fill(reader: &mut BufReader<Box<dyn Read + Send>>, name: &str) -> Result<Vec<u8>, Failure> {
    let beginning = loop {
        match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(bytes) => break bytes.to_vec(),
            Err(error) => return Err(Failure::File(format!("{name}: {error}"))),
        }
    };
    match beginning.is_empty() {
        true => Err(Failure::usage(format!("{name} is empty"))),
        false => Ok(beginning),
    }
}

/// A row that is not UTF-8, though the beginning did not show it.
pub(crate) fn refused(name: &str, line: u64) -> Failure {
    Failure::usage(format!(
        "{name}, line {line}: is not UTF-8, but perhaps Latin-1 or Windows-1252: save it as \"CSV UTF-8\", or \
         convert it by\niconv -f WINDOWS-1252 -t UTF-8"
    ))
}
