//! The benchmark: what a send costs, against what else a user could take.

mod chart;
pub(crate) mod cold;
pub(crate) mod compare;
mod contests;
pub(crate) mod growth;
pub(crate) mod guard;
mod programs;
mod report;
mod server;
