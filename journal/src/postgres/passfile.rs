//! Passwords from a file, in the form of PostgreSQL's own programs:
//! `host:port:database:user:password` a line, `*` for any.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// What a password is looked up by.
pub(super) struct Wanted<'a> {
    /// `localhost` for a Unix socket.
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The file that is read where nothing else is said: `PGPASSFILE`, or `.pgpass` at home.
pub(super) fn usual_place() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of("PGPASSFILE").or_else(|| of("HOME").map(|home| home.join(".pgpass")))
}

/// The password in the file, if there is a line for it. A file that isn't there has none.
///
/// # Errors
/// What is wrong with the file, in words.
pub(super) fn find(path: &Path, wanted: &Wanted<'_>) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let failed = |problem: &dyn std::fmt::Display| format!("the passfile {}: {problem}", path.display());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&error)),
    };
    let metadata = file.metadata().map_err(|error| failed(&error))?;
    if metadata.is_file() && metadata.mode() & 0o077 != 0 {
        return Err(failed(&"others than its owner may read it: chmod 0600"));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|error| failed(&error))?;
    Ok(text.lines().find_map(|line| password(line, wanted)))
}

fn password(line: &str, wanted: &Wanted<'_>) -> Option<Zeroizing<Vec<u8>>> {
    if line.starts_with('#') {
        return None;
    }
    let port = wanted.port.to_string();
    let mut rest = line;
    for value in [wanted.host, &port, wanted.database, wanted.user] {
        let (field, after) = next_field(rest);
        if *field != "*" && *field != value {
            return None;
        }
        rest = after?;
    }
    let (password, _) = next_field(rest);
    Some(Zeroizing::new(password.as_bytes().to_vec()))
}

/// What stands before the next colon, and what after it; a backslash takes the next as it is.
fn next_field(text: &str) -> (Zeroizing<String>, Option<&str>) {
    let mut field = Zeroizing::new(String::new());
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            ':' => return (field, text.get(at + 1..)),
            '\\' => field.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => field.push(character),
        }
    }
    (field, None)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_first_line_that_fits_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passfile");
        let lines = "# db.example.com:5432:*:anna:comment\n\ndb.example.com:5433:*:*:by port\n\
            *:*:orders:anna:a\\:b\\\\c:and more\nshort:line\n*:*:*:*:any\n";
        fs::write(&path, lines).unwrap();
        let password = |host: &str, port, database: &str, user: &str| {
            let found = find(&path, &Wanted { host, port, database, user }).unwrap();
            found.map(|password| String::from_utf8(password.to_vec()).unwrap())
        };
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(password("db.example.com", 5433, "x", "y").as_deref(), Some("by port"));
        assert_eq!(password("db.example.com", 5432, "orders", "anna").as_deref(), Some("a:b\\c"));
        assert_eq!(password("db.example.com", 5432, "orders", "bert").as_deref(), Some("any"));
        fs::write(&path, "a:1:b:c:d\n").unwrap();
        assert_eq!(password("a", 2, "b", "c"), None);
    }

    #[test]
    fn what_others_may_read_is_refused_and_what_is_not_there_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passfile");
        let wanted = Wanted { host: "h", port: 1, database: "d", user: "u" };
        assert!(find(&path, &wanted).unwrap().is_none());
        fs::write(&path, "*:*:*:*:secret\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let problem = find(&path, &wanted).unwrap_err();
        assert!(problem.contains("0600") && !problem.contains("secret"), "{problem}");
    }
}
