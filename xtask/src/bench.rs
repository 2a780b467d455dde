//! The benchmark: what a send costs, against what else a user could take.

pub(crate) mod bulk;
mod chart;
pub(crate) mod cold;
pub(crate) mod compare;
mod contests;
pub(crate) mod growth;
pub(crate) mod guard;
pub(crate) mod journal;
pub(crate) mod many;
mod programs;
mod report;
pub(crate) mod scaling;
mod server;
