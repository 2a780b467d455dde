//! The journal in a file: SQLite, which the processes of one machine may share.

mod create;
mod descriptors;
mod fault;
mod files;
mod inspect;
mod migrate;
mod open;
mod rows;
mod schema;
mod store;
mod system_calls;
mod totals;

pub(crate) use create::create;
pub(crate) use open::SqliteFile;
pub(crate) use system_calls::install;
