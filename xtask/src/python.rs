//! The Python package.

pub(crate) mod cluster;
pub(crate) mod environment;
pub(crate) mod interpreters;
pub(crate) mod test;
pub(crate) mod wheel;
