//! The journal in a PostgreSQL database, which many processes and machines may share.

mod address;
mod fault;
mod passfile;
mod rows;
mod schema;
mod server;
mod session;
mod store;
mod tls;
mod totals;

pub(crate) use address::is_url;
pub(crate) use server::Server;
