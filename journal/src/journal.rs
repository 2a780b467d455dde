//! Opening a journal by its path or URL.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partner_messaging::journal::{OpenStore, journal_error};
use partner_messaging::{Error, JournalHandle};

use crate::postgres::Server;
use crate::{fork, postgres, registry, sqlite};

/// An open journal. A clone is the same one; several clients may share it.
///
/// Its methods are those of [`JournalHandle`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use partner_messaging_journal::Journal;
///
/// let folder = tempfile::tempdir()?;
/// let journal = Journal::open(folder.path().join("campaign.db"))?;
/// assert!(journal.get("order-4711-otp").wait()?.is_none());
/// assert_eq!(journal.summary().wait()?.sent, 0);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Journal(JournalHandle);

impl Journal {
    /// Opens the journal in a file or on a PostgreSQL server. What this process has open
    /// already is not opened twice.
    ///
    /// A **path**: the file is made if it doesn't exist, and opened now. The processes of one
    /// machine may share it. It must lie on a local disk.
    ///
    /// A **URL**, `postgresql://user@host/database?journal=NAME`: nothing is connected to yet;
    /// the first use does that, or [`open`](JournalHandle::open). Machines may share it. The
    /// password comes from `PGPASSWORD` or a file (`passfile`, `PGPASSFILE`, `~/.pgpass`), or
    /// stands in the URL; it is shown nowhere. Connections to other machines are encrypted,
    /// and the server's certificate is checked, by the platform's roots or `sslrootcert`.
    ///
    /// # Errors
    /// [`ErrorClass::Config`](partner_messaging::ErrorClass::Config) with the field `journal` for what is no path
    /// and no such URL; [`ErrorClass::Journal`](partner_messaging::ErrorClass::Journal) when a file can't be used:
    /// it is another program's, a newer version's, damaged, or on a network file system. Then
    /// it is left as it is.
    pub fn open(path_or_url: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path_or_url.as_ref();
        let refuse = |problem: &str| Err(Error::config("journal", problem));
        let text = path.to_string_lossy();
        if text.is_empty() {
            return refuse("must not be empty");
        }
        if text.contains('\0') {
            return refuse("must not have a NUL in it");
        }
        if text == ":memory:" {
            return refuse("must be a file: what is in memory is gone with the process");
        }
        if postgres::is_url(&text) {
            let server = server(&text)?;
            return Ok(Self(registry::journal_at(&text, || Arc::new(server))));
        }
        if let Some((scheme, _)) = text.split_once("://")
            && !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        {
            return refuse("must be the path of a file, or a URL that begins with postgresql://");
        }
        let path = prepare_file(path)?;
        let journal = registry::journal_of(&path).map_err(|error| failed(&path, &error))?;
        journal.open().wait()?;
        Ok(Self(journal))
    }

    /// The journal as clients take it.
    #[must_use]
    pub fn handle(&self) -> &JournalHandle {
        &self.0
    }
}

/// The file's own path; the file exists after this.
fn prepare_file(path: &Path) -> Result<PathBuf, Error> {
    sqlite::install().map_err(|problem| failed(path, &format_args!("SQLite can't be used: {problem}")))?;
    sqlite::create(path).map_err(|error| failed(path, &error))
}

/// What a URL leads to.
fn server(url: &str) -> Result<Server, Error> {
    fork::watch().map_err(|problem| journal_error("on a server", problem))?;
    Server::new(url).map_err(|problem| Error::config("journal", problem))
}

fn failed(path: &Path, problem: &dyn std::fmt::Display) -> Error {
    journal_error(&path.to_string_lossy(), &problem.to_string())
}

pub(crate) fn sqlite_store(path: &Path) -> Result<Arc<dyn OpenStore>, Error> {
    Ok(Arc::new(sqlite::SqliteFile::new(prepare_file(path)?)))
}

pub(crate) fn postgres_store(url: &str) -> Result<Arc<dyn OpenStore>, Error> {
    Ok(Arc::new(server(url)?))
}

impl Deref for Journal {
    type Target = JournalHandle;

    fn deref(&self) -> &JournalHandle {
        &self.0
    }
}

impl From<Journal> for JournalHandle {
    fn from(journal: Journal) -> Self {
        journal.0
    }
}

impl From<&Journal> for JournalHandle {
    fn from(journal: &Journal) -> Self {
        journal.0.clone()
    }
}
