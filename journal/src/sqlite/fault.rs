//! What can go wrong inside of an operation on the file.

use partner_messaging::journal::StoreError;
use rusqlite::ErrorCode;

const LOCKED: &str = "another process has had it locked for too long";

pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    /// What was read is not what was written.
    Damaged(&'static str),
    /// Others use the file.
    Busy,
    /// It is refused.
    Refused(StoreError),
}

impl Fault {
    pub(super) const ROW: Self = Self::Damaged("an entry is not as it was written");

    /// Whether another process has the file locked for a moment.
    pub(super) fn is_busy(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Sqlite(error) => {
                matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
            }
            _ => false,
        }
    }
}

impl Fault {
    pub(super) fn is_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull))
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            // A damaged page may well have a text where a number was.
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::Utf8Error(..) => Self::ROW,
            error => Self::Sqlite(error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(refusal: StoreError) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        let error = match fault {
            Fault::Damaged(what) => return Self::broken(format!("the file is damaged: {what}")),
            Fault::Busy => return Self::failed(LOCKED),
            Fault::Refused(refusal) => return refusal,
            Fault::Sqlite(error) => error,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::failed("the disk is full"),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::failed(LOCKED),
            // Without SQL and values: a key is nobody else's business.
            Some(_) => Self::broken(match error {
                rusqlite::Error::SqliteFailure(code, text) => text.unwrap_or_else(|| code.to_string()),
                rusqlite::Error::SqlInputError { msg, .. } => msg,
                error => error.to_string(),
            }),
            None => Self::broken(error.to_string()),
        }
    }
}
