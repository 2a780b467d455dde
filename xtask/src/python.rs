//! The Python package.

pub(crate) mod environment;
pub(crate) mod interpreters;
pub(crate) mod ray;
pub(crate) mod test;
pub(crate) mod wheel;
