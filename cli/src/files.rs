//! Files that are read and written.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::status::Failure;

/// A new or emptied file that only its owner may read and write.
pub(crate) fn create(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    open(&options, path)
}

/// The same for adding to what is there.
pub(crate) fn append(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    open(&options, path)
}

fn open(options: &OpenOptions, path: &Path) -> Result<File, Failure> {
    let mut options = options.clone();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| of(path, &error))?;
    #[cfg(unix)]
    if file.metadata().is_ok_and(|it| it.is_file()) {
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt;
        // It may have been there before, open to others.
        file.set_permissions(Permissions::from_mode(0o600)).map_err(|error| of(path, &error))?;
    }
    Ok(file)
}

/// A failure of this file.
pub(crate) fn of(path: &Path, error: &io::Error) -> Failure {
    Failure::File(format!("{}: {error}", path.display()))
}

/// All of standard input as text.
pub(crate) fn read_standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    match io::stdin().lock().read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Failure::usage("standard input is not UTF-8; convert it, for example by: iconv -t UTF-8"))
        }
        Err(error) => Err(Failure::File(format!("standard input: {error}"))),
    }
}
