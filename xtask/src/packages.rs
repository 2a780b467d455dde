//! The packages that users install.

pub(crate) mod dist;
pub(crate) mod install;
