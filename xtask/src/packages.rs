//! The packages that users install.

pub(crate) mod crates;
pub(crate) mod dist;
pub(crate) mod install;
pub(crate) mod notices;
pub(crate) mod start;
