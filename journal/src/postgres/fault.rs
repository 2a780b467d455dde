//! What can go wrong between us and the server.

use std::error::Error as _;

use partner_messaging::journal::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

pub(super) enum Fault {
    /// The connection is gone; what was under way may have been done.
    Lost(String),
    /// The server gave another transaction the way: the same works when it is asked again.
    Again(String),
    /// Nothing of this was done, and the connection is as good as before.
    Failed(String),
    /// The journal can't be used as it is open now.
    Broken(String),
}

impl Fault {
    /// What a row has is not what was written.
    pub(super) fn damaged() -> Self {
        Self::Broken("an entry is not as it was written".to_owned())
    }

    /// Somebody has deleted the journal.
    pub(super) fn removed() -> Self {
        Self::Broken("it was removed".to_owned())
    }

    /// Another transaction came first.
    pub(super) fn overtaken() -> Self {
        Self::Again("others kept changing what it was about".to_owned())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let Some(refusal) = error.as_db_error() else {
            if error.is_closed() || error.source().is_some_and(|cause| cause.is::<std::io::Error>()) {
                return Self::Lost("the connection to the server was lost".to_owned());
            }
            return Self::Broken(format!("the server said what isn't understood: {error}"));
        };
        // Not its details: they quote keys.
        let text = format!("the server refused: {} ({})", refusal.message(), refusal.code().code());
        let code = refusal.code();
        if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION]
            .contains(code)
        {
            return Self::Again(text);
        }
        if *code == SqlState::LOCK_NOT_AVAILABLE {
            return Self::Failed("another process has had its entries locked for too long".to_owned());
        }
        if *code == SqlState::READ_ONLY_SQL_TRANSACTION || refusal.message().contains("during recovery") {
            return Self::Broken(STANDBY.to_owned());
        }
        match code.code().get(..2) {
            // Its administrator ended the connection, it is going down or coming up.
            Some("57" | "08") if *code != SqlState::QUERY_CANCELED => Self::Lost(text),
            // A full disk, too little memory, too many connections.
            Some("53" | "57" | "55") => Self::Failed(text),
            _ => Self::Broken(text),
        }
    }
}

/// Why a server is refused that may lack what was claimed, and can't be written to.
pub(super) const STANDBY: &str = "the server is a standby: give the address of the primary one";

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Lost(text) | Fault::Again(text) | Fault::Failed(text) => Self::failed(text),
            Fault::Broken(text) => Self::broken(text),
        }
    }
}
